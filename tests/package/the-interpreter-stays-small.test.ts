// The interpreter is what every host of packages ships: it needs nothing of the host, and its size is a decision.

import { expect, it } from "vitest";
import { interpreter, interpreterBytes } from "./compare-package.ts";

/** Of this kernels are 22 KB, the heap's library 10 KB; the rest reads, verifies and runs programs. */
const budget = 64 * 1024;

it("imports nothing", () => {
  expect(WebAssembly.Module.imports(interpreter)).toEqual([]);
});

it(`takes at most ${budget} bytes`, () => {
  console.log(`interpreter.wasm: ${interpreterBytes.length} bytes`);
  expect(interpreterBytes.length).toBeLessThanOrEqual(budget);
});
