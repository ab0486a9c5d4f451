// Threads that deliver late, twice or in another order change what is learnt; one that dies must not hang the run.
import type { AnyTensor } from "glim";
import { DataLoader } from "glim/data";
import { afterEach, describe, expect, it } from "vitest";
import squares from "../fixtures/data/squares.mjs";

interface Example {
  readonly square: AnyTensor;
  readonly name: string;
  readonly thread: number;
}
const module = new URL("../fixtures/data/squares.mjs", import.meta.url);
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((loader) => loader.close()));
});

function loader(options: { count?: number; ahead?: number } = {}) {
  const threads = { module, ...options };
  const made = new DataLoader<Example>(squares, { batch: 4, shuffle: 2, threads });
  open.push(made);
  return made;
}
const seen = (batch: { square: AnyTensor; name: string[] }) => [
  [...batch.square.toTypedArray()],
  batch.name,
];

it.each([{ count: 1 }, { count: 2 }, { count: 3, ahead: 1 }, { count: 2, ahead: 50 }])(
  "%j",
  async (options) => {
    const data = loader(options);
    const [found, threads] = [[] as unknown[], new Set<number>()];
    for await (const batch of data) {
      found.push(seen(batch));
      for (const id of batch.thread.toTypedArray()) threads.add(id);
    }
    expect(found).toEqual(
      [...new DataLoader<Example>(squares, { batch: 4, shuffle: 2 })].map(seen),
    );
    expect(threads.size).toBe(options.count);
    expect(threads.has(0)).toBe(false);
    expect(data.epoch).toBe(1);
  },
);

it("a position is continued", async () => {
  const [first, second] = [loader(), loader()];
  const names: string[][] = [];
  for await (const batch of first) {
    names.push(batch.name);
    if (names.length === 3) break;
  }
  second.restoreState(first.saveState());
  for await (const batch of second) names.push(batch.name);
  expect(names).toEqual(
    [...new DataLoader<Example>(squares, { batch: 4, shuffle: 2 })].map((b) => b.name),
  );
});

describe("a failure", () => {
  const epochs = async (count: number): Promise<number> => {
    const data = loader({ count: 2 });
    let batches = 0;
    for (let epoch = 0; epoch < count; epoch++) for await (const _ of data) batches += 1;
    return batches;
  };

  it("of an example is the loop's", async () => {
    await expect(epochs(2)).rejects.toThrow("a loading thread: example 21 is damaged");
  });

  it("of a thread ends the loop", async () => {
    const data = loader({ count: 2 });
    data.restoreState({ ...data.saveState(), epoch: 2 });
    await expect(async () => {
      for await (const _ of data);
    }).rejects.toThrow("a loading thread: it ended");
  });

  it("of the module is the loop's", async () => {
    const threads = { module: new URL("../fixtures/data/nowhere.mjs", import.meta.url) };
    const data = new DataLoader<Example>(squares, { batch: 4, threads });
    open.push(data);
    await expect(async () => {
      for await (const _ of data);
    }).rejects.toThrow(/a loading thread: Cannot find module .*nowhere/);
  });
});
