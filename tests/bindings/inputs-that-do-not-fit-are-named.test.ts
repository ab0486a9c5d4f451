// A model in production is called by code that was not written with it: what does not fit must be said
// by name before anything is written, and the instance must stay usable.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Model } from "#glim/runtime/load.js";
import { compileModel, entryOf, thrownBy } from "./compiled-model.ts";

let made: Awaited<ReturnType<typeof compileModel>>;
let model: Model;
beforeAll(async () => {
  made = await compileModel();
  model = await made.bindings.load();
});
afterAll(() => made.remove());

const call = (name: string, ...args: readonly unknown[]) => entryOf(model, name)(...args);
const refusal = (name: string, ...args: readonly unknown[]) => thrownBy(() => call(name, ...args));
const f32 = (...values: readonly number[]) => Float32Array.from(values);
const i32 = (...values: readonly number[]) => Int32Array.from(values);

describe("what fits", () => {
  it("typed arrays, or data with shapes; numbers and booleans", () => {
    const plain = call("scale", f32(1, 2, 3, 4, 5, 6), 2, true);
    expect(plain).toEqual({ data: f32(-2, -4, -6, -8, -10, -12), shape: [2, 3] });
    const shaped = call("scale", { data: f32(1, 2, 3), shape: [1, 3] }, 0.5, false);
    expect(shaped).toEqual({ data: f32(0.5, 1, 1.5), shape: [1, 3] });
  });

  it("a result is an input", () => {
    const once = call("scale", f32(1, 2, 3), 2, false);
    expect(call("scale", once, 2, false)).toEqual({ data: f32(4, 8, 12), shape: [1, 3] });
  });

  it("arrays that threads share", () => {
    const [shared, out] = [1, 2].map(() => new Float32Array(new SharedArrayBuffer(12)));
    shared!.set([1, 2, 3]);
    expect(call("scale", shared, 2, false)).toEqual({ data: f32(2, 4, 6), shape: [1, 3] });
    entryOf(model, "scale").into(shared, 2, false, out);
    expect([...out!]).toEqual([2, 4, 6]);
  });

  it("no rows at all", () => {
    expect(call("scale", f32(), 2, false)).toEqual({ data: f32(), shape: [0, 3] });
  });

  it("records, lists, integers, booleans, several sizes", () => {
    expect(call("rows", f32(1, 2, 3, 4, 5, 6), i32(7, 8))).toEqual({
      sum: { data: f32(6, 15), shape: [2] },
      next: { data: i32(8, 9), shape: [2] },
      inner: { count: 2, isLarge: true },
    });
    expect(call("pair", { data: f32(1, 2, 3, 4, 5, 6), shape: [3, 2] })).toEqual([
      { data: f32(3, 7, 11), shape: [3] },
      { data: f32(9, 12), shape: [2] },
    ]);
    expect(call("nothing", 1)).toBeUndefined();
  });

  it("a bool tensor's elements are true where they are not 0", () => {
    const mask = Uint8Array.of(0, 1, 2, 255);
    expect(call("choose", mask, f32(1, 2, 3, 4))).toEqual({ data: f32(0, 2, 3, 4), shape: [4] });
  });

  it("defaults for what is left out", () => {
    expect(call("options", f32(1, 2), { by: 3 })).toEqual({ data: f32(3, 6), shape: [2] });
    expect(call("options", f32(1, 2), { by: 3, limit: 2 })).toEqual({
      data: f32(2, 4),
      shape: [2],
    });
    expect(call("options", f32(1, 2), { by: 3, deep: false })).toEqual({
      data: f32(1, 2),
      shape: [2],
    });
  });
});

describe("what does not", () => {
  it("other kinds of values", () => {
    expect(refusal("scale")).toBe("GLIM3002 x: expected Float32Array, found Undefined");
    expect(refusal("scale", [1, 2, 3], 1, true)).toBe(
      "GLIM3002 x: expected Float32Array, found Array",
    );
    expect(refusal("scale", new Float64Array(3), 1, true)).toBe(
      "GLIM3002 x: expected Float32Array, found Float64Array",
    );
    expect(refusal("scale", f32(1, 2, 3), "2", true)).toBe(
      "GLIM3002 by: expected Number, found String",
    );
    expect(refusal("scale", f32(1, 2, 3), 2, 0)).toBe(
      "GLIM3002 negate: expected Boolean, found Number",
    );
    expect(refusal("rows", f32(1, 2, 3), f32(1))).toBe(
      "GLIM3002 ids: expected Int32Array, found Float32Array",
    );
    expect(refusal("options", f32(1, 2))).toBe(
      "GLIM3002 options.by: expected Number, found Undefined",
    );
  });

  it("other numbers of elements", () => {
    expect(refusal("scale", f32(1, 2), 1, true)).toBe(
      "GLIM3001 x: 2 elements without a shape do not fit f32[B,3]",
    );
    expect(refusal("count", f32(1, 2))).toBe(
      "GLIM3001 x: 2 elements without a shape do not fit f32[3]",
    );
    expect(refusal("pair", f32(1, 2, 3, 4, 5, 6))).toBe(
      "GLIM3001 x: 6 elements without a shape do not fit f32[N,M]",
    );
  });

  it("shapes of another rank, size or product, or that are no shapes", () => {
    const shaped = (...shape: readonly unknown[]) =>
      refusal("scale", { data: f32(1, 2, 3), shape }, 1, true);
    expect(shaped(3)).toBe("GLIM3001 x: 3 elements of shape [3] do not fit f32[B,3]");
    expect(shaped(3, 1)).toMatch(/of shape \[3,1\] do not fit f32\[B,3\]$/);
    expect(shaped(2, 3)).toMatch(/of shape \[2,3\] do not fit f32\[B,3\]$/);
    const pair = (...shape: readonly unknown[]) =>
      refusal("pair", { data: f32(1, 2, 3, 4, 5, 6), shape });
    for (const bad of [
      [-2, -3],
      [0.5, 12],
      [2 ** 32 + 2, 3],
      ["2", 3],
      [Number.NaN, 6],
    ]) {
      expect(pair(...bad)).toMatch(/^GLIM3001 x: 6 elements of shape/);
    }
  });

  it("sizes that disagree between arguments", () => {
    expect(refusal("rows", f32(1, 2, 3, 4, 5, 6), i32(1, 2, 3))).toBe(
      "GLIM3001 ids: 3 elements without a shape do not fit i32[2]",
    );
  });

  it("sizes outside their bounds, by the name of the source", () => {
    expect(refusal("scale", new Float32Array(65 * 3), 1, true)).toMatch(
      /^GLIM5000 scale: the size B must be from 0 to 64 \(model\.ts:\d+:\d+\)$/,
    );
  });

  it("arrays whose memory was given away", () => {
    const gone = f32(1, 2, 3);
    structuredClone(gone.buffer, { transfer: [gone.buffer] });
    expect(refusal("count", gone)).toMatch(/^GLIM3001 x: 0 elements/);
    expect(refusal("scale", gone, 1, true)).toBe("GLIM3002 x: found a transferred buffer");
    expect(call("count", f32(0, 0, 0))).toMatchObject({ shape: [3] });
  });

  it("NaN, where a number is a size", async () => {
    const sized = await compileModel(`
import { script, type Tensor } from "glim";
export const first = script((x: Tensor<[3]>, n: number) => x.narrow(0, 0, n));
`);
    const { first } = await sized.bindings.load();
    expect(thrownBy(() => first!(f32(1, 2, 3), Number.NaN))).toMatch(
      /^GLIM5000 narrow: length must be a whole number from 0 to \d+ \(model\.ts:3:60\)$/,
    );
    expect(first!(f32(1, 2, 3), 2)).toEqual({ data: f32(1, 2), shape: [2] });
    await sized.remove();
  });

  it("more than memory holds", () => {
    const shape = [2 ** 30, 0];
    expect(refusal("pair", { data: f32(), shape })).toMatch(/^GLIM5000 pair: out of memory/);
  });
});

describe("`into`", () => {
  const into = (name: string, ...args: readonly unknown[]) => entryOf(model, name).into(...args);

  it("writes to the caller's arrays and returns them", () => {
    const out = new Float32Array(3);
    expect(into("scale", f32(1, 2, 3), 2, false, out)).toBe(out);
    expect(out).toEqual(f32(2, 4, 6));
    const parts = { sum: new Float32Array(1), next: new Int32Array(1) };
    const result = into("rows", f32(1, 2, 3), i32(4), parts);
    expect(result).toEqual({ ...parts, inner: { count: 1, isLarge: false } });
    expect(parts).toEqual({ sum: f32(6), next: i32(5) });
  });

  it("works after optional arguments that are left out", () => {
    const out = new Float32Array(2);
    into("options", f32(1, 2), { by: 2 }, out);
    expect(out).toEqual(f32(2, 4));
  });

  it("refuses arrays of another kind or length", () => {
    const refused = (out: unknown) => thrownBy(() => into("scale", f32(1, 2, 3), 2, false, out));
    expect(refused(new Float32Array(4))).toBe(
      "GLIM3001 the output: 4 elements without a shape do not fit f32[1,3]",
    );
    expect(refused(new Float64Array(3))).toBe(
      "GLIM3002 the output: expected Float32Array, found Float64Array",
    );
  });
});

describe("failures inside the model", () => {
  it("say which line of the source asked, and leave the instance usable", async () => {
    const error = await Promise.resolve()
      .then(() => call("positive", f32(-1)))
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(made.bindings.GlimError);
    expect(error).toMatchObject({
      name: "GlimError",
      code: "GLIM5000",
      message: expect.stringMatching(/^the sum must be positive \(model\.ts:\d+:3\)$/),
      at: { file: "model.ts", line: expect.any(Number), column: 3 },
    });
    expect(call("positive", f32(1))).toEqual({ data: f32(1), shape: [1] });
  });

  it("no refusal leaves a trace in the results", () => {
    const before = call("scale", f32(1, 2, 3), 2, false);
    refusal("scale", f32(1, 2), 2, false);
    refusal("scale", new Float32Array(300), 2, false);
    refusal("positive", f32(-1));
    expect(call("scale", f32(1, 2, 3), 2, false)).toEqual(before);
  });
});

it("memory may grow between calls: results are copies", () => {
  const first = call("scale", f32(1, 2, 3), 1, false);
  call("pair", { data: new Float32Array(1 << 20), shape: [1024, 1024] });
  expect(first).toEqual({ data: f32(1, 2, 3), shape: [1, 3] });
  expect(call("scale", f32(1, 2, 3), 1, false)).toEqual(first);
});

it("results can be sent to other threads, and their buffers given away", () => {
  const result = call("rows", f32(1, 2, 3, 4, 5, 6), i32(7, 8));
  expect(structuredClone(result)).toEqual(result);
  const { data } = call("scale", f32(1, 2, 3), 2, false) as { data: Float32Array<ArrayBuffer> };
  expect(structuredClone(data, { transfer: [data.buffer] })).toEqual(f32(2, 4, 6));
  expect(data.length).toBe(0);
  expect(call("scale", f32(1, 2, 3), 2, false)).toEqual({ data: f32(2, 4, 6), shape: [1, 3] });
});
