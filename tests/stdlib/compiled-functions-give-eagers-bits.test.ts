// The library is compiled from its own sources: it may use nothing that the compiler does not take, and
// compiled and eager code must agree to the last bit.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as glim from "glim";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compileFile } from "#glim/cli/compiler.js";
import * as eager from "../fixtures/stdlib/every-function.ts";

const file = fileURLToPath(new URL("../fixtures/stdlib/every-function.ts", import.meta.url));

interface Output {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}
type Entry = (...inputs: readonly Output[]) => Output;

let folder: string;
let compiled: Readonly<Record<string, Entry>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "glim-stdlib-"));
  const { wasm, js } = await compileFile(file);
  const bindings = join(folder, "model.mjs");
  await writeFile(bindings, js);
  const { load } = await import(/* @vite-ignore */ pathToFileURL(bindings).href);
  compiled = await load(wasm);
}, 120_000);
afterAll(() => rm(folder, { recursive: true }));

const rows = ["B", 4];
const images = ["B", 4, 8, 6];
/** The inputs of the entries that take others than rows. */
const inputs: Readonly<Record<string, readonly (readonly (string | number)[])[]>> = {
  ...{ flatten: [images], flattenInner: [images], convolved: [images], adaptive: [images] },
  ...{ pooledMax: [images], pooledMean: [images], layers: [images] },
  ...{ squeezeAll: [[1, 3, 1]], batched: [["B", 3, 4]], matmulRow: [[5]] },
  ...{ matmulColumn: [rows, [4]], inner: [[4], [4]] },
};

const entries = Object.entries(eager) as [string, (...x: readonly glim.Tensor[]) => glim.Tensor][];
const bitsOf = (data: Float32Array): Int32Array => new Int32Array(data.slice().buffer);

it("every function and layer that glim exports is in a fixture", async () => {
  const { readdirSync, readFileSync } = await import("node:fs");
  const layers = fileURLToPath(new URL("../fixtures/layers/", import.meta.url));
  const files = [file, ...readdirSync(layers).map((name) => join(layers, name))];
  const text = files.map((f) => readFileSync(f, "utf8")).join("");
  const elsewhere = ["Module", "Parameter"];
  for (const name of Object.keys(glim.nn)) {
    if (!elsewhere.includes(name)) expect(text).toContain(`nn.${name}(`);
  }
});

describe.each(entries)("%s", (name, run) => {
  it.each([1, 3, 7])("B = %i", (batch) => {
    const shapes = (inputs[name] ?? [rows]).map((shape) =>
      shape.map((size) => (typeof size === "string" ? batch : size)),
    );
    const given = shapes.map((shape, i) => new glim.Rng(batch + i).uniform(shape, -2, 2));
    const wanted = run(...given);
    const plain = given.map((x) => ({ data: x.toTypedArray(), shape: [...x.shape] }));
    const found = compiled[name]!(...plain);
    expect(found.shape).toEqual([...wanted.shape]);
    expect(bitsOf(found.data)).toEqual(bitsOf(wanted.toTypedArray()));
  });
});
