/** Hyperbolic functions and their inverses; tanh stands beside exp. */

import { floatFunction } from "./exponential.ts";
import {
  acosh as acoshExpr,
  asinh as asinhExpr,
  atanh as atanhExpr,
} from "./math/inverse-hyperbolic.ts";
import { cosh as coshExpr, sinh as sinhExpr } from "./math/sinh-cosh.ts";

export const sinh = floatFunction({
  name: "sinh",
  summary: "The hyperbolic sine.",
  notes: "Within 2 ULP. −0 stays −0; overflow gives an infinity.",
  expr: sinhExpr,
  gradient: (m, g, _y, x) => m.mul(g, m.apply("cosh", [x!])),
});

export const cosh = floatFunction({
  name: "cosh",
  summary: "The hyperbolic cosine.",
  notes: "Within 2 ULP. Overflow gives infinity.",
  expr: coshExpr,
  gradient: (m, g, _y, x) => m.mul(g, m.apply("sinh", [x!])),
});

export const asinh = floatFunction({
  name: "asinh",
  summary: "The inverse hyperbolic sine.",
  notes: "Within 2 ULP. −0 stays −0.",
  expr: asinhExpr,
  gradient: (m, g, _y, x) => m.div(g, m.apply("sqrt", [m.add(m.mul(x!, x!), 1)])),
});

export const acosh = floatFunction({
  name: "acosh",
  summary: "The inverse hyperbolic cosine.",
  notes: "Within 2 ULP. NaN below 1. The gradient at 1 is infinite.",
  expr: acoshExpr,
  gradient: (m, g, _y, x) => m.div(g, m.apply("sqrt", [m.mul(m.sub(x!, 1), m.add(x!, 1))])),
});

export const atanh = floatFunction({
  name: "atanh",
  summary: "The inverse hyperbolic tangent.",
  notes: "Within 2 ULP. ±1 give ±∞, beyond them NaN; −0 stays −0.",
  expr: atanhExpr,
  gradient: (m, g, _y, x) => m.div(g, m.mul(m.sub(1, x!), m.add(x!, 1))),
});
