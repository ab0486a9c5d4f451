/** The complementary error function, and the inverse of the error function. */
import {
  add,
  binary,
  constant,
  convert,
  div,
  type Expr,
  mul,
  polynomial,
  select,
  sub,
  unary,
} from "../expr.ts";
import { nearErf } from "./erf.ts";
import { erfcOfMagnitude, expOfMinusSquare } from "./erfc-f64.ts";
import { exp } from "./exp.ts";
import { splitSign, withSign } from "./float-format.ts";
import { log } from "./log.ts";

/**
 * 1 − erf x; of f32 computed in f64 and rounded once: e^−x²·P(q)/(1 + 2|x|) with q = (|x| − K)/(|x| + K) and
 * K = 3.75, after Shepherd and Laframboise; 2 less that where x is negative. The error of P is 2⁻³³.
 */
export function erfc(x: Expr): Expr {
  if (x.type === "f64") {
    const magnitude = unary("abs", x);
    const y = erfcOfMagnitude(magnitude);
    const far = select(binary("lt", x, 0), sub(constant("f64", 2), y), y);
    return select(binary("lt", magnitude, 0.46875), sub(constant("f64", 1), nearErf(x)), far);
  }
  const wide = convert(x, "f64");
  const magnitude = unary("abs", wide);
  // From 10.1 on the result rounds to 0; NaN stays.
  const a = select(binary("gt", magnitude, 11), constant("f64", 11), magnitude);
  const q = div(sub(a, 3.75), add(a, 3.75));
  const scaled = div(polynomial(q, scaledErfc), add(add(a, a), 1));
  const y = mul(exp(unary("neg", mul(a, a))), scaled);
  return convert(select(binary("lt", wide, 0), sub(constant("f64", 2), y), y), "f32");
}

const scaledErfc = [
  -7.060643796717558e-5, -0.00043166169454191217, 0.00027843802148940736, 0.0018262482741075608,
  -0.009714040183950438, 0.028351636667736043, -0.05870151073977915, 0.09230475693332299,
  -0.10880317293039264, 0.08227674795907944, 0.0035853905942497704, -0.14024059895347588,
  1.2375126309717523,
];

/**
 * The y with erf y = x, computed in f64 and rounded once: x·P(w) with w = −log(1 − x²), and from
 * w = 6.25 on x·Q(√w), after M. Giles. Errors: of P 2⁻³⁰, of Q 2⁻²⁶.
 */
export function erfinv(x: Expr): Expr {
  if (x.type === "f64") return erfinvF64(x);
  const wide = convert(x, "f64");
  const one = constant("f64", 1);
  const w = unary("neg", log(mul(sub(one, wide), add(wide, 1))));
  const near = polynomial(sub(w, 3.125), inverseNear);
  const far = polynomial(sub(unary("sqrt", w), 3.25), inverseFar);
  const y = convert(mul(wide, select(binary("lt", w, 6.25), near, far)), "f32");
  const { magnitude, sign } = splitSign(x);
  const infinity = constant("f32", Number.POSITIVE_INFINITY);
  const signed = select(binary("ne", sign, 0), unary("neg", infinity), infinity);
  return select(binary("eq", magnitude, 1), signed, y);
}

/**
 * The same approximation, with another Q up to √w = 6.15 whose error is 2⁻²², and one step of Halley's: its
 * error is about the cube. Above ½ it is measured by erfc, because there 1 − |x| is exact.
 */
function erfinvF64(x: Expr): Expr {
  const { magnitude, sign } = splitSign(x);
  const one = constant("f64", 1);
  const rest = sub(one, magnitude);
  const w = unary("neg", log(mul(rest, add(magnitude, 1))));
  const near = polynomial(sub(w, 3.125), inverseNear);
  const far = polynomial(sub(unary("sqrt", w), 4.3), inverseFarF64);
  const y = mul(magnitude, select(binary("lt", w, 6.25), near, far));
  const isSmall = binary("lt", magnitude, 0.5);
  const excess = select(isSmall, sub(nearErf(y), magnitude), sub(rest, erfcOfMagnitude(y)));
  const step = div(excess, mul(expOfMinusSquare(y), 2 / Math.sqrt(Math.PI)));
  const better = sub(y, div(step, add(mul(y, step), 1)));
  const infinity = constant("f64", Number.POSITIVE_INFINITY);
  return withSign(select(binary("eq", magnitude, 1), infinity, better), sign);
}

const inverseFarF64 = [
  -3.953733132324708e-6, 1.389965933240906e-5, -7.295457258418546e-6, -5.383378322357385e-6,
  -5.668993521018573e-5, 0.00022331656007227842, -0.0005689136394032347, 0.0006141056591887645,
  1.0100455100725454, 4.142724745514784,
];
const inverseNear = [
  -1.309270045845162e-11, 5.3010303554738e-12, 1.0517021212960826e-9, -4.742339234681326e-9,
  -2.9127538960787695e-8, 4.268834131815428e-7, -1.3649659092469488e-6, -1.389170606951616e-5,
  0.00018673269464866257, -0.0007406917927482982, -0.006033669377947891, 0.24015817881942852,
  1.6536545624567327,
];
const inverseFar = [
  -3.322083915947128e-5, -0.00024801805360445233, 0.0009799635293852897, -0.00173958145730102,
  0.002485627248917632, -0.0037422436656698076, 0.00537145759237528, 1.0052585484405305,
  3.083885600496169,
];
