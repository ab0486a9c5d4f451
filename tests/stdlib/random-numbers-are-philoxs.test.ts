// The same seed must give the same weights on every machine and for ever.
import { grad, gumbelSoftmax, nn, Rng, seed, type Tensor, tensor } from "glim";
import { expect, it } from "vitest";
import { philox } from "./plain-philox.ts";

// The known answers of the authors' Random123 library, kat_vectors, philox4x32 10.
it.each([
  [
    [0, 0, 0, 0],
    [0, 0],
    [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  ],
  [
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  ],
  [
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
] as const)("the words at %j under %j", (counter, key, words) => {
  expect(philox(counter, key)).toEqual(words);
});

it("uniform numbers are the upper 24 bits of the words, in order", () => {
  const words = [0, 1].flatMap((block) => [...philox([block, 0, 0, 0], [7, 0])]);
  const expected = words.map((w) => (w >>> 8) / 2 ** 24);
  const rng = new Rng(7);
  const found = [...rng.uniform([3]).toList(), ...rng.uniform([5]).toList()];
  expect(found).toEqual(expected);
  expect(rng.position).toBe(8);
});

it("the position and the seed are all of the state", () => {
  const [a, b] = [new Rng(2 ** 40 + 3), new Rng(2 ** 40 + 3)];
  a.uniform([5]);
  b.position = 5;
  expect(a.uniform([6]).toList()).toEqual(b.uniform([6]).toList());
});

it("uniform numbers fill their range evenly", () => {
  const x = new Rng(1).uniform([100, 100], -2, 3);
  expect(x.min().item()).toBeGreaterThanOrEqual(-2);
  expect(x.max().item()).toBeLessThanOrEqual(3);
  expect(x.mean().item()).toBeCloseTo(0.5, 1);
  expect(x.lt(-1).to("f32").mean().item()).toBeCloseTo(0.2, 1);
});

it("normal numbers are Box and Muller's, of two words each", () => {
  const uniform = new Rng(7).uniform([6]).toList();
  const rng = new Rng(7);
  const found = [...rng.normal([1]).toList(), ...rng.normal([2]).toList()];
  expect(rng.position).toBe(6);
  found.forEach((x, i) => {
    const radius = Math.sqrt(-2 * Math.log(1 - uniform[2 * i]!));
    expect(x).toBeCloseTo(radius * Math.cos(2 * Math.PI * uniform[2 * i + 1]!), 5);
  });
});

it("normal numbers have mean 0, variance 1 and the normal distribution's tails", () => {
  const x = new Rng(8).normal([100, 100]);
  expect(x.mean().item()).toBeCloseTo(0, 1);
  expect(x.mul(x).mean().item()).toBeCloseTo(1, 1);
  expect(x.abs().gt(1).to("f32").mean().item()).toBeCloseTo(0.3173, 1);
  expect(x.abs().gt(2).to("f32").mean().item()).toBeCloseTo(0.0455, 2);
  expect(x.abs().max().item()).toBeLessThan(5.8);
});

it("integers fill their range evenly", () => {
  const x = new Rng(2).integers([4000], -2, 3).toList();
  expect(new Set(x)).toEqual(new Set([-2, -1, 0, 1, 2]));
  for (let n = -2; n < 3; n++) {
    expect(x.filter((y) => y === n).length / 4000).toBeCloseTo(0.2, 1);
  }
  expect(() => new Rng(2).integers([1], 3, 3)).toThrow(/from 3 to 3/);
  expect(() => new Rng(2).integers([1], 0, 2 ** 31)).toThrow(/2\^31 - 1 whole numbers/);
  expect(() => new Rng(2).integers([1], 0.5, 2)).toThrow(/from 0.5/);
});

it("a permutation has each number once, each as often first as others", () => {
  const rng = new Rng(6);
  const drawn = Array.from({ length: 300 }, () => rng.permutation(4).toList());
  for (const order of drawn) expect([...order].sort()).toEqual([0, 1, 2, 3]);
  for (let n = 0; n < 4; n++) {
    expect(drawn.filter(([first]) => first === n).length / 300).toBeCloseTo(0.25, 1);
  }
  expect(rng.permutation(0).toList()).toEqual([]);
  expect(rng.position).toBe(1200);
});

it("bernoulli is true as often as it is told, and never or always at the ends", () => {
  const share = (p: number): number => new Rng(3).bernoulli(p, [4000]).to("f32").mean().item();
  expect(share(0.3)).toBeCloseTo(0.3, 1);
  expect([share(0), share(1)]).toEqual([0, 1]);
  expect(() => share(Number.NaN)).toThrow(/NaN is not a probability/);
});

it("categorical draws each position as often as softmax says", () => {
  const logits = tensor([0, 1, 2, -Infinity]);
  const drawn = new Rng(4).categorical(logits.expand([4000, 4]));
  const shares = logits.softmax(-1).toList();
  expect(drawn.dtype).toBe("i32");
  shares.forEach((p, i) => {
    expect(drawn.eq(i).to("f32").mean().item()).toBeCloseTo(p, 1);
  });
  expect(drawn.eq(3).to("i32").sum().item()).toBe(0);
});

it("a number has 53 bits of two words", () => {
  const [a, b] = philox([0, 0, 0, 0], [9, 0]);
  const rng = new Rng(9);
  expect(rng.number()).toBe(((a >>> 5) * 2 ** 26 + (b >>> 6)) / 2 ** 53);
  expect(rng.position).toBe(2);
});

it("a fork's seed is of another domain of the same key", () => {
  const [a, b] = philox([6, 0, 0, 1], [5, 0]);
  expect(new Rng(5).fork(6).seed).toBe((a >>> 11) * 2 ** 32 + b);
  expect(() => new Rng(5).fork(-1)).toThrow(/key must be/);
});

it("a fork depends on seed and key alone, and is unlike its parent and other forks", () => {
  const rng = new Rng(5);
  const before = rng.fork(1).uniform([4]).toList();
  rng.uniform([9]);
  expect(rng.fork(1).uniform([4]).toList()).toEqual(before);
  expect(rng.fork(2).uniform([4]).toList()).not.toEqual(before);
  expect(new Rng(5).uniform([4]).toList()).not.toEqual(before);
});

it("layers start the same after the same seed, within PyTorch's bounds", () => {
  const make = (n: number): number[] => {
    seed(n);
    return [...new nn.Linear(16, 3).weight.toTypedArray()];
  };
  expect(make(1)).toEqual(make(1));
  expect(make(1)).not.toEqual(make(2));
  expect(Math.max(...make(3).map(Math.abs))).toBeLessThanOrEqual(1 / 4);
  expect(
    Math.max(...new nn.Conv2d(4, 8, 2, { groups: 2 }).weight.abs().toTypedArray()),
  ).toBeLessThanOrEqual(1 / Math.sqrt(8));
});

it.each([-1, 0.5, 2 ** 53, Number.NaN])("%d is no seed", (n) => {
  expect(() => new Rng(n)).toThrow(/seed must be a whole number/);
});

it("positions are drawn in proportion to their weights, without replacement all different", () => {
  const rng = new Rng(3);
  const weights = tensor([0, 1, 2, 5]);
  const drawn = rng.multinomial(weights, 8000, { replacement: true }).toList();
  [0, 1 / 8, 2 / 8, 5 / 8].forEach((share, i) => {
    expect(drawn.filter((k) => k === i).length / 8000).toBeCloseTo(share, 1);
  });
  for (let i = 0; i < 20; i++) {
    expect(rng.multinomial(weights, 3).toList().sort()).toEqual([1, 2, 3]);
  }
  expect(() => rng.multinomial(weights, 5)).toThrow("multinomial: 5 of 4 positions");
});

it("numbers of other distributions have their means and spreads", () => {
  const rng = new Rng(4);
  const waits = rng.exponential([20_000], 4);
  expect(waits.mean().item()).toBeCloseTo(0.25, 2);
  expect(waits.min().item()).toBeGreaterThan(0);
  // Euler's number, and π / √6.
  const noise = rng.gumbel([20_000]);
  expect(noise.mean().item()).toBeCloseTo(0.5772, 1);
  expect(noise.std().item()).toBeCloseTo(1.2825, 1);
  const dropped = rng.dropout(noise.mul(0).add(1), 0.25);
  expect(dropped.mean().item()).toBeCloseTo(1, 1);
  expect([...new Set(dropped.toList())].sort()).toEqual([0, Math.fround(4 / 3)]);
});

it("samples of scores are one-hot if asked for, with the gradient of the probabilities", () => {
  const scores = tensor([
    [1, 2, 3],
    [3, 0, 0],
  ]);
  const hard = gumbelSoftmax(scores, { hard: true, rng: new Rng(5) });
  expect(hard.sum(-1).toList()).toEqual([1, 1]);
  const soft = gumbelSoftmax(scores, { tau: 2, rng: new Rng(5) });
  expect(soft.argmax(-1).toList()).toEqual(hard.argmax(-1).toList());
  const weights = tensor([1, -2, 4]);
  const slope = (isHard: boolean): readonly number[] =>
    grad((x: Tensor) =>
      gumbelSoftmax(x, { hard: isHard, rng: new Rng(5) })
        .mul(weights)
        .sum(),
    )(scores)
      .flatten()
      .toList();
  slope(true).forEach((x, i) => {
    expect(x).toBeCloseTo(slope(false)[i]!, 5);
  });
});
