// Whoever has a reader of safetensors files can open what we ship: weights by name, program beside them.

import { beforeAll, expect, it } from "vitest";
import type { PackagedFile } from "#glim/cli/compiler.js";
import { parseSafetensors, type SafetensorsFile } from "#glim/runtime/files/safetensors.js";
import { toTypedArray } from "#glim/runtime/files/widen.js";
import { readPackage } from "#glim/runtime/package/read-package.js";
import { packageText, sha256, source } from "./sample-package.ts";

let made: PackagedFile;
let file: SafetensorsFile;
beforeAll(async () => {
  made = await packageText(source);
  file = parseSafetensors(made.bytes);
});

it("has the weights and the state by their names, with their bits", () => {
  const values = (name: string) => [...toTypedArray(file.tensors.get(name)!).data];
  expect([...file.tensors.keys()]).toEqual([
    "glim.program",
    "glim.state",
    "tally.sums",
    "weight",
    "tally.flags",
  ]);
  expect(values("weight")).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(values("glim.state")).toEqual([0]);
  expect(values("tally.flags")).toEqual([1, 0]);
});

it("begins with the program, and every tensor lies at a multiple of its element's size", () => {
  const start = 8 + Number(new DataView(made.bytes.buffer).getBigUint64(0, true));
  expect(start % 64).toBe(0);
  const program = file.tensors.get("glim.program")!;
  expect(program.data.byteOffset).toBe(start);
  expect(program.data.length % 64).toBe(0);
  expect(new TextDecoder().decode(program.data.subarray(0, 8))).toBe("glimprog");
  const sizes = { f64: 8, f32: 4, i32: 4, bool: 1, u8: 1 } as const;
  for (const { dtype, data } of file.tensors.values()) {
    expect(data.byteOffset % sizes[dtype as keyof typeof sizes]).toBe(0);
  }
});

it("says what it takes and gives, and which line asked for a failure", () => {
  const { signature } = readPackage(made.bytes);
  expect(signature).toEqual(JSON.parse(JSON.stringify(made.signature)));
  expect(signature.entries.map((e) => e.name)).toEqual(["scale", "greet"]);
  expect(signature.sites).toContainEqual(["model.ts", 13, 3]);
});

it("is the same bytes wherever and whenever it is made", async () => {
  expect(await sha256((await packageText(source)).bytes)).toBe(await sha256(made.bytes));
});
