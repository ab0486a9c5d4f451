// A profile is of the program that ships only if clocks around its kernels change nothing else.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { compileFile } from "#glim/cli/compiler.js";
import { isTimed, TimedModel } from "#glim/cli/profile/time-kernels.js";
import { readKernels } from "#glim/compiler/package/describe-kernels.js";
import { loadSync, type NdArray } from "#glim/runtime/load.js";

const source = `
import { nn, script, seed, type Tensor } from "glim";
seed(5);
const net = new nn.Sequential(new nn.Linear(20, 33), new nn.ReLU(), new nn.Linear(33, 7));
export const classify = script((x: Tensor<["B", 20]>) => {
  let y = net.forward(x);
  for (let i = 0; i < 3; i++) y = y.mul(1.5).softmax(-1);
  return y;
});
`;

const folder = mkdtempSync(path.join(os.tmpdir(), "glim-profile-"));
const file = path.join(folder, "model.ts");
writeFileSync(file, source);
afterAll(() => rmSync(folder, { recursive: true }));

const moduleOf = async (timed: boolean): Promise<WebAssembly.Module> => {
  const { wasm } = await compileFile(file, { timed });
  return new WebAssembly.Module(Uint8Array.from(wasm));
};

it("a module with clocks gives the same bits, calls each kernel's, and one without imports nothing", async () => {
  const [plain, timed] = [await moduleOf(false), await moduleOf(true)];
  expect(WebAssembly.Module.imports(plain)).toEqual([]);
  expect([isTimed(plain), isTimed(timed)]).toEqual([false, true]);
  const x = { data: Float32Array.from({ length: 100 }, (_, i) => Math.sin(i)), shape: [5, 20] };
  const wanted = loadSync(plain).classify!(x) as NdArray;
  // The loader of all modules takes one with clocks as well.
  const found = loadSync(timed).classify!(x) as NdArray;
  expect(found).toEqual(wanted);
  const model = new TimedModel(timed);
  const { calls, milliseconds } = model.run("classify", [x]);
  const kernels = readKernels(timed)!;
  expect(new Set(calls.map((c) => c.kernel))).toEqual(new Set(kernels.keys()));
  let last = 0;
  for (const { start, end } of calls) {
    expect(start).toBeGreaterThanOrEqual(last);
    expect(end).toBeGreaterThanOrEqual(start);
    last = end;
  }
  expect(last).toBeLessThanOrEqual(milliseconds);
  expect(readKernels(plain)).toBeUndefined();
}, 60_000);
