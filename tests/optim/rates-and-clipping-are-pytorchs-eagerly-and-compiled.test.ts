// A schedule that is off by a step, or a norm of each gradient instead of all, spoils a long training silently.
import { optim } from "glim";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as eager from "../fixtures/optim/rates.ts";
import { numbersOf, pairAt, rates, steps } from "../fixtures/optim/steps.ts";
import {
  type CompiledFixture,
  compileFixture,
  expectSameBits,
  plainOf,
} from "../stdlib/compiled-fixture.ts";

let fixture: CompiledFixture;
beforeAll(async () => {
  fixture = await compileFixture("fixtures/optim/rates.ts");
}, 120_000);
afterAll(() => fixture.dispose());

const { clipped, unclipped, limited, norm } = eager;
const clipping = Object.entries({ clipped, unclipped, limited, norm });
const [g, h] = pairAt(steps.grads, 0).map((t) => t.mul(3)) as ReturnType<typeof pairAt>;

const named = eager.names.map((name, i) => [name, i] as const).filter(([name]) => name !== "");
it.each(named)("%s is PyTorch's", (name, i) => {
  const wanted = rates.rates[name]!;
  expect(wanted.length).toBeGreaterThan(40);
  wanted.forEach((due, step) => {
    expect(eager.ratesAt(step)[i]! / due, `step ${step}`).toBeCloseTo(1, 10);
  });
});

it.each([
  ["default", {}],
  ["patient", { patience: 2, cooldown: 3, factor: 0.5, floor: 0.01 }],
  ["rising", { mode: "max", patience: 1, threshold: 0.02, thresholdMode: "abs" }],
] as const)("a rate on a plateau (%s) falls as PyTorch's", (name, options) => {
  const wanted = rates.plateaus[name]!;
  const plateau = new optim.ReduceOnPlateau({ lr: 0.1, ...options });
  const found = wanted.measures.map((measure) => plateau.after(measure));
  expect(new Set(found).size).toBeGreaterThan(1);
  found.forEach((rate, i) => {
    expect(rate).toBeCloseTo(wanted.rates[i]!, 12);
  });
});

it("rates are the same compiled", () => {
  for (let step = 0; step < 70; step++) {
    expect(fixture.entries.ratesAt!(step)).toEqual(eager.ratesAt(step));
  }
});

it("a warm-up rises in equal steps to the peak, from which the rate falls", () => {
  const [cosine, linear, factor] = [6, 7, 8].map((i) => (step: number) => eager.ratesAt(step)[i]!);
  for (let step = 0; step < 10; step++) {
    expect(factor!(step)).toBeCloseTo((step + 1) / 10, 12);
    expect(cosine!(step)).toBeCloseTo((step + 1) / 100, 12);
    expect(linear!(step)).toBe(cosine!(step));
  }
  expect([factor!(30), cosine!(10), linear!(10)]).toEqual([1, 0.1, 0.1]);
  expect([cosine!(25), linear!(25)].map((x) => x.toFixed(12))).toEqual(
    Array(2).fill("0.050000000000"),
  );
  expect([cosine!(40), linear!(40), cosine!(99), linear!(99)]).toEqual([0, 0, 0, 0]);
});

it("all gradients are scaled by one factor, and small ones not at all", () => {
  const { norm, clipped } = rates.clip;
  expect((eager.norm(g, h).item() as number) / norm).toBeCloseTo(1, 5);
  const wanted = numbersOf(clipped);
  eager
    .clipped(g, h)
    .toTypedArray()
    .forEach((x, i) => {
      expect(x).toBeCloseTo(wanted[i]!, 6);
    });
  const given = [...g.toTypedArray(), ...h.toTypedArray()];
  expect([...eager.unclipped(g, h).toTypedArray()]).toEqual(given);
  const limited = given.map((x) => Math.min(Math.max(x, -0.5), 0.5));
  expect([...eager.limited(g, h).toTypedArray()]).toEqual(limited);
});

it.each(clipping)("%s has the same bits compiled", (name, run) => {
  expectSameBits(fixture.entries[name]!(plainOf(g), plainOf(h)), run(g, h));
});
