/** The error function 2/√π · ∫₀ˣ e^−t² dt. */
import { add, binary, constant, type Expr, mul, polynomial, select, sub } from "../expr.ts";
import { erfcOfMagnitude } from "./erfc-f64.ts";
import { expOfReduced, reduceExp } from "./exp.ts";
import { atMost, powerOfTwo, splitSign, withSign } from "./float-format.ts";

/**
 * x + x·P(x²) up to |x| = 0.93 and 1 − e^{Q(|x|)} above, where Q approximates log erfc; 1 from 3.92
 * on. The form is N. Juffa's. Errors: of P 2⁻²⁶, of Q what 1 − e^Q sees as 2⁻³². In f64 1 − erfc |x| above.
 */
export function erf(x: Expr): Expr {
  const { magnitude, sign } = splitSign(x);
  if (x.type === "f64") {
    const large = sub(constant("f64", 1), erfcOfMagnitude(magnitude));
    return select(binary("lt", magnitude, smallErf), nearErf(x), withSign(large, sign));
  }
  const p = polynomial(
    mul(x, x),
    [
      -0.0005959856789559126, 0.004987407010048628, -0.026763001456856728, 0.11281731724739075,
      -0.37612488865852356, 0.12837915122509003,
    ],
  );
  const logErfc = polynomial(
    atMost(magnitude, 3.9375),
    [
      -1.954438630491495e-5, 0.0004154384369030595, -0.004074615426361561, 0.024856718257069588,
      -0.10786384344100952, -0.6337313652038574, -1.12932288646698, 0.00013458941248245537,
    ],
  );
  const reduced = reduceExp(logErfc);
  const erfc = mul(expOfReduced(reduced), powerOfTwo(reduced.n));
  const large = withSign(sub(constant("f32", 1), erfc), sign);
  return select(binary("lt", magnitude, 0.9300000071525574), add(x, mul(x, p)), large);
}

/** In f64, up to here erf is x + x·P(x²), with an error of 2⁻⁵⁶. */
const smallErf = 0.9375;

export function nearErf(x: Expr): Expr {
  const p = polynomial(
    mul(x, x),
    [
      6.294341254228048e-11, -1.1554991804869638e-9, 1.47028049209114e-8, -1.6356148630741254e-7,
      1.6461502003729598e-6, -1.4925623702919896e-5, 0.0001205533218574172, -0.0008548327007495985,
      0.005223977625236705, -0.02686617064511549, 0.11283791670955062, -0.37612638903183754,
      0.1283791670955126,
    ],
  );
  return add(x, mul(x, p));
}
