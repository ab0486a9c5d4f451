// Two shapes that do not fit are the fault of one of two lines, and seldom of the one where they meet.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { CompileFailure, compileFile } from "#glim/cli/compiler.js";
import { loadSync } from "#glim/runtime/load.js";

const folder = mkdtempSync(path.join(tmpdir(), "glim-places-"));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, body: string): string {
  const file = path.join(folder, name);
  const text = `import { script, type Tensor } from "glim";
export const f = script((x: Tensor<["B", 784]>, y: Tensor<[10, 784]>) => {
  const h = x.relu();
  const k = y.neg();
  return ${body};
});
`;
  writeFileSync(file, text);
  return file;
}

it("when compiling, also for operators of the library", async () => {
  const file = write("compiling.ts", "h.matmul(k)");
  const error = await compileFile(file).catch((e: unknown) => e);
  if (!(error instanceof CompileFailure)) throw new Error("it compiles");
  const [{ related } = { related: [] }] = error.diagnostics;
  expect(related.map((r) => r.message)).toEqual([
    "f32[B,784] comes from here",
    "f32[10,784] comes from here",
    "in matmul, of Glim's standard library",
  ]);
});

it("when running", async () => {
  const { wasm } = await compileFile(write("running.ts", "h.add(k)"));
  const model = loadSync(new WebAssembly.Module(new Uint8Array(wasm)));
  const y = new Float32Array(7840);
  expect(() => model.f?.(new Float32Array(3 * 784), y)).toThrow(
    "f32[B,784] from line 3 meets f32[10,784] from line 4",
  );
  expect(() => model.f?.(y, y)).not.toThrow();
});
