/** Sine, cosine, tangent and their inverses. */

import {
  binarySamples,
  elementwise,
  type OperandGradient,
  operandX,
  unarySamples,
} from "./elementwise.ts";
import type { Expr } from "./expr.ts";
import { acos as acosExpr, asin as asinExpr } from "./math/asin-acos.ts";
import { atan2 as atan2Expr, atan as atanExpr } from "./math/atan.ts";
import { cos as cosExpr, sin as sinExpr } from "./math/sin-cos.ts";
import { tan as tanExpr } from "./math/tan.ts";
import type { Op } from "./op.ts";
import { floats } from "./types.ts";

const ofAngle = (
  name: string,
  summary: string,
  notes: string,
  expr: (x: Expr) => Expr,
  gradient: OperandGradient,
): Op =>
  elementwise({
    name,
    summary,
    notes: `Within 2 ULP. ${notes} Integers and bools are converted to f32 first.`,
    operands: operandX("float"),
    exposed: "method",
    torch: name,
    takes: floats,
    result: "same",
    expr: (x) => expr(x!),
    gradient: [gradient],
    samples: unarySamples("f32"),
  });

export const sin = ofAngle(
  "sin",
  "The sine of each element, in radians.",
  "Angles may be of any size; infinities give NaN.",
  sinExpr,
  (m, g, _y, x) => m.mul(g, m.apply("cos", [x!])),
);
export const cos = ofAngle(
  "cos",
  "The cosine of each element, in radians.",
  "Angles may be of any size; infinities give NaN.",
  cosExpr,
  (m, g, _y, x) => m.mul(m.neg(g), m.apply("sin", [x!])),
);
export const tan = ofAngle(
  "tan",
  "The tangent of each element, in radians.",
  "Angles may be of any size; infinities give NaN.",
  tanExpr,
  (m, g, y) => m.mul(g, m.add(m.mul(y, y), 1)),
);
export const asin = ofAngle(
  "asin",
  "The inverse sine, between −π/2 and π/2.",
  "NaN outside of −1 … 1. The gradient at ±1 is infinite.",
  asinExpr,
  (m, g, _y, x) => m.div(g, m.apply("sqrt", [m.mul(m.sub(1, x!), m.add(x!, 1))])),
);
export const acos = ofAngle(
  "acos",
  "The inverse cosine, between 0 and π.",
  "NaN outside of −1 … 1. The gradient at ±1 is infinite.",
  acosExpr,
  (m, g, _y, x) => m.div(m.neg(g), m.apply("sqrt", [m.mul(m.sub(1, x!), m.add(x!, 1))])),
);
export const atan = ofAngle(
  "atan",
  "The inverse tangent, between −π/2 and π/2.",
  "Infinities give ±π/2.",
  atanExpr,
  (m, g, _y, x) => m.div(g, m.add(m.mul(x!, x!), 1)),
);

export const atan2 = elementwise({
  name: "atan2",
  summary: "The angle between the positive x axis and the point (x, y), between −π and π.",
  notes:
    "Within 2 ULP. Zeros and infinities as in C99's Annex F: the angle of (−0, +0) is π. Integers and bools are converted to f32 first.",
  operands: [
    { name: "y", doc: "Broadcast with `x`.", dtype: "float" },
    { name: "x", doc: "Broadcast with `y`.", dtype: "float" },
  ],
  exposed: "method",
  torch: "atan2",
  takes: floats,
  result: "same",
  expr: (y, x) => atan2Expr(y!, x!),
  gradient: [
    (m, g, _r, y, x) => m.div(m.mul(g, x!), m.add(m.mul(x!, x!), m.mul(y!, y!))),
    (m, g, _r, y, x) => m.div(m.mul(m.neg(g), y!), m.add(m.mul(x!, x!), m.mul(y!, y!))),
  ],
  samples: binarySamples("f32"),
});
