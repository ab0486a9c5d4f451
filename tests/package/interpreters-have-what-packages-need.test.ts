// A host that runs one model carries an interpreter for it and nothing else; for other packages it says what it lacks.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { interpreterFor } from "#glim/cli/commands/interpreter.js";
import { packageFile } from "#glim/cli/compiler.js";
import { openSync } from "#glim/runtime/package/open.js";
import { packageText, source } from "./sample-package.ts";

/** A third reads and verifies packages, a third makes the plans of kernels, a third are kernels. */
const lenetBudget = 29 * 1024;

const lenet = new URL("../../samples/mnist/lenet.ts", import.meta.url).pathname;
let folder: string;
let bytes: Uint8Array;
let trimmed: Uint8Array;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "glim-needs-"));
  bytes = (await packageFile(lenet, { entries: [] })).bytes;
  await writeFile(path.join(folder, "lenet.glim"), bytes);
  trimmed = await interpreterFor([path.join(folder, "lenet.glim")]);
});
afterAll(() => rm(folder, { recursive: true }));

const moduleOf = (wasm: Uint8Array): WebAssembly.Module => new WebAssembly.Module(wasm.slice());
const image = { data: Float32Array.from({ length: 784 }, (_, i) => Math.sin(i)), shape: [1, 784] };

it("gives the same bits", async () => {
  const whole = openSync(bytes, moduleOf(await interpreterFor([])));
  const own = openSync(bytes, moduleOf(trimmed));
  expect(own.classify!(image)).toEqual(whole.classify!(image));
});

it(`takes at most ${lenetBudget} bytes for LeNet`, () => {
  console.log(`interpreter for LeNet: ${trimmed.length} bytes`);
  expect(trimmed.length).toBeLessThanOrEqual(lenetBudget);
});

it("refuses what it was made without", async () => {
  const other = (await packageText(source)).bytes;
  expect(() => openSync(other, moduleOf(trimmed))).toThrow(/does not have|was made without/);
});
