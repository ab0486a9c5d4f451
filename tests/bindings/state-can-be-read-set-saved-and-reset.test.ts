// State is what a stream, a cache or a training run lives on: hosts must be able to keep and restore it.

import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { Model } from "#glim/runtime/load.js";
import { compileModel, entryOf, thrownBy } from "./compiled-model.ts";

let made: Awaited<ReturnType<typeof compileModel>>;
let model: Model;
beforeAll(async () => {
  made = await compileModel();
});
beforeEach(async () => {
  model = await made.bindings.load();
});
afterAll(() => made.remove());

const f32 = (...values: readonly number[]) => Float32Array.from(values);
const count = (): unknown => entryOf(model, "count")(f32(1, 2, 3));

it("keeps numbers, booleans and tensors between calls", () => {
  expect(model.state.names).toEqual(["tally.calls", "tally.open", "tally.sums", "tally.flags"]);
  count();
  expect(count()).toEqual({ data: f32(2, 4, 6), shape: [3] });
  expect(model.state.save()).toEqual({
    "tally.calls": 2,
    "tally.open": true,
    "tally.sums": { data: f32(2, 4, 6), shape: [3] },
    "tally.flags": { data: Uint8Array.of(1, 0), shape: [2] },
  });
});

it("can be set, and what is saved can be loaded", () => {
  count();
  const saved = model.state.save();
  count();
  model.state.set("tally.calls", 40);
  model.state.set("tally.open", true);
  expect(model.state.get("tally.open")).toBe(true);
  model.state.load(saved);
  expect(model.state.save()).toEqual(saved);
  model.state.set("tally.sums", f32(10, 10, 10));
  expect(count()).toEqual({ data: f32(11, 12, 13), shape: [3] });
});

it("what was saved does not change with the model", () => {
  const saved = model.state.save();
  count();
  expect(saved["tally.sums"]).toEqual({ data: f32(0, 0, 0), shape: [3] });
});

it("can be made as it was", () => {
  const first = model.state.save();
  count();
  model.state.reset();
  expect(model.state.save()).toEqual(first);
});

it("refuses what does not fit, by name", () => {
  const set = (name: string, value: unknown) => thrownBy(() => model.state.set(name, value));
  expect(set("tally.count", 1)).toBe("GLIM3004 there is no state tally.count");
  expect(thrownBy(() => model.state.get("constructor"))).toMatch(/^GLIM3004/);
  expect(set("tally.calls", true)).toBe("GLIM3002 tally.calls: expected Number, found Boolean");
  expect(set("tally.sums", f32(1, 2))).toBe(
    "GLIM3001 tally.sums: 2 elements without a shape do not fit f32[3]",
  );
  expect(set("tally.flags", f32(1, 2))).toMatch(/^GLIM3002 tally.flags: expected Uint8Array/);
});
