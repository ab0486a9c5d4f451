// A run that is repeated or continued must see the same batches; one that sees each example twice learns less.
import { type AnyTensor, ones, Rng, type Tensor, tensor } from "glim";
import { batches, collate, DataLoader, listed } from "glim/data";
import { describe, expect, it } from "vitest";

const numbers = (length: number) => listed(Array.from({ length }, (_, i) => i));
const plain = (xs: readonly number[]): readonly number[] => xs;
const loader = (
  length: number,
  options: { batch: number; shuffle?: number | Rng; dropLast?: boolean },
) => new DataLoader<number, readonly number[]>(numbers(length), { ...options, collate: plain });
const listOf = (t: AnyTensor): number[] => Array.from(t.toTypedArray());

describe("an epoch", () => {
  it("has every example once, in order without a seed", () => {
    const data = loader(7, { batch: 3 });
    expect(data.length).toBe(3);
    expect([...data]).toEqual([[0, 1, 2], [3, 4, 5], [6]]);
    expect([...data].flat()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it("may leave out what does not fill a batch", () => {
    const data = loader(7, { batch: 3, dropLast: true });
    expect([data.length, [...data]]).toEqual([
      2,
      [
        [0, 1, 2],
        [3, 4, 5],
      ],
    ]);
  });

  it("has an order of its own with a seed, the same in each run", () => {
    const [data, again] = [
      loader(50, { batch: 8, shuffle: 4 }),
      loader(50, { batch: 8, shuffle: new Rng(4) }),
    ];
    const epochs = [[...data].flat(), [...data].flat()];
    for (const epoch of epochs)
      expect([...epoch].sort((a, b) => a - b)).toEqual(plain([...Array(50).keys()]));
    expect(epochs[1]).not.toEqual(epochs[0]);
    expect([[...again].flat(), [...again].flat()]).toEqual(epochs);
    expect([...loader(50, { batch: 8, shuffle: 5 })].flat()).not.toEqual(epochs[0]);
  });

  it("does not move the generator that it is given", () => {
    const rng = new Rng(4);
    [...loader(9, { batch: 2, shuffle: rng })];
    expect(rng.position).toBe(0);
  });

  it("of no data is empty", () => {
    expect([...loader(0, { batch: 4, shuffle: 1 })]).toEqual([]);
  });

  it("refuses batches of nothing", () => {
    expect(() => loader(3, { batch: 0 })).toThrow("a batch must have 1 example or more, not 0");
  });
});

describe("a position", () => {
  it("is continued with the next batch, and then the next epoch", () => {
    const whole = loader(20, { batch: 3, shuffle: 1 });
    const all = [...whole, ...whole, ...whole];
    for (const stop of [0, 1, 6, 7, 10, 14]) {
      const first = loader(20, { batch: 3, shuffle: 1 });
      const got: (readonly number[])[] = [];
      let state = first.saveState();
      while (got.length < stop) {
        for (const batch of first) {
          got.push(batch);
          state = first.saveState();
          if (got.length === stop) break;
        }
      }
      const second = loader(20, { batch: 3, shuffle: 1 });
      second.restoreState(state);
      while (second.epoch < 3) got.push(...second);
      expect(got, `stopped after ${stop}`).toEqual(all);
    }
  });

  it("is not continued where a loop was left without a checkpoint", () => {
    const data = loader(6, { batch: 2 });
    const [first] = data;
    expect(first).toEqual([0, 1]);
    expect([...data]).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
    ]);
    expect(data.epoch).toBe(2);
  });

  it.each([
    [{ batch: 4, shuffle: 1 }, 20, "the loader's batch was 3 and is 4 now"],
    [{ batch: 3, shuffle: 2 }, 20, "the loader's seed was 1 and is 2 now"],
    [{ batch: 3, shuffle: 1 }, 21, "the loader's examples was 20 and is 21 now"],
  ])("of other data is refused: %j", (options, length, message) => {
    const state = loader(20, { batch: 3, shuffle: 1 }).saveState();
    expect(() => loader(length, options).restoreState(state)).toThrow(message);
  });
});

describe("rows of tensors", () => {
  it("are taken together", () => {
    const x = tensor([
      [1, 10],
      [2, 20],
      [3, 30],
    ]);
    const y = tensor([1, 2, 3], "i32");
    const data = batches({ x, y }, { size: 2, shuffle: 3 });
    for (const batch of data) {
      expect(batch.y.dtype).toBe("i32");
      expect(listOf(batch.x.at(":", 1).sub(batch.y.mul(10)))).toEqual(listOf(batch.y.mul(0)));
    }
    expect([...data].flatMap((batch) => listOf(batch.y)).sort()).toEqual([1, 2, 3]);
  });

  it("must be as many of each", () => {
    expect(() => batches({ x: ones([3]), y: ones([4]) }, { size: 2 })).toThrow(
      "x has 3 rows and y has 4",
    );
    expect(() => batches({}, { size: 2 })).toThrow("there is no tensor");
    expect(() => batches({ x: [1, 2] }, { size: 2 })).toThrow("batches: x is not a tensor");
  });
});

describe("examples become a batch", () => {
  it("part by part", () => {
    const examples = [1, 2].map((i) => ({
      image: ones([2, 3]).mul(i),
      label: tensor(i, "i32"),
      wave: new Float32Array([i, 0]),
      ids: new Int32Array([i]),
      weight: i / 2,
      isKnown: i === 1,
      name: `n${i}`,
      pair: [i, tensor([i, i])] as const,
    }));
    const batch = collate(examples);
    expect(batch.image.shape).toEqual([2, 2, 3]);
    expect([batch.label.dtype, listOf(batch.label)]).toEqual(["i32", [1, 2]]);
    expect([batch.wave.shape, listOf(batch.wave)]).toEqual([
      [2, 2],
      [1, 0, 2, 0],
    ]);
    expect([batch.ids.dtype, batch.ids.shape]).toEqual(["i32", [2, 1]]);
    expect(listOf(batch.weight)).toEqual([0.5, 1]);
    expect([batch.isKnown.dtype, listOf(batch.isKnown)]).toEqual(["bool", [1, 0]]);
    expect(batch.name).toEqual(["n1", "n2"]);
    expect(listOf(batch.pair[1])).toEqual([1, 1, 2, 2]);
    const x: Tensor = batch.image;
    expect(x.length).toBe(12);
  });

  it.each([
    [[{ x: ones([2]) }, { x: ones([3]) }], "an example's x has shapes [2] and [3]"],
    [[{ x: 1 }, { x: "a" }], "an example's x cannot be joined, its kinds are number and string"],
    [[{ x: 1 }, { y: 1 }], "an example cannot be joined"],
    [[null, null], "its kinds are null"],
  ])("unless they differ: %#", (examples: readonly unknown[], message) => {
    expect(() => collate(examples)).toThrow(message);
  });
});
