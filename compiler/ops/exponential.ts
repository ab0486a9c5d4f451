/** Square root, exponential, logarithm and the functions made of them. */

import { elementwise, type OperandGradient, operandX, unarySamples } from "./elementwise.ts";
import { type Expr, unary } from "./expr.ts";
import { erf as erfExpr } from "./math/erf.ts";
import { exp as expExpr } from "./math/exp.ts";
import { log as logExpr } from "./math/log.ts";
import { sigmoid as sigmoidExpr } from "./math/sigmoid.ts";
import { tanh as tanhExpr } from "./math/tanh.ts";
import type { Op } from "./op.ts";

interface FloatFunction {
  readonly name: string;
  readonly summary: string;
  readonly notes: string;
  readonly expr: (x: Expr) => Expr;
  readonly gradient: OperandGradient;
}

const floatFunction = ({ name, summary, notes, expr, gradient }: FloatFunction): Op =>
  elementwise({
    name,
    summary,
    notes: `${notes} Integers and bools are converted to f32 first.`,
    operands: operandX("float"),
    exposed: "method",
    torch: name,
    takes: ["f32"],
    result: "f32",
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
