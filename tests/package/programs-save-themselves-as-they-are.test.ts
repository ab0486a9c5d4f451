// What a program has learnt is worth keeping: `save` writes entry points with what they capture at that moment.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { type Tensor, tensor } from "glim";
import { afterAll, beforeAll, expect, it } from "vitest";
import { CompileFailure, save } from "#glim/cli/compiler.js";
import { loadModel } from "#glim/cli/loader/load-model.js";
import { type Model, openSync } from "#glim/runtime/package/open.js";
import { readPackage } from "#glim/runtime/package/read-package.js";
import { interpreter } from "./compare-package.ts";

const model = `import { nn, optim, script, type Tensor } from "glim";
import { meanSquare } from "./loss.ts";

const net = new nn.Linear(2, 1);
const opt = new optim.SGD(net.parameters(), { lr: 0.1 });

export const predict = script((x: Tensor<["B", 2]>) => net.forward(x));
export const step = script((x: Tensor<["B", 2]>, y: Tensor<["B", 1]>) =>
  opt.minimize(() => meanSquare(net.forward(x), y)).item(),
);
`;
const notes = `import { script } from "glim";

const seen: string[] = [];

export const note = script((text: string) => {
  seen.push(text);
  return seen.join(" ");
});
`;
const loss = `import type { Tensor } from "glim";

export const meanSquare = (x: Tensor, y: Tensor) => x.sub(y).square().mean();
`;

type Predict = (x: Tensor) => Tensor;
type Step = (x: Tensor, y: Tensor) => number;

const folder = mkdtempSync(path.join(tmpdir(), "glim-save-"));
afterAll(() => rmSync(folder, { recursive: true }));

const x = tensor([
  [1, 2],
  [3, 4],
]);
let exports: Readonly<Record<string, unknown>>;
beforeAll(async () => {
  writeFileSync(path.join(folder, "model.ts"), model);
  writeFileSync(path.join(folder, "loss.ts"), loss);
  exports = (await loadModel(path.join(folder, "model.ts"))).exports;
});

const bytesOf = (name: string): Uint8Array => new Uint8Array(readFileSync(path.join(folder, name)));
const opened = (name: string): Model => openSync(bytesOf(name), interpreter);

it("a package has the parameters and the state of the moment, and leaves out what trains", async () => {
  const step = exports.step as Step;
  const predict = exports.predict as Predict;
  for (let i = 0; i < 5; i++) step(x, tensor([[1], [0]]));
  const { leftOut } = await save(exports, path.join(folder, "learnt.glim"));
  expect(leftOut).toEqual(["step"]);
  const saved = opened("learnt.glim");
  const { data } = saved.predict!(x.toTypedArray()) as { data: Float32Array };
  expect(data).toEqual(predict(x).toTypedArray());
  expect(saved.step).toBeUndefined();
});

it("texts that the program has kept are there", async () => {
  const file = path.join(folder, "notes.ts");
  writeFileSync(file, notes);
  const { exports: noted } = await loadModel(file);
  (noted.note as (text: string) => string)("before");
  await save(noted, path.join(folder, "notes.glim"));
  expect(opened("notes.glim").note!("after")).toBe("before after");
});

it("training goes on in the package as in the program", async () => {
  await save(exports, pathToFileURL(path.join(folder, "learning.glim")), { train: true });
  const saved = opened("learning.glim");
  const y = tensor([[2], [1]]);
  for (let i = 0; i < 3; i++) {
    const loss = saved.step!(x.toTypedArray(), y.toTypedArray());
    expect(loss).toBe((exports.step as Step)(x, y));
  }
});

it("the TypeScript is there where it is asked for", async () => {
  await save({ predict: exports.predict, step: exports.step }, path.join(folder, "told.glim"), {
    sources: true,
    train: true,
  });
  expect([...readPackage(bytesOf("told.glim")).sources]).toEqual([
    ["loss.ts", loss],
    ["model.ts", model],
  ]);
  expect(readPackage(bytesOf("learnt.glim")).sources.size).toBe(0);
});

it("what has no entry points, or no known source, is refused", async () => {
  const to = path.join(folder, "none.glim");
  await expect(save({ predict: () => 1 }, to)).rejects.toThrow(CompileFailure);
  const { script } = await import("glim");
  await expect(save({ f: script(() => 1) }, to)).rejects.toThrow(/source of `f` is not known/);
});
