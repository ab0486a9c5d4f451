/** Powers. */

import { binarySamples, elementwise, operandsAB } from "./elementwise.ts";
import { pow as powExpr } from "./math/pow.ts";
import { floats } from "./types.ts";

export const pow = elementwise({
  name: "pow",
  summary: "The elements of `a` to the powers in `b`.",
  notes:
    "Special values as C's `powf`: anything to the power 0 is 1, 1 to any power is 1, a negative base with a fractional power is NaN. Integers and bools are converted to f32 first. The gradient by `a` is 0 where `b` is 0, the gradient by `b` is 0 where `a` is 0 and `b` is not negative.",
  operands: operandsAB("float"),
  exposed: "both",
  torch: "pow",
  takes: floats,
  result: "same",
  expr: (a, b) => powExpr(a!, b!),
  gradient: [
    (m, g, _y, a, b) =>
      m.where(m.eq(b!, 0), 0, m.mul(g, m.mul(b!, m.apply("pow", [a!, m.sub(b!, 1)])))),
    (m, g, y, a, b) =>
      m.where(m.and(m.eq(a!, 0), m.ge(b!, 0)), 0, m.mul(g, m.mul(y, m.apply("log", [a!])))),
  ],
  samples: binarySamples("f32"),
});
