// Weights take seconds to come: a page must be able to show how far they are, and each byte counts once.

import { createServer, type Server } from "node:http";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Source } from "#glim/runtime/load.js";
import { compileModel, entryOf } from "./compiled-model.ts";

const source = `
import { script, type Tensor, tensor } from "glim";
const w = tensor(Array.from({ length: 100_000 }, (_, i) => i % 17)).reshape([100, 1000]);
export const f = script((x: Tensor<[1000]>) => w.mul(x).sum(-1));
`;

let made: Awaited<ReturnType<typeof compileModel>>;
let apart: Awaited<ReturnType<typeof compileModel>>;
let server: Server;
let origin = "";
beforeAll(async () => {
  made = await compileModel(source);
  apart = await compileModel(source, { externalWeights: true });
  const files = new Map([
    ["/model.wasm", made.compiled.wasm],
    ["/code.wasm", apart.compiled.wasm],
    ["/model.safetensors", apart.compiled.weights!],
  ]);
  server = createServer(({ url }, response) => response.end(files.get(url ?? "")));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
});
afterAll(async () => {
  server.close();
  await made.remove();
  await apart.remove();
});

/** What `onProgress` is told, with what the model then computes. */
async function told(bindings: typeof made.bindings, source?: Source, weights?: Source) {
  const steps: (readonly [number, number])[] = [];
  const onProgress = (done: number, total: number): void => {
    steps.push([done, total]);
  };
  const model = await bindings.load(source, { onProgress, ...(weights ? { weights } : {}) });
  const ones = new Float32Array(1000).fill(1);
  return { steps, result: entryOf(model, "f")(ones) };
}

function rises(steps: readonly (readonly [number, number])[], total: number): void {
  expect(steps.length).toBeGreaterThan(0);
  expect(steps.map(([done]) => done)).toEqual(
    steps.map(([done]) => done).toSorted((a, b) => a - b),
  );
  expect(steps.every(([, whole]) => whole === total)).toBe(true);
  expect(steps.at(-1)![0]).toBe(total);
}

it("piece by piece from a server, up to the length of the module", async () => {
  const { steps } = await told(made.bindings, `${origin}/model.wasm`);
  expect(steps.length).toBeGreaterThan(2);
  rises(steps, made.compiled.wasm.length);
});

it("at once from a file or from bytes", async () => {
  const { length } = made.compiled.wasm;
  rises((await told(made.bindings)).steps, length);
  rises(
    (await told(made.bindings, pathToFileURL(path.join(made.folder, "model.wasm")))).steps,
    length,
  );
  rises((await told(made.bindings, made.compiled.wasm as BufferSource)).steps, length);
});

it("of module and weights together, where these are apart", async () => {
  const { wasm, weights } = apart.compiled;
  const total = wasm.length + weights!.length;
  const { result } = await told(made.bindings);
  for (const given of [
    await told(apart.bindings),
    await told(apart.bindings, `${origin}/code.wasm`, `${origin}/model.safetensors`),
  ]) {
    rises(given.steps, total);
    expect(given.result).toEqual(result);
  }
});
