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
  ["tan", exact.tan, () => true],
  ["asin", exact.asin, (x) => Math.abs(x) <= 1],
  ["acos", exact.acos, (x) => Math.abs(x) <= 1],
  ["atan", exact.atan, () => true],
  ["sinh", exact.sinh, () => true],
  ["cosh", exact.cosh, () => true],
  ["asinh", exact.asinh, () => true],
  ["acosh", exact.acosh, (x) => x >= 1],
  ["atanh", exact.atanh, (x) => Math.abs(x) < 1],
  ["exp2", exact.exp2, () => true],
  ["log2", exact.log2, (x) => x > 0],
  ["log10", exact.log10, (x) => x > 0],
  ["cbrt", exact.cbrt, () => true],
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

it.each([
  ["atan2", exact.atan2],
  ["hypot", exact.hypot],
] as const)("%s", (name, exactly) => {
  const e = build(name, arg(0, "f64"), arg(1, "f64"));
  const values = [...spreadF64(samples)];
  let worst = { error: 0, x: 0, y: 0 };
  for (const [i, x] of values.entries()) {
    // Neighbours differ in size; every fourth pair is of one size.
    const other = values[(i + (i % 2 === 0 ? 1 : 41)) % values.length]!;
    const y = i % 4 === 0 ? x * (1 + (other % 1)) : other;
    const wanted = exactly(exact.toFixed(x), exact.toFixed(y));
    const error = ulpErrorF64(Number(evaluateExpr(e, [x, y])), wanted);
    if (error > worst.error) worst = { error, x, y };
  }
  expect(worst.error, `at ${worst.x}, ${worst.y}`).toBeLessThanOrEqual(2);
});

it("atan2 just above the ratio where its series changes", () => {
  const [y, x] = [-0.52409260733491836, 1.2063545222838843];
  const found = Number(evaluateExpr(build("atan2", arg(0, "f64"), arg(1, "f64")), [y, x]));
  expect(ulpErrorF64(found, exact.atan2(exact.toFixed(y), exact.toFixed(x)))).toBeLessThan(2);
});

it("roots of cubes and logarithms of powers are exact", () => {
  const of = (name: string, x: number): unknown => evaluateExpr(build(name, arg(0, "f64")), [x]);
  for (let n = 1; n < 200; n++) expect(of("cbrt", n ** 3)).toBe(n);
  for (let n = -1074; n < 1024; n++) expect(of("log2", 2 ** n)).toBe(n);
  for (let n = -1074; n < 1024; n++) expect(of("exp2", n)).toBe(2 ** n);
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
