// A remainder that is off by a rounding puts an angle or a phase into the wrong period.

import fc from "fast-check";
import { expect, it } from "vitest";
import { evaluateExpr } from "#glim/compiler/ops/evaluate-expr.js";
import { arg } from "#glim/compiler/ops/expr.js";
import { fmod, remainder } from "#glim/compiler/ops/math/fmod.js";

const f32 = fc.float({ noDefaultInfinity: false });
const i32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const both = (type: "f32" | "i32") => [arg(0, type), arg(1, type)] as const;

/** The rest of a % b with the sign of b. */
const python = (a: number, b: number): number => {
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
};

it("fmod of any floats is JavaScript's", () => {
  const e = fmod(...both("f32"));
  fc.assert(
    fc.property(f32, f32, (a, b) => {
      expect(evaluateExpr(e, [a, b])).toBe(Math.fround(a % b));
    }),
    { numRuns: 5000 },
  );
  const [most, least] = [3.4028234663852886e38, 2 ** -149];
  for (const b of [least, 3 * least, 7e-45, 1.1754942e-38, 3, 1 / 3]) {
    expect(evaluateExpr(e, [most, Math.fround(b)])).toBe(Math.fround(most % Math.fround(b)));
  }
});

it("remainder has the sign of its divisor", () => {
  const e = remainder(...both("f32"));
  fc.assert(
    fc.property(f32, f32, (a, b) => {
      expect(evaluateExpr(e, [a, b])).toBe(Math.fround(python(a, b)));
    }),
    { numRuns: 5000 },
  );
  expect(evaluateExpr(e, [-7, 3])).toBe(2);
  expect(evaluateExpr(e, [7, -3])).toBe(-2);
});

it("integers wrap nowhere, and by 0 the remainder is 0", () => {
  const [cut, down] = [fmod(...both("i32")), remainder(...both("i32"))];
  fc.assert(
    fc.property(i32, i32, (a, b) => {
      expect(evaluateExpr(cut, [a, b])).toBe(b === 0 ? 0 : (a % b) | 0);
      expect(evaluateExpr(down, [a, b])).toBe(b === 0 ? 0 : python(a, b) | 0);
    }),
    { numRuns: 2000 },
  );
  for (const e of [cut, down]) {
    expect(evaluateExpr(e, [5, 0])).toBe(0);
    expect(evaluateExpr(e, [-(2 ** 31), -1])).toBe(0);
  }
});
