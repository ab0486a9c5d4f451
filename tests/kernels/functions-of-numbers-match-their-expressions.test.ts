// `math.exp` and its like run in this module wherever a program runs: it must compute what is written.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluateExpr } from "#glim/compiler/ops/evaluate-expr.js";
import { arg } from "#glim/compiler/ops/expr.js";
import { numberFunctions } from "#glim/compiler/ops/math/number-functions.js";
import { kernels } from "#glim/runtime/eager/kernels.js";

const numbers = fc.oneof(
  fc.double(),
  fc.double({ min: -800, max: 800 }),
  fc.constantFrom(0, -0, 1, -1, 0.5, Number.NaN, Infinity, -Infinity, 5e-324, -2.2e-308, 1.7e308),
);

describe.each([...numberFunctions])("math.%s", (name, f) => {
  it("gives the bits of its expression", () => {
    const run = kernels().numberFunction(name);
    const expr = f(...Array.from({ length: f.length }, (_, i) => arg(i, "f64")));
    const inputs = fc.array(numbers, { minLength: f.length, maxLength: f.length });
    fc.assert(
      fc.property(inputs, (args) => {
        const wanted = evaluateExpr(expr, args);
        expect(Object.is(run(...args), wanted), `${run(...args)}, not ${wanted}`).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
