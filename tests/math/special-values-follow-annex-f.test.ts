// Programs rely on the results of C99's Annex F at zeros, infinities and NaN; they are exact.

import { describe, expect, it } from "vitest";
import { evaluateExpr } from "#glim/compiler/ops/evaluate-expr.js";
import { arg, type Expr } from "#glim/compiler/ops/expr.js";
import { acos, asin } from "#glim/compiler/ops/math/asin-acos.js";
import { atan, atan2 } from "#glim/compiler/ops/math/atan.js";
import { cbrt } from "#glim/compiler/ops/math/cbrt.js";
import { erf } from "#glim/compiler/ops/math/erf.js";
import { erfc, erfinv } from "#glim/compiler/ops/math/erfc.js";
import { exp } from "#glim/compiler/ops/math/exp.js";
import { exp2 } from "#glim/compiler/ops/math/exp2.js";
import { expm1 } from "#glim/compiler/ops/math/expm1.js";
import { hypot } from "#glim/compiler/ops/math/hypot.js";
import { acosh, asinh, atanh } from "#glim/compiler/ops/math/inverse-hyperbolic.js";
import { log } from "#glim/compiler/ops/math/log.js";
import { log2, log10 } from "#glim/compiler/ops/math/log-bases.js";
import { log1p } from "#glim/compiler/ops/math/log1p.js";
import { pow } from "#glim/compiler/ops/math/pow.js";
import { sigmoid } from "#glim/compiler/ops/math/sigmoid.js";
import { cos, sin } from "#glim/compiler/ops/math/sin-cos.js";
import { cosh, sinh } from "#glim/compiler/ops/math/sinh-cosh.js";
import { tan } from "#glim/compiler/ops/math/tan.js";
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
  ["tan", tan, "0 0, -0 -0, inf nan, -inf nan, nan nan"],
  ["asin", asin, "0 0, -0 -0, 1.5 nan, -2 nan, inf nan, -inf nan, nan nan"],
  ["acos", acos, "1 0, 1.5 nan, -2 nan, inf nan, -inf nan, nan nan"],
  ["atan", atan, "0 0, -0 -0, nan nan"],
  ["sinh", sinh, "0 0, -0 -0, inf inf, -inf -inf, 1e4 inf, -1e4 -inf, nan nan"],
  ["cosh", cosh, "0 1, -0 1, inf inf, -inf inf, 1e4 inf, -1e4 inf, nan nan"],
  ["asinh", asinh, "0 0, -0 -0, inf inf, -inf -inf, nan nan"],
  ["acosh", acosh, "1 0, 0.5 nan, 0 nan, -1 nan, -3 nan, -inf nan, inf inf, nan nan"],
  ["atanh", atanh, "0 0, -0 -0, 1 inf, -1 -inf, 1.5 nan, -2 nan, inf nan, -inf nan, nan nan"],
  ["exp2", exp2, "0 1, -0 1, 3 8, -1 0.5, inf inf, -inf 0, 1e4 inf, -1e4 0, nan nan"],
  ["log2", log2, "1 0, 8 3, 0.25 -2, 0 -inf, -0 -inf, inf inf, -1 nan, -inf nan, nan nan"],
  ["log10", log10, "1 0, 0 -inf, -0 -inf, inf inf, -1 nan, -inf nan, nan nan"],
  ["cbrt", cbrt, "0 0, -0 -0, 27 3, -8 -2, inf inf, -inf -inf, nan nan"],
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
  it("hypot", () => {
    verify(hypot(x, y), "3 4 5, -0 0 0, inf nan inf, nan -inf inf, nan 1 nan");
  });

  it("atan2, of zeros and infinities in every quadrant", () => {
    const inFormat = type === "f32" ? Math.fround : Number;
    const edges = [0, -0, 1, -1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const a of edges) {
      for (const b of edges) {
        const [found, wanted] = [evaluateExpr(atan2(x, y), [a, b]), Math.atan2(a, b)];
        // Multiples of π/2 are exact; diagonals are as good as other angles.
        if (Math.abs(a) === Math.abs(b) && a !== 0) expect(found).toBeCloseTo(wanted, 6);
        else expect(found, `${a}, ${b}`).toBe(inFormat(wanted));
      }
      expect(evaluateExpr(atan2(x, y), [a, Number.NaN])).toBeNaN();
      expect(evaluateExpr(atan2(x, y), [Number.NaN, a])).toBeNaN();
    }
    expect(evaluateExpr(atan(x), [Number.NEGATIVE_INFINITY])).toBe(inFormat(-Math.PI / 2));
  });

  it("keeps subnormals", () => {
    const [smallest, tail] = type === "f32" ? [2 ** -149, -103] : [2 ** -1074, -744];
    for (const f of [expm1, log1p, tanh, sin, tan, asin, atan, sinh, asinh, atanh])
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
});

describe("erfc and erfinv", () => {
  it("f32", () => {
    const x = arg(0, "f32");
    verify(erfc(x), "0 1, -0 1, inf 0, -inf 2, 11 0, -7 2, nan nan");
    verify(erfinv(x), "0 0, -0 -0, 1 inf, -1 -inf, 1.5 nan, -2 nan, inf nan, -inf nan, nan nan");
  });
  it("keep subnormals", () => {
    expect(evaluateExpr(erfinv(arg(0, "f32")), [2 ** -149])).toBe(2 ** -149);
    expect(Number(evaluateExpr(erfc(arg(0, "f32")), [10])) / 2.088487583762545e-45).toBeCloseTo(
      1,
      0,
    );
  });
});
