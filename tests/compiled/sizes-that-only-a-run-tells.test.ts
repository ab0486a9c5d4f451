// How many elements a mask takes, or how long a list has become, is known while running: eager code has always
// worked so, and compiled code must give the same bits, and fail where it fails.

import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { compareModel, someTensor } from "./compare-model.ts";

const file = fileURLToPath(new URL("../fixtures/run-sizes/model.ts", import.meta.url));
const ways = [{}, { optimize: 0, fusion: false }] as const;

describe.each(ways)("compiled with %j", async (way) => {
  const model = await compareModel(file, way);

  it("masks take what they are true for", () => {
    for (const n of [0, 1, 3, 7]) {
      for (const limit of [-2, 0, 2]) model.call("masked", someTensor([n, 2]), limit);
    }
    for (const n of [0, 1, 3, 40]) model.call("maskedBlock", someTensor([3, n]));
  });

  it("lists become tensors", () => {
    for (const n of [0, 1, 3, 40, 2.5]) {
      model.call("fromList", n);
      model.call("fromIds", n);
      model.call("fromFractions", n);
      model.call("fromFlags", n);
    }
  });

  it("ranges clamp as Python's do", () => {
    const bounds = [-10, -3, -1, 0, 1, 2, 5, 9, 1.5];
    for (const from of bounds) {
      for (const to of bounds) {
        for (const name of ["range", "everySecond", "backwards"]) {
          model.call(name, someTensor([5]), from, to);
        }
        model.call("narrowed", someTensor([5, 2]), from, to);
      }
      model.call("lastOnes", someTensor([6]), from);
      model.call("counted", from, 3);
      model.call("counted", 2, from);
      model.call("filled", from, -0);
    }
  });

  it("ranges are replaced", () => {
    for (const [count, from] of [
      [0, 3],
      [1, 2],
      [2, 0],
      [2, -3],
      [3, 3],
      [2, 5],
    ] as const) {
      model.call(
        "replaced",
        someTensor([6]),
        someTensor([count], (i) => i + 10),
        from,
      );
    }
  });

  it("lists of tensors are put together", () => {
    for (const n of [0, 1, 2, 5]) model.call("joined", someTensor([n, 2]));
  });

  it("greatest elements are counted by the run", () => {
    for (const k of [0, 1, 3, 5, 6]) model.call("greatest", someTensor([5]), k);
  });

  it("each round of a loop has sizes of its own", () => {
    for (const n of [0, 1, 3, 50]) model.call("rounds", someTensor([5]), n);
  });

  it("paths may return tensors of several sizes", () => {
    for (const limit of [0, -2, 3]) model.call("early", someTensor([5]), limit);
  });

  it("memory stays as it is, however often sizes change", () => {
    model.call("rounds", someTensor([5]), 200);
    const memory = model.memoryBytes;
    for (let i = 0; i < 50; i++) model.compiled.rounds?.(someTensor([5]), 200);
    expect(model.memoryBytes).toBe(memory);
  });
});
