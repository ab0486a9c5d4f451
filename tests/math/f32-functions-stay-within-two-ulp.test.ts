// The contract allows 2 ULP over the whole range: a sample of all bit patterns guards it (the full
// range was measured once, see docs/functions.md).

import { expect, it } from "vitest";
import { evaluateExpr } from "#glim/compiler/ops/evaluate-expr.js";
import { arg, type Expr } from "#glim/compiler/ops/expr.js";
import { acos, asin } from "#glim/compiler/ops/math/asin-acos.js";
import { atan, atan2 } from "#glim/compiler/ops/math/atan.js";
import { cbrt } from "#glim/compiler/ops/math/cbrt.js";
import { erf } from "#glim/compiler/ops/math/erf.js";
import { exp } from "#glim/compiler/ops/math/exp.js";
import { exp2 } from "#glim/compiler/ops/math/exp2.js";
import { expm1 } from "#glim/compiler/ops/math/expm1.js";
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
import { spreadF32, ulpErrorF32 } from "./ulp-error.ts";

/** Σ 2ⁿ·x²ⁿ⁺¹/(2n+1)!! has only positive terms; erf is its product with 2/√π·e^−x². */
function exactErf(x: number): number {
  if (!(Math.abs(x) < 6)) return x / Math.abs(x);
  let [term, sum] = [x, x];
  for (let n = 1; Math.abs(term) > Math.abs(sum) * 1e-18; n++)
    sum += term *= (2 * x * x) / (2 * n + 1);
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}
const exactSigmoid = (x: number): number => {
  const e = Math.exp(-Math.abs(x));
  return x < 0 ? e / (1 + e) : 1 / (1 + e);
};

const functions: readonly (readonly [string, (x: Expr) => Expr, (x: number) => number])[] = [
  ["exp", exp, Math.exp],
  ["expm1", expm1, Math.expm1],
  ["log", log, Math.log],
  ["log1p", log1p, Math.log1p],
  ["tanh", tanh, Math.tanh],
  ["sigmoid", sigmoid, exactSigmoid],
  ["sin", sin, Math.sin],
  ["cos", cos, Math.cos],
  ["tan", tan, Math.tan],
  ["asin", asin, Math.asin],
  ["acos", acos, Math.acos],
  ["atan", atan, Math.atan],
  ["sinh", sinh, Math.sinh],
  ["cosh", cosh, Math.cosh],
  ["asinh", asinh, (x) => Math.sign(x) * Math.asinh(Math.abs(x))],
  ["acosh", acosh, Math.acosh],
  ["atanh", atanh, Math.atanh],
  ["exp2", exp2, (x) => 2 ** x],
  ["log2", log2, Math.log2],
  ["log10", log10, Math.log10],
  ["cbrt", cbrt, Math.cbrt],
  ["erf", erf, (x) => (x === 0 ? x : exactErf(x))],
];

it.each(functions)("%s", (_name, build, exact) => {
  const e = build(arg(0, "f32"));
  let worst = { error: 0, x: 0 };
  for (const x of spreadF32()) {
    const error = ulpErrorF32(Number(evaluateExpr(e, [x])), exact(x));
    if (error > worst.error) worst = { error, x };
  }
  expect(worst.error, `at ${worst.x}`).toBeLessThanOrEqual(2);
});

it("pow", () => {
  const e = pow(arg(0, "f32"), arg(1, "f32"));
  let worst = { error: 0, x: 0, y: 0 };
  let i = 0;
  for (const base of spreadF32(0x2000)) {
    const x = Math.abs(base);
    // Results spread from below the smallest subnormal to above the largest number.
    const y = Math.fround((((i++ * 40503) % 65536) / 65536) * 281 - 152) / Math.log2(x);
    if (!Number.isFinite(y)) continue;
    const power = Math.fround(y);
    const error = ulpErrorF32(Number(evaluateExpr(e, [x, power])), x ** power);
    if (error > worst.error) worst = { error, x, y: power };
  }
  expect(worst.error, `at ${worst.x} ** ${worst.y}`).toBeLessThanOrEqual(2);
});

it("atan2", () => {
  const e = atan2(arg(0, "f32"), arg(1, "f32"));
  let worst = { error: 0, y: 0, x: 0 };
  const values = [...spreadF32(0x2000)];
  for (const [i, x] of values.entries()) {
    const other = values[(i * 40503) % values.length]!;
    const y = i % 2 === 0 ? other : Math.fround(x * ((other % 3) + 0.5));
    const error = ulpErrorF32(Number(evaluateExpr(e, [y, x])), Math.atan2(y, x));
    if (error > worst.error) worst = { error, y, x };
  }
  expect(worst.error, `at ${worst.y}, ${worst.x}`).toBeLessThanOrEqual(2);
});

it("sin and cos where the angle is closest to a multiple of π/2", () => {
  // 16367173·2⁷² is the closest of all (1.6e−9); then multiples themselves, and the largest angles.
  for (const x of [16367173 * 2 ** 72, 11 * 0.5 * Math.PI, 2 ** 127, (2 - 2 ** -23) * 2 ** 127]) {
    const angle = Math.fround(x);
    expect(
      ulpErrorF32(Number(evaluateExpr(sin(arg(0, "f32")), [angle])), Math.sin(angle)),
    ).toBeLessThan(2);
    expect(
      ulpErrorF32(Number(evaluateExpr(cos(arg(0, "f32")), [angle])), Math.cos(angle)),
    ).toBeLessThan(2);
  }
});
