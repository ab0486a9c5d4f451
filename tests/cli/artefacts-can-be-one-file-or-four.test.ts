// What a host can load decides which files it needs: the command line must write exactly these, and run them.

import { readdir } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { writeNpy } from "#glim/runtime/files/npy.js";
import { bytesOf, glimHere, testFolder } from "./glim.ts";

const model = `
import { script, tensor, type Tensor } from "glim";
const w = tensor(Array.from({ length: 300 }, (_, i) => i % 5)).reshape([100, 3]);
export const f = script((x: Tensor<[3]>) => w.mul(x).sum(-1));
`;
const x = writeNpy({ dtype: "f32", shape: [3], data: bytesOf(Float32Array.of(1, 2, 3)) });

async function written(...options: readonly string[]) {
  const folder = await testFolder({ "model.ts": model, "x.npy": x });
  const { stdout, stderr } = await glimHere(
    folder,
    "compile",
    "model.ts",
    "-o",
    "out",
    "--json",
    ...options,
  );
  expect(stderr).toBe("");
  const files = (await readdir(path.join(folder, "out"))).sort();
  expect(Object.values(JSON.parse(stdout).files).sort()).toEqual(files.map((f) => `out/${f}`));
  return { folder, files };
}

it("three files by themselves", async () => {
  const { files } = await written();
  expect(files).toEqual(["model.d.ts", "model.js", "model.wasm"]);
});

it("one script and its types with --inline", async () => {
  const { files } = await written("--inline");
  expect(files).toEqual(["model.d.ts", "model.js"]);
});

it("one more with --external-weights, which glim run finds", async () => {
  const whole = await written();
  const apart = await written("--external-weights");
  expect(apart.files).toEqual(["model.d.ts", "model.js", "model.safetensors", "model.wasm"]);
  const run = (folder: string, ...more: readonly string[]) =>
    glimHere(folder, "run", "out/model.wasm", "--input", "x=x.npy", ...more);
  const due = await run(whole.folder);
  expect(due.stdout).toMatch(/^tensor\(\[ 8\., 11\., 14\./);
  expect(await run(apart.folder)).toEqual(due);
  expect(await run(apart.folder, "--weights", "out/model.safetensors")).toEqual(due);
  const { stderr, code } = await run(apart.folder, "--weights", "absent.safetensors");
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error\[GLIM2016\]: absent\.safetensors: there is no such file/);
  expect((await run(apart.folder, "--weights", "x.npy")).stderr).toContain(
    "the weights are missing",
  );
  const { stdout } = await glimHere(apart.folder, "inspect", "out/model.wasm");
  expect(stdout).toMatch(/the weights are in a file of [\d,]+ bytes/);
});
