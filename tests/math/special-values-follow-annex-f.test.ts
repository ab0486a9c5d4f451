// Programs rely on the results of C99's Annex F at zeros, infinities and NaN; they are exact.

import { describe, expect, it } from "vitest";
import { evaluateExpr } from "#glim/compiler/ops/evaluate-expr.js";
import { arg, type Expr } from "#glim/compiler/ops/expr.js";
import { erf } from "#glim/compiler/ops/math/erf.js";
import { exp } from "#glim/compiler/ops/math/exp.js";
import { expm1 } from "#glim/compiler/ops/math/expm1.js";
import { log } from "#glim/compiler/ops/math/log.js";
import { log1p } from "#glim/compiler/ops/math/log1p.js";
import { sigmoid } from "#glim/compiler/ops/math/sigmoid.js";
import { tanh } from "#glim/compiler/ops/math/tanh.js";

type Case = readonly [x: number, y: number];

const cases: Readonly<Record<string, readonly Case[]>> = {
  exp: [
    [0, 1],
    [-0, 1],
    [Infinity, Infinity],
    [-Infinity, 0],
    [1e4, Infinity],
    [-1e4, 0],
  ],
  expm1: [
    [0, 0],
    [-0, -0],
    [Infinity, Infinity],
    [-Infinity, -1],
    [1e4, Infinity],
    [-1e4, -1],
  ],
  log: [
    [1, 0],
    [0, -Infinity],
    [-0, -Infinity],
    [Infinity, Infinity],
    [-1, NaN],
    [-Infinity, NaN],
  ],
  log1p: [
    [0, 0],
    [-0, -0],
    [-1, -Infinity],
    [Infinity, Infinity],
    [-1.5, NaN],
    [-Infinity, NaN],
  ],
  tanh: [
    [0, 0],
    [-0, -0],
    [Infinity, 1],
    [-Infinity, -1],
    [1e4, 1],
  ],
  sigmoid: [
    [0, 0.5],
    [-0, 0.5],
    [Infinity, 1],
    [-Infinity, 0],
    [1e4, 1],
    [-1e4, 0],
  ],
  erf: [
    [0, 0],
    [-0, -0],
    [Infinity, 1],
    [-Infinity, -1],
    [10, 1],
  ],
};
const builders: Readonly<Record<string, (x: Expr) => Expr>> = {
  exp,
  expm1,
  log,
  log1p,
  tanh,
  sigmoid,
  erf,
};

describe("f32", () => {
  it.each(Object.keys(cases))("%s", (name) => {
    const e = builders[name]!(arg(0, "f32"));
    const computed = cases[name]!.map(([x]) => [x, evaluateExpr(e, [x])]);
    expect(computed).toEqual(cases[name]);
    expect(evaluateExpr(e, [NaN])).toBe(NaN);
  });

  it("keeps subnormals", () => {
    const smallest = 2 ** -149;
    const results = [expm1, log1p, tanh].map((f) => evaluateExpr(f(arg(0, "f32")), [-smallest]));
    expect(results).toEqual([-smallest, -smallest, -smallest]);
    expect(evaluateExpr(exp(arg(0, "f32")), [-103])).toBe(Math.fround(Math.exp(-103)));
    expect(evaluateExpr(sigmoid(arg(0, "f32")), [-103])).toBe(Math.fround(Math.exp(-103)));
  });
});
