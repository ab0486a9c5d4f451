// Large weights are cached, served and replaced by themselves; those of another model must never be taken.

import { readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parseSafetensors } from "#glim/runtime/files/safetensors.js";
import { load as loadAny, type Source } from "#glim/runtime/load.js";
import { compileModel, entryOf } from "./compiled-model.ts";
import { typeErrors } from "./type-errors.ts";

const source = (factor: number) => `
import { nn, script, type Tensor, tensor, zeros } from "glim";
class Net extends nn.Module {
  readonly weight = new nn.Parameter(tensor(Array.from({ length: 96 }, (_, i) => (i % 7) * ${factor})).reshape([12, 8]));
  readonly bias = new nn.Parameter(tensor([1, 2, 3, 4, 5, 6, 7, 8].map((x) => x * ${factor})));
  readonly calls = new nn.Buffer(zeros([1]));
  readonly mask = tensor([true, false, true, true, false, true, true, true]);
}
const net = new Net();
export const f = script((x: Tensor<["B", 12]>) => {
  net.calls.assign(net.calls.add(1));
  return x.matmul(net.weight).add(net.bias).mul(net.mask.to("f32"));
});
`;

let whole: Awaited<ReturnType<typeof compileModel>>;
let apart: Awaited<ReturnType<typeof compileModel>>;
let other: Awaited<ReturnType<typeof compileModel>>;
beforeAll(async () => {
  whole = await compileModel(source(1));
  apart = await compileModel(source(1), { externalWeights: true });
  other = await compileModel(source(2), { externalWeights: true });
});
afterAll(() => Promise.all([whole.remove(), apart.remove(), other.remove()]));

const x = Float32Array.from({ length: 24 }, (_, i) => i / 8);

it("gives the same bits as with the weights within", async () => {
  const due = entryOf(await whole.bindings.load(), "f")(x);
  expect(entryOf(await apart.bindings.load(), "f")(x)).toEqual(due);
  const weights = apart.compiled.weights as Uint8Array<ArrayBuffer>;
  const bytes = apart.compiled.wasm as Uint8Array<ArrayBuffer>;
  expect(entryOf(await apart.bindings.load(bytes, { weights }), "f")(x)).toEqual(due);
  expect(entryOf(await loadAny(bytes, { weights: weights.slice().buffer }), "f")(x)).toEqual(due);
  const module = await WebAssembly.compile(bytes);
  expect(entryOf(apart.bindings.loadSync(module, { weights }), "f")(x)).toEqual(due);
  const shifted = new Uint8Array(weights.length + 3);
  shifted.set(weights, 3);
  expect(
    entryOf(apart.bindings.loadSync(module, { weights: shifted.subarray(3) }), "f")(x),
  ).toEqual(due);
});

/** A response whose body comes in pieces of these sizes, again and again. */
function inPieces(bytes: Uint8Array, sizes: readonly number[]): Response {
  let [at, count] = [0, 0];
  return new Response(
    new ReadableStream({
      pull(to) {
        const size = sizes[count++ % sizes.length]!;
        if (at >= bytes.length) to.close();
        else to.enqueue(bytes.slice(at, at + size));
        at += size;
      },
    }),
  );
}

it("takes them as they come, wherever they are cut", async () => {
  const due = entryOf(await whole.bindings.load(), "f")(x);
  const weights = apart.compiled.weights!;
  for (const sizes of [[1], [3, 50, 7], [64], [400, 1], [weights.length]]) {
    const model = await apart.bindings.load(undefined, { weights: inPieces(weights, sizes) });
    expect(entryOf(model, "f")(x), `${sizes}`).toEqual(due);
    const slow = new Promise<Response>((done) => setTimeout(() => done(inPieces(weights, sizes))));
    expect(entryOf(await apart.bindings.load(undefined, { weights: slow }), "f")(x)).toEqual(due);
  }
});

it("waits for the module, and fails with it", async () => {
  const weights = inPieces(apart.compiled.weights!, [100]);
  const late = new Promise<BufferSource>((done) =>
    setTimeout(() => done(apart.compiled.wasm as BufferSource), 50),
  );
  entryOf(await apart.bindings.load(late, { weights }), "f")(x);
  const none = apart.bindings.load(new Uint8Array(0), {
    weights: inPieces(apart.compiled.weights!, [100]),
  });
  await expect(none).rejects.toMatchObject({ code: "GLIM6002" });
});

it("leaves them out of the module, and keeps the state in it", async () => {
  expect(apart.compiled.wasm.length).toBeLessThan(whole.compiled.wasm.length);
  const model = await apart.bindings.load();
  expect(model.state.names).toEqual(["net.calls"]);
  entryOf(model, "f")(x);
  expect(model.state.get("net.calls")).toEqual({ data: Float32Array.of(1), shape: [1] });
});

it("is a safetensors file", async () => {
  const file = await readFile(path.join(apart.folder, "model.safetensors"));
  const { tensors, metadata } = parseSafetensors(file);
  expect([...tensors.keys()]).toContain("net.bias");
  expect(tensors.get("net.bias")).toMatchObject({ dtype: "f32", shape: [8] });
  expect(metadata.get("glim")).toBe(apart.compiled.signature.external!.id);
});

it("is refused if it is another model's, cut off, a web page, or not there", async () => {
  const refusal = (weights: Source): Promise<string> =>
    apart.bindings.load(undefined, { weights }).then(
      () => "nothing",
      (e: unknown) => (e instanceof Error && "code" in e ? `${e.code} ${e.message}` : String(e)),
    );
  const text = "GLIM6003 the weights are missing, cut off, or another module's";
  const weights = apart.compiled.weights as Uint8Array<ArrayBuffer>;
  const others = other.compiled.weights as Uint8Array<ArrayBuffer>;
  expect(others.length).toBe(weights.length);
  expect(await refusal(others)).toBe(text);
  expect(await refusal(weights.subarray(0, weights.length - 1))).toBe(text);
  expect(await refusal(new Uint8Array(0))).toBe(text);
  expect(await refusal(new TextEncoder().encode("<!doctype html>".padEnd(weights.length)))).toBe(
    text,
  );
  for (const wrong of [others, weights.subarray(0, -1), new Uint8Array(0)]) {
    expect(await refusal(inPieces(wrong, [33]))).toBe(text);
  }
  const longer = new Uint8Array(weights.length + 1);
  longer.set(weights);
  expect(await refusal(inPieces(longer, [1000]))).toBe(text);
  const module = await WebAssembly.compile(apart.compiled.wasm as BufferSource);
  expect(() => apart.bindings.loadSync(module)).toThrow(text.slice(9));
});

it("is part of what the declarations tell", () => {
  const host = `
import { load, loadSync } from "./model.js";
declare const bytes: Uint8Array;
await load();
await load(undefined, { weights: "https://example.org/w.safetensors", onProgress: (a, b) => void (a / b) });
loadSync({}, { weights: bytes });
// @ts-expect-error a number is no source
await load(undefined, { weights: 3 });
`;
  expect(typeErrors(apart.folder, host, ["lib.es2022.d.ts"])).toEqual([]);
});
