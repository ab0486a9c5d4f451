// `%` has fast paths for whole numbers; every path must give JavaScript's bits, signs of zeros included.

import fc from "fast-check";
import { expect, it } from "vitest";
import { compileModule } from "#glim/compiler/compile.js";
import { parseGraph } from "#glim/compiler/graph/text.js";
import { loadSync } from "#glim/runtime/load.js";

const graph = `module m
entry func @rem(%x: f64, %y: f64) -> f64 {
  %0 = scalar rem %x %y : f64
  return %0
}
`;
const { wasm } = await compileModule(parseGraph(graph), {
  version: "0",
  source: "m.ts",
  locate: () => undefined,
});
const rem = loadSync(new WebAssembly.Module(new Uint8Array(wasm))).rem!;

const edges = [
  ...[0, -0, 1, -1, 3, -3, 0.5, 7, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), 2 ** 32 + 1, 2 ** 53 - 1],
  ...[2 ** 53, 2 ** 62, 2 ** 63 - 1024, 2 ** 63, 2 ** 63 + 2048, -(2 ** 63), 2 ** 64, 1e300],
  ...[5e-324, Number.MAX_VALUE, Number.POSITIVE_INFINITY, Number.NaN],
];

it("is JavaScript's at every pair of edges", () => {
  for (const x of edges) for (const y of edges) expect(rem(x, y), `${x} % ${y}`).toBe(x % y);
});

it("is JavaScript's for random numbers", () => {
  const whole = fc.oneof(
    fc.integer(),
    fc.maxSafeInteger(),
    fc.integer().map((n) => n * 2 ** 31),
  );
  const number = fc.oneof(whole, fc.double());
  fc.assert(
    fc.property(number, number, (x, y) => {
      expect(rem(x, y)).toBe(x % y);
    }),
    { numRuns: 20_000 },
  );
});
