// A transformer's step has every kind of gradient: over many of them, a small mistake in one grows until all can see it.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { tensor } from "glim";
import { describe, expect, it } from "vitest";
import { compile } from "#glim/cli/compiler.js";
import { loadModel } from "#glim/cli/loader/load-model.js";
import { batchAt, encode } from "../../samples/shakespeare/training.ts";
import { shared } from "../shared-material.ts";

type Model = typeof import("../../samples/shakespeare/gpt.ts");
const source = fileURLToPath(new URL("../../samples/shakespeare/gpt.ts", import.meta.url));
const file = shared("data/tinyshakespeare.txt");
/** PyTorch's, for weights and batches that shakespeare.py makes in the same way. */
const wanted: readonly number[] = JSON.parse(
  readFileSync(new URL("../fixtures/training/shakespeare.json", import.meta.url), "utf8"),
);

function hashed(x: number): number {
  let h = x >>> 0;
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b) >>> 0;
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35) >>> 0;
  return (h ^ (h >>> 16)) >>> 0;
}

async function freshModel(): Promise<Model> {
  const model = (await loadModel(source)).exports as unknown as Model;
  let number = 0;
  for (const [name, p] of model.net.namedParameters()) {
    if (p.rank > 1) {
      const from = number * 1000003;
      const data = Float32Array.from(
        { length: p.length },
        (_, i) => ((hashed(i + from) >>> 8) / 2 ** 24 - 0.5) * 0.1,
      );
      p.assign(tensor(data, [...p.shape]));
    } else if (name.endsWith("bias")) p.assign(p.mul(0));
    number++;
  }
  return model;
}

const rows = 8;
const length = 64;

/** The losses of the first steps. */
function losses(step: Model["step"], count: number): readonly number[] {
  const text = encode(readFileSync(file!, "utf8"));
  return Array.from({ length: count }, (_, k) => {
    const starts = Array.from(
      { length: rows },
      (_, i) => hashed(k * rows + i) % (text.length - length - 1),
    );
    const { ids, next } = batchAt(text, starts, length);
    return Number(step(ids, next).item());
  });
}

/** Steps to make: GLIM_STEPS=200 makes all that there are. */
const steps = Number(process.env.GLIM_STEPS ?? 3);

describe.skipIf(file === undefined)("a GPT of 809,856 parameters", { timeout: 3_600_000 }, () => {
  it("has PyTorch's loss after each step, and compiled the bits that it has eagerly", async () => {
    const { net, step } = await freshModel();
    expect(net.parameters().reduce((sum, p) => sum + p.length, 0)).toBe(809_856);
    const started = performance.now();
    const found = losses(step, steps);
    const eager = (performance.now() - started) / steps;
    const fast = await compile((await freshModel()).step);
    const again = performance.now();
    const compiled = losses(fast, steps);
    const each = (performance.now() - again) / steps;
    const farthest = Math.max(...found.map((loss, i) => Math.abs(loss - wanted[i]!)));
    console.log(
      `${steps} steps, at most ${farthest.toExponential(1)} from PyTorch's; ${eager.toFixed(0)} ms a step eagerly, ${each.toFixed(0)} ms compiled`,
    );
    expect(farthest).toBeLessThan(1e-3);
    expect(compiled).toEqual(found);
  });
});
