// The interpreter is what every host of packages ships: it needs nothing of the host, and its size is a decision.

import { expect, it } from "vitest";
import { interpreter, interpreterBytes } from "./compare-package.ts";

/**
 * Of this the kernels are 72 KB (the-kernel-module-stays-small has their ledger), the heap 18 KB, the
 * rest reads, verifies and runs programs.
 */
const budget = 116 * 1024;

it("imports nothing", () => {
  expect(WebAssembly.Module.imports(interpreter)).toEqual([]);
});

it(`takes at most ${budget} bytes`, () => {
  console.log(`interpreter.wasm: ${interpreterBytes.length} bytes`);
  expect(interpreterBytes.length).toBeLessThanOrEqual(budget);
});
