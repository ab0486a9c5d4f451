// Programs rely on the results of C99's Annex F at zeros, infinities and NaN; they are exact.

import { describe, expect, it } from "vitest";
import { evaluateExpr } from "#glim/compiler/ops/evaluate-expr.js";
import { arg, type Expr } from "#glim/compiler/ops/expr.js";
import { erf } from "#glim/compiler/ops/math/erf.js";
import { exp } from "#glim/compiler/ops/math/exp.js";
import { expm1 } from "#glim/compiler/ops/math/expm1.js";
import { log } from "#glim/compiler/ops/math/log.js";
import { log1p } from "#glim/compiler/ops/math/log1p.js";
import { pow } from "#glim/compiler/ops/math/pow.js";
import { sigmoid } from "#glim/compiler/ops/math/sigmoid.js";
import { cos, sin } from "#glim/compiler/ops/math/sin-cos.js";
import { tanh } from "#glim/compiler/ops/math/tanh.js";

/** Argument and result of each case. */
const functions: readonly (readonly [string, (x: Expr) => Expr, string])[] = [
  ["exp", exp, "0 1, -0 1, inf inf, -inf 0, 1e4 inf, -1e4 0, nan nan"],
  ["expm1", expm1, "0 0, -0 -0, inf inf, -inf -1, 1e4 inf, -1e4 -1, nan nan"],
  ["log", log, "1 0, 0 -inf, -0 -inf, inf inf, -1 nan, -inf nan, nan nan"],
  ["log1p", log1p, "0 0, -0 -0, -1 -inf, inf inf, -1.5 nan, -inf nan, nan nan"],
  ["tanh", tanh, "0 0, -0 -0, inf 1, -inf -1, 1e4 1, nan nan"],
  ["sigmoid", sigmoid, "0 0.5, -0 0.5, inf 1, -inf 0, 1e4 1, -1e4 0, nan nan"],
  ["sin", sin, "0 0, -0 -0, inf nan, -inf nan, nan nan"],
  ["cos", cos, "0 1, -0 1, inf nan, -inf nan, nan nan"],
];

/** x, y and x ** y of each case. */
const powers = `
  nan 0 1, nan -0 1, inf 0 1, 0 0 1, -0 -0 1, 1 nan 1, 1 inf 1, 1 -inf 1, -1 inf 1, -1 -inf 1,
  nan 1 nan, 2 nan nan, 0 nan nan, inf nan nan, -2 0.5 nan, -0.5 -1.5 nan,
  0 3 0, -0 3 -0, 0 2 0, -0 2 0, -0 2.5 0, 0 0.5 0, -0 inf 0,
  0 -3 inf, -0 -3 -inf, 0 -2 inf, -0 -2 inf, -0 -2.5 inf, -0 -inf inf,
  0.5 inf 0, -0.5 inf 0, 2 inf inf, -2 inf inf, 0.5 -inf inf, -0.5 -inf inf, 2 -inf 0, -2 -inf 0,
  inf 2 inf, inf -2 0, inf 0.5 inf, -inf 3 -inf, -inf 2 inf, -inf 0.5 inf,
  -inf -3 -0, -inf -2 0, -inf -0.5 0, -inf inf inf, -inf -inf 0,
  -2 3 -8, -2 2 4, 2 -3 0.125, -1 1e30 1, 10 400 inf, -10 401 -inf, 10 -400 0, -10 -401 -0`;

const number = (text: string): number =>
  text === "nan" ? Number.NaN : Number(text.replace("inf", "Infinity"));

function verify(e: Expr, cases: string): void {
  const rows = cases.split(",").map((row) => row.trim().split(" ").map(number));
  const computed = rows.map((row) => [...row.slice(0, -1), evaluateExpr(e, row.slice(0, -1))]);
  expect(computed).toEqual(rows);
}

describe.each(["f32", "f64"] as const)("%s", (type) => {
  const [x, y] = [arg(0, type), arg(1, type)];

  it.each(functions)("%s", (_name, of, cases) => verify(of(x), cases));
  it("pow", () => verify(pow(x, y), powers));

  it("keeps subnormals", () => {
    const [smallest, tail] = type === "f32" ? [2 ** -149, -103] : [2 ** -1074, -744];
    for (const f of [expm1, log1p, tanh, sin])
      expect(evaluateExpr(f(x), [-smallest])).toBe(-smallest);
    for (const f of [exp, sigmoid]) {
      const error = Number(evaluateExpr(f(x), [tail])) - Math.exp(tail);
      expect(Math.abs(error)).toBeLessThan(2 * smallest);
    }
    const power = Number(evaluateExpr(pow(x, y), [smallest, 0.75]));
    expect(power / smallest ** 0.75).toBeCloseTo(1, 6);
  });
});

describe("erf", () => {
  it("f32", () => verify(erf(arg(0, "f32")), "0 0, -0 -0, inf 1, -inf -1, 10 1, nan nan"));
  it("keeps subnormals", () => {
    expect(evaluateExpr(erf(arg(0, "f32")), [-(2 ** -149)])).toBe(-(2 ** -149));
  });
  it("has no other type", () => expect(() => erf(arg(0, "f64"))).toThrow("f64"));
});
