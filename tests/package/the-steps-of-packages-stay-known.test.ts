// Packages name single operations, for ever: each one that operators use now must be on the list that only grows.

import { expect, it } from "vitest";
import { stepExpressions } from "#glim/compiler/lower/kernels/build-kernels.js";
import { stepKernels, wholeFunction } from "#glim/compiler/ops/expr-steps.js";
import { ops } from "#glim/compiler/ops/registry.js";
import { stepOperations } from "#glim/compiler/ops/step-operations.js";

const listed = stepKernels(stepOperations);

it("every operation that an operator or a function of numbers takes is listed", () => {
  const operations = [...stepExpressions(ops)].filter(([key]) => !wholeFunction(key));
  const missing = operations.filter(([key]) => !listed.has(key)).map(([, expr]) => expr);
  expect(missing).toEqual([]);
});

it("no two have one key", () => {
  expect(listed.size).toBe(stepOperations.length);
});
