// One model file serves many trainings: the weights of another run go in without touching the source.

import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { writeNpy } from "#glim/runtime/files/npy.js";
import { writeSafetensors } from "#glim/runtime/files/safetensors.js";
import { bytesOf, glimHere, testFolder } from "./glim.ts";

const raw = (shape: readonly number[], ...values: readonly number[]) => ({
  dtype: "f32" as const,
  shape,
  data: bytesOf(Float32Array.from(values)),
});

/** Compiles a model with weights, and gives its result for `x` = [1, 2, 3]. */
async function resultOf(source: string, weights: Uint8Array): Promise<unknown> {
  const folder = await testFolder({
    "model.ts": source,
    "weights.safetensors": weights,
    "x.npy": writeNpy(raw([1, 3], 1, 2, 3)),
  });
  const options = ["-o", "out", "--weights", "weights.safetensors"];
  const compiled = await glimHere(folder, "compile", "model.ts", ...options);
  expect(compiled.stderr).toBe("");
  const ran = await glimHere(folder, "run", "out/model.wasm", "--input", "x=x.npy", "--json");
  expect(ran.stderr).toBe("");
  return JSON.parse(ran.stdout).result;
}

it("of one module, by the names of its state dict", async () => {
  const source = `
import { nn, script, type Tensor } from "glim";
class Net extends nn.Module {
  readonly fc = new nn.Linear(3, 2);
  forward(x: Tensor<["B", 3]>) {
    return x.pipe(this.fc);
  }
}
const net = new Net();
export const f = script((x: Tensor<["B", 3]>) => net.forward(x));
`;
  const weights = writeSafetensors([
    ["fc.weight", raw([2, 3], 1, 0, 0, 0, 0, 10)],
    ["fc.bias", raw([2], 0.5, -1)],
  ]);
  expect(await resultOf(source, weights)).toEqual([[1.5, 29]]);
});

it("of several modules, by the names of their variables", async () => {
  const source = `
import { nn, script, type Tensor } from "glim";
const encoder = new nn.Linear(3, 1);
const heads = [new nn.Linear(1, 1), new nn.Linear(1, 1)];
export const f = script((x: Tensor<["B", 3]>) => {
  let y = encoder.forward(x);
  for (const head of heads) y = head.forward(y);
  return y;
});
`;
  const weights = writeSafetensors([
    ["encoder.weight", raw([1, 3], 1, 1, 1)],
    ["encoder.bias", raw([1], 1)],
    ["heads.0.weight", raw([1, 1], 2)],
    ["heads.0.bias", raw([1], 0)],
    ["heads.1.weight", raw([1, 1], 1)],
    ["heads.1.bias", raw([1], 0.25)],
  ]);
  expect(await resultOf(source, weights)).toEqual([[14.25]]);
});

it("are what compiled code is specialised on, not what was there before", async () => {
  const source = `
import { nn, script, type Tensor, tensor } from "glim";
class Gate extends nn.Module {
  readonly open = new nn.Buffer(tensor([0]));
}
const gate = new Gate();
export const f = script((x: Tensor<["B", 3]>) => (gate.open.item() > 0 ? x.mul(2) : x));
`;
  expect(await resultOf(source, writeSafetensors([["open", raw([1], 1)]]))).toEqual([[2, 4, 6]]);
});

it("do not change the file that the model loads itself", async () => {
  const own = writeSafetensors([
    ["weight", raw([1, 3], 1, 1, 1)],
    ["bias", raw([1], 0)],
  ]);
  const folder = await testFolder({
    "own.safetensors": own,
    "model.ts": `
import { nn, script, type Tensor } from "glim";
const net = await new nn.Linear(3, 1).load(new URL("./own.safetensors", import.meta.url));
export const f = script((x: Tensor<["B", 3]>) => net.forward(x));
`,
  });
  const other = writeSafetensors([
    ["weight", raw([1, 3], 2, 2, 2)],
    ["bias", raw([1], 0)],
  ]);
  await writeFile(path.join(folder, "other.safetensors"), other);
  const hash = async (...options: readonly string[]): Promise<string> => {
    const { stdout } = await glimHere(
      folder,
      "compile",
      "model.ts",
      "-o",
      "out",
      ...options,
      "--json",
    );
    return JSON.parse(stdout).sha256;
  };
  const before = await hash();
  expect(await hash("--weights", "other.safetensors")).not.toBe(before);
  expect(await hash("--weights", "own.safetensors")).toBe(before);
  expect(new Uint8Array(await readFile(path.join(folder, "own.safetensors")))).toEqual(own);
});
