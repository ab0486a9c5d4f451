/** Square root, exponential, logarithm and the functions made of them. */

import { elementwise, type OperandGradient, operandX, unarySamples } from "./elementwise.ts";
import { type Expr, unary } from "./expr.ts";
import { erf as erfExpr } from "./math/erf.ts";
import { erfc as erfcExpr, erfinv as erfinvExpr } from "./math/erfc.ts";
import { exp as expExpr } from "./math/exp.ts";
import { exp2 as exp2Expr } from "./math/exp2.ts";
import { expm1 as expm1Expr } from "./math/expm1.ts";
import { log as logExpr } from "./math/log.ts";
import { log2 as log2Expr, log10 as log10Expr } from "./math/log-bases.ts";
import { log1p as log1pExpr } from "./math/log1p.ts";
import { sigmoid as sigmoidExpr } from "./math/sigmoid.ts";
import { tanh as tanhExpr } from "./math/tanh.ts";
import type { Op } from "./op.ts";
import { floats } from "./types.ts";

interface FloatFunction {
  readonly name: string;
  readonly summary: string;
  readonly notes: string;
  readonly expr: (x: Expr) => Expr;
  readonly gradient: OperandGradient;
}

/** The record of a function of one float. */
export const floatFunction = ({ name, summary, notes, expr, gradient }: FloatFunction): Op =>
  elementwise({
    name,
    summary,
    notes: `${notes} Integers and bools are converted to f32 first.`,
    operands: operandX("float"),
    exposed: "method",
    torch: name,
    takes: floats,
    result: "same",
    expr: (x) => expr(x!),
    gradient: [gradient],
    samples: unarySamples("f32"),
  });

export const sqrt = floatFunction({
  name: "sqrt",
  summary: "The square root.",
  notes: "Correctly rounded. NaN below 0; −0 stays −0. The gradient at 0 is infinite.",
  expr: (x) => unary("sqrt", x),
  gradient: (m, g, y) => m.div(g, m.mul(y, 2)),
});

export const exp = floatFunction({
  name: "exp",
  summary: "e to the power of each element.",
  notes: "Within 2 ULP. Overflow gives infinity, underflow goes through subnormals to 0.",
  expr: expExpr,
  gradient: (m, g, y) => m.mul(g, y),
});

export const log = floatFunction({
  name: "log",
  summary: "The natural logarithm.",
  notes: "Within 2 ULP. ±0 gives −∞, negative elements NaN.",
  expr: logExpr,
  gradient: (m, g, _y, x) => m.div(g, x!),
});

export const exp2 = floatFunction({
  name: "exp2",
  summary: "2 to the power of each element.",
  notes: "Within 2 ULP. Overflow gives infinity, underflow goes through subnormals to 0.",
  expr: exp2Expr,
  gradient: (m, g, y) => m.mul(g, m.mul(y, Math.LN2)),
});

export const expm1 = floatFunction({
  name: "expm1",
  summary: "e to the power of each element, less 1: exact also near 0.",
  notes: "Within 2 ULP. −0 stays −0.",
  expr: expm1Expr,
  gradient: (m, g, y) => m.mul(g, m.add(y, 1)),
});

export const log2 = floatFunction({
  name: "log2",
  summary: "The logarithm to the base 2.",
  notes: "Within 2 ULP, exact for powers of 2. ±0 gives −∞, negative elements NaN.",
  expr: log2Expr,
  gradient: (m, g, _y, x) => m.div(g, m.mul(x!, Math.LN2)),
});

export const log10 = floatFunction({
  name: "log10",
  summary: "The logarithm to the base 10.",
  notes: "Within 2 ULP. ±0 gives −∞, negative elements NaN.",
  expr: log10Expr,
  gradient: (m, g, _y, x) => m.div(g, m.mul(x!, Math.LN10)),
});

export const log1p = floatFunction({
  name: "log1p",
  summary: "The natural logarithm of 1 plus each element: exact also near 0.",
  notes: "Within 2 ULP. −0 stays −0; −1 gives −∞, elements below it NaN.",
  expr: log1pExpr,
  gradient: (m, g, _y, x) => m.div(g, m.add(x!, 1)),
});

export const tanh = floatFunction({
  name: "tanh",
  summary: "The hyperbolic tangent.",
  notes: "Within 2 ULP. −0 stays −0.",
  expr: tanhExpr,
  gradient: (m, g, y) => m.mul(g, m.sub(1, m.mul(y, y))),
});

export const sigmoid = floatFunction({
  name: "sigmoid",
  summary: "The logistic function 1 / (1 + e^−x).",
  notes: "Within 2 ULP.",
  expr: sigmoidExpr,
  gradient: (m, g, y) => m.mul(m.mul(g, m.sub(1, y)), y),
});

export const erf = floatFunction({
  name: "erf",
  summary: "The error function 2/√π ∫₀ˣ e^−t² dt.",
  notes: "Within 2 ULP. −0 stays −0.",
  expr: erfExpr,
  gradient: (m, g, _y, x) =>
    m.mul(g, m.mul(m.apply("exp", [m.neg(m.mul(x!, x!))]), 2 / Math.sqrt(Math.PI))),
});

export const erfc = floatFunction({
  name: "erfc",
  summary: "1 less the error function, exact also where that is nearly 0.",
  notes: "Within 1 ULP (f64: 3). Underflow goes through subnormals to 0.",
  expr: erfcExpr,
  gradient: (m, g, _y, x) =>
    m.mul(g, m.mul(m.apply("exp", [m.neg(m.mul(x!, x!))]), -2 / Math.sqrt(Math.PI))),
});

export const erfinv = floatFunction({
  name: "erfinv",
  summary: "The inverse of the error function.",
  notes: "Within 1 ULP (f64: 3). ±1 give ±∞, beyond them NaN; −0 stays −0.",
  expr: erfinvExpr,
  gradient: (m, g, y) => m.mul(g, m.mul(m.apply("exp", [m.mul(y, y)]), Math.sqrt(Math.PI) / 2)),
});
