// What models need beside their weights decides where they run: packing must come close to what is live at once.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseGraph } from "#glim/compiler/graph/text.js";
import { type Lifetime, liveBytes, packBuffers } from "#glim/compiler/lower/pack-buffers.js";
import { planMemory } from "#glim/compiler/lower/plan-memory.js";

const lifetimes = fc.array(
  fc.record({ size: fc.nat(5000), from: fc.nat(40), length: fc.nat(12) }),
  { maxLength: 40 },
);
const buffersOf = (drawn: readonly { size: number; from: number; length: number }[]): Lifetime[] =>
  drawn.map(({ size, from, length }) => ({ size, from, to: from + length }));

it("never lets two buffers that are needed at one moment overlap", () => {
  fc.assert(
    fc.property(lifetimes, (drawn) => {
      const buffers = buffersOf(drawn);
      const { offsets, size } = packBuffers(buffers);
      buffers.forEach((a, i) => {
        expect(offsets[i]! % 64).toBe(0);
        expect(offsets[i]! + a.size).toBeLessThanOrEqual(size);
        buffers.slice(0, i).forEach((b, j) => {
          if (a.to < b.from || b.to < a.from) return;
          const isApart =
            offsets[i]! + a.size <= offsets[j]! || offsets[j]! + b.size <= offsets[i]!;
          expect(isApart, `${j} and ${i}`).toBe(true);
        });
      });
      expect(size).toBeGreaterThanOrEqual(liveBytes(buffers));
    }),
    { numRuns: 500, seed: 1 },
  );
});

it("takes at most a tenth more than is live, for most lifetimes", () => {
  const samples = fc.sample(lifetimes, { numRuns: 300, seed: 2 }).map(buffersOf);
  const ratios = samples
    .filter((b) => liveBytes(b) > 0)
    .map((b) => packBuffers(b).size / liveBytes(b))
    .sort((a, b) => a - b);
  expect(ratios[Math.floor(ratios.length * 0.9)]).toBeLessThanOrEqual(1.1);
});

/** A chain of wide and narrow layers, with a sum over what came before. */
const chain = (batch: string): string => {
  const t = (n: number): string => `f32[${batch},${n}]`;
  return `module test

entry func @main(%x: ${t(64)}, %a: f32[64,256], %b: f32[256,64]) -> ${t(64)} {
  %0 = dot %x %a : ${t(256)}
  %1 = dot %0 %b : ${t(64)}
  %2 = dot %1 %a : ${t(256)}
  %3 = dot %2 %b : ${t(64)}
  %4 = add %3 %1 : ${t(64)}
  %5 = dot %4 %a : ${t(256)}
  %6 = dot %5 %b : ${t(64)}
  %7 = add %6 %4 : ${t(64)}
  return %7
}
`;
};

describe("a chain of layers", () => {
  const funcOf = (batch: string) => parseGraph(chain(batch)).funcs[0]!;

  it("has one slot of what is live at once", () => {
    const { slots, known } = planMemory(funcOf("8"));
    expect(slots).toHaveLength(1);
    expect(known.bytes).toBe(known.live);
  });

  it("has as much for each example where the batch is named", () => {
    const { slots } = planMemory(funcOf("B"));
    expect(slots.map((s) => String(s.sizes[0]))).toEqual(["131200", "1792*B+576"]);
  });
});
