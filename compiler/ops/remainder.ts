/** Remainders of divisions. */

import { binarySamples, elementwise, operandsAB } from "./elementwise.ts";
import { fmod as fmodExpr, remainder as remainderExpr } from "./math/fmod.ts";
import { numeric } from "./types.ts";

export const fmod = elementwise({
  name: "fmod",
  summary: "What a division leaves when its quotient is cut to a whole number, as `%` in C.",
  notes:
    "The sign is that of `a`. Floats are exact; dividing by 0 gives NaN, for integers 0. The gradient by `b` is minus the quotient.",
  operands: operandsAB("number"),
  exposed: "method",
  torch: "fmod",
  takes: numeric,
  result: "same",
  expr: (a, b) => fmodExpr(a!, b!),
  gradient: [(_m, g) => g, (m, g, _y, a, b) => m.mul(m.neg(g), m.apply("trunc", [m.div(a!, b!)]))],
  samples: binarySamples("f32", "i32"),
});

export const remainder = elementwise({
  name: "remainder",
  summary: "What a division leaves when its quotient is rounded down, as `%` in Python.",
  notes:
    "The sign is that of `b`. Of floats it is the exact rest of `fmod`, to which `b` is added, rounded once, where their signs differ; dividing by 0 gives NaN, for integers 0. The gradient by `b` is minus the quotient.",
  operands: operandsAB("number"),
  exposed: "method",
  torch: "remainder",
  takes: numeric,
  result: "same",
  expr: (a, b) => remainderExpr(a!, b!),
  gradient: [(_m, g) => g, (m, g, _y, a, b) => m.mul(m.neg(g), m.apply("floor", [m.div(a!, b!)]))],
  samples: binarySamples("f32", "i32"),
});
