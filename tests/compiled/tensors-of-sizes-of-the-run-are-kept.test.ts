// Caches grow, beams branch, filters leave fewer rows: programs keep tensors of sizes that only a run tells, in lists and
// in variables. Compiled code must give what the plain run gives, and give back what it no longer needs.

import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { compareModel, someTensor } from "./compare-model.ts";

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../fixtures/run-sizes/${name}`, import.meta.url));
const file = fixture("kept.ts");
const stateFile = fixture("state.ts");
const ways = [{}, { optimize: 0, fusion: false }] as const;

describe.each(ways)("compiled with %j", async (way) => {
  const model = await compareModel(file, way);

  it("lists, records and maps hold them", () => {
    for (const n of [0, 1, 2, 5]) {
      for (const name of ["found", "outer"]) model.call(name, someTensor([8]), n);
      for (const name of ["records", "mapped"]) model.call(name, someTensor([5]), n);
      model.call("transposed", someTensor([3, 4]), n);
      model.call("stacked", someTensor([6]), n);
      model.call("caches", someTensor([2, 3]), n);
    }
    for (const [steps, width] of [
      [0, 1],
      [1, 2],
      [4, 3],
    ] as const) {
      model.call("beams", someTensor([3]), steps, width);
    }
  });

  it("variables hold them over rounds and branches", () => {
    for (const n of [0, 1, 2, 5]) {
      model.call("grown", someTensor([2, 3]), n);
      model.call("maybe", someTensor([3, 4]), n);
      model.call("attended", someTensor([4]), n);
      for (const rows of [0, 1, 7]) model.call("halves", someTensor([rows, 2]), n);
      for (const name of ["early", "lastly"]) model.call(name, someTensor([9]), n);
      model.call("swapped", someTensor([6]), n);
    }
    for (const a of [-1, 0, 2, 3, 9]) model.call("chosen", someTensor([6]), a);
    for (const n of [0, 1, 9]) model.call("sorted", someTensor([n]));
  });

  it("memory stays as it is, however often they are made", () => {
    const calls = (): void => {
      model.compiled.grown?.(someTensor([2, 3]), 50);
      model.compiled.caches?.(someTensor([2, 3]), 6);
      model.compiled.early?.(someTensor([9]), 40);
      model.compiled.swapped?.(someTensor([6]), 1000);
    };
    calls();
    const memory = model.memoryBytes;
    for (let i = 0; i < 20; i++) calls();
    expect(model.memoryBytes).toBe(memory);
  });
});

describe("state", async () => {
  const model = await compareModel(stateFile);

  it("is what the calls before have made of it", () => {
    for (let round = 0; round < 3; round++) {
      model.call(
        "remember",
        someTensor([2, 3], (i) => i - round),
      );
      model.call("keep", someTensor([round + 1]));
      model.call("name", someTensor([round]), `k${round % 2}`);
    }
    for (const limit of [-9, 2, 9]) model.call("forget", limit);
    model.call("remember", someTensor([2, 3]));
  });

  it("is read and set by hosts", () => {
    const { state } = model.compiled;
    const set = someTensor([4, 3]);
    state.set("memory.cache", set);
    expect(state.get("memory.cache")).toEqual(set);
    state.set("memory.rows", [someTensor([2]), someTensor([5])]);
    expect(state.get("memory.rows")).toEqual([someTensor([2]), someTensor([5])]);
    expect(() => state.set("memory.cache", someTensor([4, 2]))).toThrow(/GLIM3001|do not fit/);
    state.reset();
    expect(state.get("memory.cache")).toEqual({ data: new Float32Array(0), shape: [0, 3] });
  });

  it("takes what its tensors take", () => {
    // What the test before has set, the interpreter does not have.
    model.compiled.forget?.(1e9);
    const calls = (): void => {
      for (let i = 0; i < 20; i++) model.compiled.remember?.(someTensor([2, 3]));
      model.compiled.forget?.(99);
    };
    calls();
    const memory = model.memoryBytes;
    for (let i = 0; i < 20; i++) calls();
    expect(model.memoryBytes).toBe(memory);
  });
});
