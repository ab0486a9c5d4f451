// A compiled gradient that differs from eager mode's in one bit makes training runs that part.

import { tensor } from "glim";
import { describe, expect, it } from "vitest";
import { bothWays, expectSameBits } from "./both-ways.ts";
import { plainValue } from "./plain-value.ts";

const both = bothWays("fixtures/gradients/functions.ts");

const x = [0.5, -1.25, 2];
const v = [1, 0.25, -3];

const calls: readonly (readonly [string, ...unknown[]])[] = [
  ["cube", x],
  ["order", x],
  ["unused", x],
  ["softmax", x],
  ["both", x],
  ["branch", x, true],
  ["branch", x, false],
  ["sometimes", [0, -1, 2], true],
  ["sometimes", [0, -1, 2], false],
  ...[0, 1, 2, 5].map((n) => ["loop", x, n] as const),
  ...[-100, 3, 50].map((n) => ["whileLoop", [0.5, 1, 2], n] as const),
  ["leave", x, 5, 2],
  ["leave", x, 5, 9],
  ["leave", x, 0, 0],
  ...[0, 1, 5].map((n) => ["nested", x, n] as const),
  ...[0, 2, 7].map((n) => ["returns", x, n] as const),
  ["own", x],
  ["ownTwice", x],
  ...[0, 1, 4].map((n) => ["ownInLoop", x, n] as const),
  ["ownValue", x],
  ["second", x],
  ["rows", x],
  ["curvesOfProduct", x],
  ["curvesOfProduct", [2, 0, 3]],
  ["curvesOfProduct", [0, 0, 3]],
  ["back", x, v],
  ["forth", x, v],
];

it("the second derivatives of a product are numbers where an element is 0", () => {
  const curves = both.compiled.entries.curvesOfProduct!(new Float32Array([2, 0, 3]));
  expect(plainValue(curves)).toEqual(
    plainValue(
      tensor([
        [0, 3, 0],
        [3, 0, 2],
        [0, 2, 0],
      ]),
    ),
  );
});

describe("eager and compiled give the same bits", () => {
  it.each(calls.map((c) => [`${c[0]}(${c.slice(1).join("; ")})`, c] as const))(
    "%s",
    (_, [name, ...args]) => expectSameBits(both, name, args),
  );

  it.each([1, 3])("parameters, batch of %i", (batch) => {
    const data = Float32Array.from({ length: batch * 3 }, (_, i) => Math.sin(i));
    const run = both.eager.weights;
    if (typeof run !== "function") throw new Error("no entry weights");
    const wanted = plainValue(run(tensor(data, [batch, 3])));
    expect(plainValue(both.compiled.entries.weights!({ data, shape: [batch, 3] }))).toEqual(wanted);
  });
});
