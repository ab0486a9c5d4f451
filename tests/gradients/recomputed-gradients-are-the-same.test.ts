// What is computed twice to save memory must be the same both times, with what is random and what is written.

import { fileURLToPath } from "node:url";
import { checkpoint, grad, Rng, type Tensor } from "glim";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { memoryBytes } from "#glim/cli/artefact/describe-artefact.js";
import { loadModel } from "#glim/cli/loader/load-model.js";
import { bindModel, type Exports } from "#glim/runtime/bind.js";
import { type CompiledFixture, compileFixture } from "../stdlib/compiled-fixture.ts";
import { plainValue } from "./plain-value.ts";

const path = fileURLToPath(new URL("../fixtures/gradients/recomputed.ts", import.meta.url));
let compiled: CompiledFixture;
let eager: Readonly<Record<string, unknown>>;

beforeAll(async () => {
  compiled = await compileFixture("fixtures/gradients/recomputed.ts");
  eager = (await loadModel(path)).exports;
}, 120_000);
afterAll(() => compiled.dispose());

const rng = new Rng(8);
const x = rng.normal([3]);
const rows = rng.normal([4, 3]);

function run(name: string, ...args: readonly unknown[]): unknown {
  const f = eager[name];
  if (typeof f !== "function") throw new Error(`no entry ${name}`);
  return plainValue(Reflect.apply(f, undefined, args));
}

const plain = (t: Tensor): unknown => ({ data: t.toTypedArray(), shape: [...t.shape] });

describe("eager", () => {
  it.each(["again", "nested"])("%s: the bits of what is kept", (name) => {
    expect(run(name, x)).toEqual(run("kept", x));
  });

  it("draws and writes once, and goes back through what was drawn", async () => {
    const other = (await loadModel(path)).exports;
    for (let round = 0; round < 3; round++) {
      const f = other.step;
      if (typeof f !== "function") throw new Error("no step");
      expect(run("step", rows, false)).toEqual(plainValue(f(rows, true)));
    }
  });

  it("refuses a way back through what was let go", () => {
    const leaky = (y: Tensor) => {
      let inside = y;
      const out = checkpoint((z: Tensor) => {
        inside = z.exp();
        return inside.mul(z);
      })(y);
      return out.add(inside).sum();
    };
    expect(() => grad(leaky)(x)).toThrow("let the function return it");
  });
});

describe("eager and compiled give the same bits", () => {
  it.each(["kept", "again", "nested", "several", "second", "stated"])("%s", (name) => {
    expect(plainValue(compiled.entries[name]!(plain(x)))).toEqual(run(name, x));
  });

  it.each(["mapped", "ofMapped"])("%s", (name) => {
    expect(plainValue(compiled.entries[name]!(plain(rows)))).toEqual(run(name, rows));
  });

  it.each(["deepKept", "deepAgain"])("%s", (name) => {
    const wide = rng.normal([32, 16]);
    expect(plainValue(compiled.entries[name]!(plain(wide)))).toEqual(run(name, wide));
  });

  it.each([
    ["rounds", 5],
    ["calls", 4],
  ])("%s, kept and not", (name, n) => {
    for (const isKept of [true, false]) {
      const found = plainValue(compiled.entries[name]!(plain(x), n, isKept));
      expect(found).toEqual(run(name, x, n, isKept));
    }
  });
});

it.each([
  [0, 9],
  [3, 1],
  [6, 9],
  [6, 4],
])("windings of %i rounds up to %i, kept and not", (n, at) => {
  for (const isKept of [true, false]) {
    const found = plainValue(compiled.entries.windings!(plain(x), n, at, isKept));
    expect(found).toEqual(run("windings", x, n, at, isKept));
  }
});

it("the plan of memory has no room for what is computed again", () => {
  const bytesOf = (name: string): number => {
    const entry = compiled.signature.entries.find((e) => e.name === name);
    return memoryBytes(entry!, new Map());
  };
  const [kept, again] = [bytesOf("deepKept"), bytesOf("deepAgain")];
  // Three layers keep some 32×160 numbers each; one is worked on at a time.
  expect(again).toBeLessThan(0.65 * kept);
});

it("the heap has no room for what loops inside of several checkpoints compute", async () => {
  const grown = async (name: string): Promise<number> => {
    const { module, instance } = await WebAssembly.instantiate(new Uint8Array(compiled.wasm));
    const { memory } = instance.exports;
    if (!(memory instanceof WebAssembly.Memory)) throw new Error("no memory");
    const section = WebAssembly.Module.customSections(module, "glim")[0]!;
    const about = JSON.parse(new TextDecoder().decode(section));
    const model = bindModel(about, instance.exports as Exports);
    const wide = { data: new Float32Array(64 * 64).fill(0.5), shape: [64, 64] };
    model[name]!(wide, 1);
    const before = memory.buffer.byteLength;
    model[name]!(wide, 200);
    return memory.buffer.byteLength - before;
  };
  const [kept, again] = [await grown("longKept"), await grown("longAgain")];
  // A third, as one of the three loops is kept at a time.
  expect(again).toBeLessThan(0.45 * kept);
});
