// Operators take lists of tensors whose length is known: a loop that makes one is unrolled, not put on the heap.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { compileFile } from "#glim/cli/compiler.js";
import { loadSync } from "#glim/runtime/load.js";
import { arange, einsum, stack, tensor } from "#glim/stdlib/index.js";

const folder = mkdtempSync(path.join(tmpdir(), "glim-lists-"));
afterAll(() => rmSync(folder, { recursive: true }));

const source = `
import { einsum, script, stack, type Tensor } from "glim";

export const piled = script((x: Tensor<[3]>) => {
  const all: Tensor[] = [];
  for (let i = 0; i < 100; i++) all.push(x.mul(i));
  return stack(all);
});

export const product = script((x: Tensor<[2, 3]>, y: Tensor<[3, 4]>) => einsum("ij,jk->ki", x, y));
`;

it("in the user's loops and in the library's", async () => {
  const file = path.join(folder, "model.ts");
  writeFileSync(file, source);
  const { wasm } = await compileFile(file);
  const model = loadSync(new WebAssembly.Module(new Uint8Array(wasm)));
  const x = Float32Array.of(0.1, -2, 3.5);
  const all = Array.from({ length: 100 }, (_, i) => tensor([...x]).mul(i));
  expect(model.piled!(x)).toEqual({ data: stack(all).toTypedArray(), shape: [100, 3] });
  const [a, b] = [arange(6).to("f32").reshape([2, 3]), arange(12).to("f32").reshape([3, 4])];
  expect(model.product!(a.toTypedArray(), b.toTypedArray())).toEqual({
    data: einsum("ij,jk->ki", a, b).toTypedArray(),
    shape: [4, 2],
  });
});
