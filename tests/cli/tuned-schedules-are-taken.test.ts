// What `glim tune` stores beside a model, every compilation takes; a file that is wrong is named.

import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { compileFile } from "#glim/cli/compiler.js";
import { readKernels } from "#glim/compiler/package/describe-kernels.js";
import { glim, makeFolder } from "./glim.ts";

const source = `
import { Rng, script, type Tensor } from "glim";
const w = new Rng(1).normal([64, 24]);
export const run = script((x: Tensor<[30, 64]>) => x.matmul(w));
`;

let folder: string;
beforeAll(async () => {
  folder = await makeFolder({ "model.ts": source });
});
afterAll(() => rm(folder, { recursive: true }));

async function kernelOf(
  file: string,
): Promise<{ readonly tiles: readonly string[]; readonly key: string }> {
  const { wasm } = await compileFile(file, { names: true });
  const [kernel] = readKernels(await WebAssembly.compile(Uint8Array.from(wasm))) ?? [];
  return { tiles: kernel?.tiles ?? [], key: kernel?.schedule ?? "" };
}

it("takes the schedules beside the model, whatever measured them", async () => {
  const model = path.join(folder, "model.ts");
  const { tiles, key } = await kernelOf(model);
  expect(tiles).toContain("4x8");
  expect(key).toBe("dot f32[30,64] f32[64,24]{1/8,0,1%8} -> f32[30,24]");
  const file = path.join(folder, "model.schedule.json");
  const kernels = { [key]: { tileRows: 5 }, "another kernel": { depth: 512 } };
  await writeFile(file, JSON.stringify({ format: "glim-schedule-1", kernels }));
  const compiled = await compileFile(model, { names: true });
  expect((await kernelOf(model)).tiles).toEqual(["5x8"]);
  expect(compiled.files).toContain(file);
  await writeFile(
    file,
    JSON.stringify({ format: "glim-schedule-1", kernels: { a: { tileRows: 9 } } }),
  );
  const { code, stderr } = await glim(folder, "compile", "model.ts", "-o", "out");
  expect(code).toBe(1);
  expect(stderr).toContain(
    "error[GLIM2024]: model.schedule.json: a: tileRows is a whole number from 1 to 8",
  );
  await rm(file);
});

it("measures, and says what it found", async () => {
  const { code, stdout, stderr } = await glim(
    folder,
    "tune",
    "model.ts",
    "--seconds",
    "1",
    "--json",
  );
  expect([code, stderr]).toEqual([0, ""]);
  const about = JSON.parse(stdout);
  expect(about.entry).toBe("run");
  expect(about.before).toBeGreaterThan(0);
  // Which schedules win is the machine's to say; what is written is what was said.
  if (about.written === undefined) expect(about.kernels).toEqual([]);
  else {
    const written = JSON.parse(await readFile(path.join(folder, "model.schedule.json"), "utf8"));
    expect(Object.keys(written.kernels)).toEqual(about.kernels.map((k: { key: string }) => k.key));
  }
});
