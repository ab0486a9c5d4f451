// Each transformation of functions is tested elsewhere; what one makes of another must be the same compiled and eagerly, too.

import { readFileSync } from "node:fs";
import { type AnyTensor, grad, type Tensor, tensor } from "glim";
import { expect, it } from "vitest";
import { bothWays, expectSameBits } from "./both-ways.ts";

const both = bothWays("fixtures/gradients/pairs.ts");

const source = readFileSync(new URL("../fixtures/gradients/pairs.ts", import.meta.url), "utf8");
const names = [...source.matchAll(/^export const (\w+) = script/gm)].map((m) => m[1]!);
const x = [0.5, -1.25, 0.75];

it.each(names)("%s", (name) => expectSameBits(both, name, [x]));

it("a gradient of many examples has each example's own bits", () => {
  const f = (y: Tensor) => y.mul(y).sin().mul(y.exp()).sum();
  const all = tensor(x).mul(tensor(x).reshape([3, 1]));
  const rows = [0, 1, 2].map((i) => grad(f)(all.at(i) as Tensor) as AnyTensor<"f32">);
  const found = both.compiled.entries.vmapOfGrad!(new Float32Array(x));
  expect([...found.data]).toEqual(rows.flatMap((row) => [...row.toTypedArray()]));
  expect(found.shape).toEqual([3, 3]);
});
