// A host that runs one model carries an interpreter for it and nothing else; for other packages it says what it lacks.

import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { interpreterFor } from "#glim/cli/commands/interpreter.js";
import { packageFile } from "#glim/cli/compiler.js";
import { openSync } from "#glim/runtime/package/open.js";
import { type Fate, fateOf } from "./fate-of-package.ts";
import { mutatePackage } from "./mutate-package.ts";
import { type RecordedCall, repeat } from "./recorded-calls.ts";

/** A third reads and verifies packages, a third makes the plans of kernels, a third are kernels. */
const lenetBudget = 23 * 1024;

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

const fixtures = new URL("../fixtures/packages/", import.meta.url);
const recorded = readdirSync(fixtures, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".glim"))
  .map((file) => new URL(file, fixtures).pathname);

/** Whether the interpreter takes the package; if it does, calls give what was recorded. */
function runs(file: string, wasm: Uint8Array): boolean {
  const bytes = new Uint8Array(readFileSync(file));
  let model: ReturnType<typeof openSync>;
  try {
    model = openSync(bytes, moduleOf(wasm));
  } catch (error) {
    expect(String(error), file).toMatch(/does not have|was made without/);
    return false;
  }
  const calls: RecordedCall[] = JSON.parse(readFileSync(file.replace(/glim$/, "json"), "utf8"));
  for (const call of calls) expect(repeat(model, call)).toEqual(call);
  return true;
}

it("refuses what it was made without", () => {
  const taken = recorded.filter((file) => runs(file, trimmed));
  expect(taken.length).toBeLessThan(recorded.length / 2);
});

it("computes as the whole one, and survives damaged packages: elements of every dtype", async () => {
  const file = new URL("v4/dtypes-model.glim", fixtures).pathname;
  const own = await interpreterFor([file]);
  expect(own.length).toBeLessThan(40 * 1024);
  expect(runs(file, own)).toBe(true);
  const fates = fatesOf(new Uint8Array(readFileSync(file)), moduleOf(own));
  expect(fates.has("refused") && fates.has("ran")).toBe(true);
});

// What a package needs is read from its words: whatever was overlooked, it would be refused for.
it("has what many packages need", async () => {
  const own = await interpreterFor(recorded);
  expect(recorded.filter((file) => !runs(file, own))).toEqual([]);
});

/** What becomes of the package with damages: of the checks that are left, none may be missing. GLIM_RUNS=100000 tries more. */
function fatesOf(bytes: Uint8Array, module: WebAssembly.Module): Set<Fate> {
  const runs = Number(process.env.GLIM_RUNS ?? 200);
  return new Set(Array.from({ length: runs }, (_, i) => fateOf(mutatePackage([bytes], i), module)));
}
