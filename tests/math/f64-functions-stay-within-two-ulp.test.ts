// `number` has its own functions too; hosts' `Math` differ among themselves, so the judge is exact
// arithmetic on big integers.

import { expect, it } from "vitest";
import { evaluateExpr } from "#glim/compiler/ops/evaluate-expr.js";
import { arg, type Expr } from "#glim/compiler/ops/expr.js";
import { numberFunctions } from "#glim/compiler/ops/math/number-functions.js";
import * as exact from "./exact-functions.ts";
import { spreadF64, ulpErrorF64 } from "./ulp-error.ts";

const samples = 1000;
const build = (name: string, ...args: Expr[]): Expr => numberFunctions.get(name)!(...args);

const functions: readonly (readonly [string, (x: bigint) => bigint, (x: number) => boolean])[] = [
  ["exp", exact.exp, () => true],
  ["expm1", exact.expm1, () => true],
  ["log", exact.log, (x) => x > 0],
  ["log1p", exact.log1p, (x) => x > -1],
  ["tanh", exact.tanh, () => true],
  ["sigmoid", exact.sigmoid, () => true],
  ["sin", exact.sin, () => true],
  ["cos", exact.cos, () => true],
];

it.each(functions)("%s", (name, exactly, isDefined) => {
  const e = build(name, arg(0, "f64"));
  let worst = { error: 0, x: 0 };
  for (const x of spreadF64(samples)) {
    if (!isDefined(x)) continue;
    const error = ulpErrorF64(Number(evaluateExpr(e, [x])), exactly(exact.toFixed(x)));
    if (error > worst.error) worst = { error, x };
  }
  expect(worst.error, `at ${worst.x}`).toBeLessThanOrEqual(2);
});

it("pow", () => {
  const e = build("pow", arg(0, "f64"), arg(1, "f64"));
  let worst = { error: 0, x: 0, y: 0 };
  let i = 0;
  for (const base of spreadF64(samples / 2)) {
    const x = Math.abs(base);
    // Results spread from below the smallest subnormal to above the largest number.
    const y = (((i++ * 40503) % 65536) / 65536) * (2105 / Math.log2(x)) - 1078 / Math.log2(x);
    if (!Number.isFinite(y)) continue;
    const exactly = exact.pow(exact.toFixed(x), exact.toFixed(y));
    const error = ulpErrorF64(Number(evaluateExpr(e, [x, y])), exactly);
    if (error > worst.error) worst = { error, x, y };
  }
  expect(worst.error, `at ${worst.x} ** ${worst.y}`).toBeLessThanOrEqual(2);
});

it("pow of whole numbers is exact where the result fits", () => {
  const e = build("pow", arg(0, "f64"), arg(1, "f64"));
  for (let x = 2n; x < 60n; x++)
    for (let y = 0n; x ** y <= 2n ** 53n; y++)
      expect(evaluateExpr(e, [Number(x), Number(y)])).toBe(Number(x ** y));
});

it("sin where the angle is closest to a multiple of π/2", () => {
  const x = 6381956970095103 * 2 ** 797;
  const sine = Number(evaluateExpr(build("sin", arg(0, "f64")), [x]));
  const cosine = Number(evaluateExpr(build("cos", arg(0, "f64")), [x]));
  expect(ulpErrorF64(sine, exact.sin(exact.toFixed(x)))).toBeLessThan(2);
  expect(ulpErrorF64(cosine, exact.cos(exact.toFixed(x)))).toBeLessThan(2);
});
