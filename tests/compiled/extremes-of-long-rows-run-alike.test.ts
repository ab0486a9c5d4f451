// Long rows keep beside the greatest element whether there was a NaN, and the sign of zeros: both must come out right.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseGraph } from "#glim/compiler/graph/text.js";
import { bitsOf } from "./bits.ts";
import { callEntry, compileGraph } from "./run-compiled.ts";

const rows = 3;
const program = (op: string, dtype: string, length: number | string): string => `module test

entry func @run(%x: ${dtype}[${rows},${length}]) -> ${dtype}[${rows}] {
  %0 = ${op} %x axes=[1] keepDim=false lanes=16 : ${dtype}[${rows}]
  return %0
}
`;

async function instanceOf(text: string): Promise<WebAssembly.Instance> {
  const wasm = await compileGraph(parseGraph(text));
  return (await WebAssembly.instantiate(wasm as BufferSource)).instance;
}

/** Nothing but zeros, zeros among what loses to them, and whatever there is. */
const elements = (losing: number) => [
  fc.constantFrom(0, -0),
  fc.constant(-0),
  fc.constantFrom(0, -0, losing, losing * 3, losing * Number.POSITIVE_INFINITY),
  fc.oneof(
    { arbitrary: fc.float({ noNaN: true }), weight: 400 },
    { arbitrary: fc.constant(Number.NaN), weight: 1 },
  ),
];

describe.each([
  ["max", -1, Math.max],
  ["min", 1, Math.min],
] as const)("%s", (op, losing, plain) => {
  const lengths = [48, 49, 63, 64, 130, 512, 530, 1100];
  it.each([
    ...lengths.map((length) => [length, "f32", Float32Array] as const),
    ...[49, 130, 530].map((length) => [length, "f64", Float64Array] as const),
  ])("of %i elements of %s, known and not", async (length, dtype, Data) => {
    const known = await instanceOf(program(op, dtype, length));
    const symbolic = await instanceOf(program(op, dtype, "N"));
    const size = { minLength: rows * length, maxLength: rows * length };
    for (const element of elements(losing)) {
      for (const list of fc.sample(fc.array(element, size), { seed: length, numRuns: 4 })) {
        const x = Data.from(list);
        const wanted = Data.from(
          Array.from({ length: rows }, (_, r) =>
            plain(...x.subarray(r * length, (r + 1) * length)),
          ),
        );
        for (const [instance, sizes] of [
          [known, []],
          [symbolic, [length]],
        ] as const) {
          const found = callEntry(instance, "run", sizes, [x], 1);
          if (typeof found === "number") throw new Error(`failed at site ${found}`);
          expect(bitsOf(found[0]!.data)).toEqual(bitsOf(wanted));
        }
      }
    }
  });
});
