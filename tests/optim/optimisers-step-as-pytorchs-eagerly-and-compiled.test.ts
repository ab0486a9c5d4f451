// An optimiser that drifts from PyTorch's trains another model; one that differs compiled breaks the promise.
import type { Tensor } from "glim";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as eager from "../fixtures/optim/optimisers.ts";
import { both, numbersOf, pairAt, steps } from "../fixtures/optim/steps.ts";
import {
  type CompiledFixture,
  compileFixture,
  expectSameBits,
  plainOf,
} from "../stdlib/compiled-fixture.ts";

type Step = (g: Tensor<[3, 4]>, h: Tensor<[5]>) => Tensor;
const entries: Readonly<Record<string, Step>> = eager;

let fixture: CompiledFixture;
beforeAll(async () => {
  fixture = await compileFixture("fixtures/optim/optimisers.ts");
}, 120_000);
afterAll(() => fixture.dispose());

it("each optimiser of the fixtures has an entry", () => {
  expect(Object.keys(entries).sort()).toEqual(Object.keys(steps.after).sort());
});

it.each(Object.entries(steps.after))("%s", (name, after) => {
  const wanted = numbersOf(after);
  const count = wanted.length / both;
  expect(count).toBe(20);
  for (let step = 0; step < count; step++) {
    const [g, h] = pairAt(steps.grads, step);
    const found = entries[name]!(g, h);
    found.toTypedArray().forEach((x, i) => {
      const due = wanted[step * both + i]!;
      const error = Math.abs(x - due) / Math.max(Math.abs(due), 1);
      expect(error, `step ${step}, element ${i}: ${x}, not ${due}`).toBeLessThanOrEqual(2e-6);
    });
    expectSameBits(fixture.entries[name]!(plainOf(g), plainOf(h)), found);
  }
});
