// `if (this.bias)` is how programs ask whether there is a tensor; fields that a record's kind does not have are
// read by code that never runs.

import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { compareModel } from "./compare-model.ts";

const file = fileURLToPath(new URL("../fixtures/what-may-be-missing.ts", import.meta.url));
const x = { data: Float32Array.of(1, -2, 0.5, 3), shape: [4] };

it("tensors, and fields of one kind of record", async () => {
  const model = await compareModel(file);
  model.call("forward", x);
  for (const n of [0, 1, 3]) model.call("skips", x, n);
  model.call("sides", x);
  for (const row of [
    [0, 0],
    [1, -1],
    [1, 1],
  ]) {
    model.call("made", row);
    expect(model.call("given", row)).toEqual(model.call("made", row));
  }
});

it("maps that are never filled are no sets", async () => {
  const model = await compareModel(file);
  model.call("empty", 1);
  const { ages, seen } = Object(model.compiled.empty?.(1));
  expect([ages, seen]).toEqual([new Map(), new Set()]);
});
