// Whoever changes a model wants to know what that changed: the weights, or what entries give, in bits.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { differencesOf, openCompared, openSource } from "#glim/cli/artefact/differences.js";
import { packageText } from "./sample-package.ts";

const model = (weight: string): string => `
import { script, type Tensor, tensor } from "glim";
const weight = tensor(${weight});
const bias = tensor([0, 1]);
export const scale = script((x: Tensor<["B", 2]>) => x.mul(weight));
export const shift = script((x: Tensor<["B", 2]>) => x.add(bias));
export const greet = script((name: string) => "hello " + name);
`;

const folder = mkdtempSync(path.join(tmpdir(), "glim-diff-"));
const file = (name: string): string => path.join(folder, `${name}.glim`);
afterAll(() => rmSync(folder, { recursive: true }));
beforeAll(async () => {
  writeFileSync(file("a"), (await packageText(model("[1, 2]"))).bytes);
  writeFileSync(file("b"), (await packageText(model("[1, 2.5]"))).bytes);
});

const changes = async (a: string, b: string) =>
  (await differencesOf(await openCompared(file(a)), await openCompared(file(b))))
    .filter((d) => d.how !== "same" && d.how !== "not compared")
    .map(({ what, name, how, count, first }) => [what, name, how, count, first]);

it("a file does not differ from itself", async () => {
  expect(await changes("a", "a")).toEqual([]);
});

it("weights and the results that read them are named, with the first element", async () => {
  expect(await changes("a", "b")).toEqual([
    ["weight", "weight", "other bits", 1, 1],
    ["result", "scale", "other bits", 1, 1],
  ]);
});

const steps = (weight: string, last: string): string => `
import { script, type Tensor, tensor } from "glim";

const weight = tensor(${weight});
const twice = (x: Tensor<["B", 2]>) => x.mul(2);
export const score = script((x: Tensor<["B", 2]>) => {
  const bent = twice(x.abs());
  const scaled = bent.mul(weight);
  const sum = scaled.sum(1);
  return sum.${last};
});
`;

it("of two sources, the first value that differs has the line of each", async () => {
  const values = async (a: string, b: string) => {
    const files = [a, b].map((text, i) => {
      const source = path.join(folder, `${i}.ts`);
      writeFileSync(source, text);
      return source;
    });
    const [left, right] = [await openSource(files[0]!), await openSource(files[1]!)];
    const found = await differencesOf(left, right);
    return found
      .filter((d) => d.what === "value")
      .map(({ name, how, first, at, why }) => ({ name, how, first, at, why }));
  };
  const one = steps("[1, 2]", "exp()");
  expect(await values(one, one)).toEqual([]);
  expect(await values(one, steps("[1, 2.5]", "exp()"))).toEqual([
    {
      name: "score, mul: f32[B,2]",
      how: "other bits",
      first: 1,
      at: ["0.ts:8:18", "1.ts:8:18"],
      why: undefined,
    },
  ]);
  expect(await values(one, steps("[1, 2]", "log()"))).toEqual([
    {
      name: "score, exp: f32[B]",
      how: "not compared",
      first: undefined,
      at: ["0.ts:10:10", "1.ts:10:10"],
      why: "b computes log: f32[B]",
    },
  ]);
});
