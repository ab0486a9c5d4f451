// The table of digests pins the samples' results for ever: eager, compiled in every way, at every batch
// size, on every engine that runs this file. A change of a digest is a breaking change (docs/numerics.md).
// To run it on another engine: npx -y node@24 node_modules/vitest/vitest.mjs run --config
// tests/vitest.config.ts tests/digests

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { compileFile } from "#glim/cli/compiler.js";
import { loadModel } from "#glim/cli/loader/load-model.js";
import type { PipelineOptions } from "#glim/compiler/pipeline.js";
import { loadSync } from "#glim/runtime/load.js";
import { tensor } from "#glim/stdlib/index.js";
import { sampleDigits } from "../samples/digits.ts";

const count = 64;
const images = sampleDigits()
  .images.toTypedArray()
  .slice(0, count * 784);

type Digests = Readonly<Record<"mlp" | "lenet", Readonly<Record<"logits" | "classify", string>>>>;
const table = resolve(import.meta.dirname, "digests.json");
const digests: Digests = JSON.parse(readFileSync(table, "utf8"));

const ways: readonly Partial<PipelineOptions>[] = [
  {},
  { fusion: false },
  { optimize: 1 },
  { optimize: 1, fusion: false },
  { optimize: 0 },
  { optimize: 0, fusion: false },
];

/** SHA-256 of the little-endian bits; every NaN counts as 0x7fc00000. */
function digestOf(parts: readonly Float32Array[]): string {
  const hash = createHash("sha256");
  for (const part of parts) {
    const bits = new Uint32Array(part.length);
    new Float32Array(bits.buffer).set(part);
    part.forEach((x, i) => {
      if (Number.isNaN(x)) bits[i] = 0x7fc00000;
    });
    hash.update(bits);
  }
  return hash.digest("hex");
}

/** The images in batches of `size`, the last one smaller where they do not divide. */
function inBatches(size: number, run: (batch: Float32Array) => Float32Array): string {
  const parts: Float32Array[] = [];
  for (let i = 0; i < count; i += size) {
    parts.push(run(images.slice(i * 784, Math.min(i + size, count) * 784)));
  }
  return digestOf(parts);
}

type Call = (x: unknown) => { toTypedArray(): Float32Array };

describe.each(["mlp", "lenet"] as const)("%s", (name) => {
  const file = resolve(import.meta.dirname, `../../samples/mnist/${name}.ts`);
  const expected = digests[name];

  it.each(["logits", "classify"] as const)("%s gives its digest eagerly", async (entry) => {
    const model = await loadModel(file);
    const call = model.exports[entry] as Call;
    for (const size of [7, 64]) {
      const digest = inBatches(size, (x) => call(tensor(x, [x.length / 784, 784])).toTypedArray());
      expect(digest, `batches of ${size}`).toBe(expected[entry]);
    }
  });

  it.each(ways)("gives its digests compiled with %j", async (way) => {
    const { wasm } = await compileFile(file, way);
    const model = loadSync(new WebAssembly.Module(wasm as BufferSource));
    for (const entry of ["logits", "classify"] as const) {
      for (const size of [1, 7, 64]) {
        const digest = inBatches(size, (x) => {
          const result = model[entry]!(x) as { data: Float32Array };
          return result.data;
        });
        expect(digest, `${entry}, batches of ${size}`).toBe(expected[entry]);
      }
    }
  });
});
