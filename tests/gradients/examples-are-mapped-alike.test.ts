// A function of one example must give each of many what it gives that one alone, eagerly and compiled.

import { Rng, stack, tensor } from "glim";
import { describe, expect, it } from "vitest";
import type { EagerTensor } from "#glim/runtime/eager/tensor.js";
import { bothWays } from "./both-ways.ts";
import { plainValue } from "./plain-value.ts";

const both = bothWays("fixtures/gradients/examples.ts");

const rng = new Rng(5);
const rows = rng.normal([5, 3]);
const one = rng.normal([1, 3]);
const vector = rng.normal([3]);
const index = tensor(
  [
    [0, -1],
    [2, 2],
    [1, 0],
    [0, 0],
    [-3, 1],
  ],
  "i32",
);

const calls: readonly (readonly [string, ...unknown[]])[] = [
  ["softmax", rows],
  ["softmax", one],
  ["layers", rows],
  ["shared", rows, vector],
  ["columns", rows],
  ["slopes", rows],
  ["slope", rows],
  ["pairs", rows],
  ["forth", rows],
  ...[0, 1, 4, 9].map((n) => ["loop", rows, n] as const),
  ["uniform", rows, true],
  ["uniform", rows, false],
  ["perImage", rng.normal([4, 1, 6, 6])],
  ["ownWeights", rng.normal([4, 2, 5, 5]), rng.normal([4, 3, 2, 3, 3])],
  ["perExample", rows],
  ["table", rows, index],
  ["ownInside", rows, vector],
  ["ownOutside", rows, vector],
  ["ownOfBoth", rows, vector],
];

const isTensor = (v: unknown): v is EagerTensor => typeof v === "object" && v !== null;
const plain = (v: unknown): unknown =>
  isTensor(v) ? { data: v.toTypedArray(), shape: [...v.shape] } : v;

describe("eager and compiled give the same bits", () => {
  it.each(calls.map((c, i) => [`${i} ${c[0]}`, c] as const))("%s", (_, [name, ...args]) => {
    const run = both.eager[name];
    if (typeof run !== "function") throw new Error(`no entry ${name}`);
    const wanted = plainValue(Reflect.apply(run, undefined, args));
    expect(plainValue(both.compiled.entries[name]!(...args.map(plain)))).toEqual(wanted);
  });
});

void stack;
