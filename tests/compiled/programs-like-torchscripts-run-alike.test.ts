// TorchScript's own programs are few: people write early returns, searches, state machines and small classes in many
// ways, all of which must compile as they stand and give what a plain run gives.

import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { compareModel, someTensor } from "./compare-model.ts";

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../fixtures/like-torchscript/${name}.ts`, import.meta.url));

const row = someTensor([1, 3]);
const scalar = (x: number) => someTensor([], () => x);

const functions: readonly (readonly [string, ...unknown[]])[] = [
  ...[-2, 0, 3].map((x) => ["sign", scalar(x)] as const),
  ["firstPair", [1, 5, 3, 9, 2], 8],
  ["firstPair", [1], 8],
  ["scaled", someTensor([2])],
  ["scaled", someTensor([2]), 3],
  ["grouped", ["apple", "bob", "avocado", "cat", "bee"]],
  ["bank", [50, -120, -40, -70, 5.5]],
  ["described", row, "x"],
  ["squares", 7],
  ["gcd", 48, 18],
  ["ackermann", 2, 3],
  ["spread", [3, -1, 7]],
  ["spread", []],
  ["defaults", 3],
  ["newtonSqrt", scalar(2)],
  ["collatz", 27],
  ["histogram", "Hello, World"],
  ["table", ["a", "bcd"], [1, 2.5]],
  ["running", someTensor([4, 3])],
  ...[0, 1, 2, 7].map((mode) => ["reduced", [1, 2, 6], mode] as const),
  ["areas", 5],
];

const objects: readonly (readonly [string, ...unknown[]])[] = [
  ["counter", 7],
  ["third", 5],
  ["third", 2],
  ["reversed", 5],
  ["forward", row],
  ["partial", row],
  ["calls"],
  ["pascal", 6],
  [
    "beams",
    [
      [0.1, 0.9],
      [0.5, 0.4],
      [0.2, 0.3],
    ],
    2,
  ],
  ["tokens", "a bc,d  e"],
  ["checked", [1, 2, 3]],
  ["checked", []],
  ["checked", [1, Number.NaN]],
  ["sets", [1, 2, 2, 3], [3, 4]],
  ["fibonacci", 50],
  ["cached", someTensor([2, 3]), ["a", "b", "a", "c"]],
  ["acts", [1, -2], true],
  ["acts", [1, -2], false],
  ["rpn", ["1", "2", "+", "4", "*"]],
  ["generate", 7, 10],
  ["spreads", [4, 5]],
  ["spreads", []],
  ["config", 0.5],
  ["forest", 6],
  ["spreadAnywhere", [1, 7], "x y bb z"],
];

const models = {
  functions: await compareModel(fixture("functions")),
  objects: await compareModel(fixture("objects")),
};

test.each([
  ["functions", functions],
  ["objects", objects],
] as const)("%s", (name, calls) => {
  for (const [entry, ...args] of calls) models[name].call(entry, ...args);
  expect(new Set(calls.map(([entry]) => entry)).size).toBeGreaterThan(15);
});
