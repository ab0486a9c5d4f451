/** The complementary error function of f64, for elements that are not negative. */
import { add, binary, constant, div, type Expr, mul, polynomial, select, sub } from "../expr.ts";
import { exp } from "./exp.ts";
import { withoutLowBits } from "./float-format.ts";

/**
 * e^−x²·P(q)/(1 + 2x) with q = (x − K)/(x + K) and K = 3.75, after Shepherd and Laframboise. The error of
 * P is 2⁻⁵³. From 27.3 on the result rounds to 0.
 */
export function erfcOfMagnitude(x: Expr): Expr {
  const a = select(binary("gt", x, 28), constant("f64", 28), x);
  const q = div(sub(a, 3.75), add(a, 3.75));
  return mul(expOfMinusSquare(a), div(polynomial(q, scaled), add(add(a, a), 1)));
}

/** e^−a²: the square of the upper half of a is exact, what is left of a² is small. */
export function expOfMinusSquare(a: Expr): Expr {
  const high = withoutLowBits(a, 27);
  const rest = mul(sub(high, a), add(high, a));
  const small = polynomial(rest, [1 / 6, 0.5, 1, 1]);
  return mul(exp(sub(constant("f64", 0), mul(high, high))), small);
}

const scaled = [
  -3.15874004471676e-11, 7.950023651474527e-11, 8.40844371978019e-10, 1.168977058686713e-10,
  -6.650492855714435e-9, -3.6985823396352236e-9, 4.133772129326453e-8, 2.364750769415614e-8,
  -2.6159826427446505e-7, -5.788228243795102e-8, 1.7537616434060408e-6, -9.729990830826846e-7,
  -1.144519252233519e-5, 2.2383951291194004e-5, 5.164945043611441e-5, -0.00029015398605647684,
  0.00029371358645885313, 0.001755625833151664, -0.009746579546580996, 0.028362277421470912,
  -0.05869339859062423, 0.09230432116019958, -0.10880393014170452, 0.08227673849015102,
  0.003585415485463646, -0.14024059858554702, 1.2375126308378275,
];
