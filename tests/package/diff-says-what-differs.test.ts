// Whoever changes a model wants to know what that changed: the weights, or what entries give, in bits.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { differencesOf, openCompared } from "#glim/cli/artefact/differences.js";
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
  differencesOf(await openCompared(file(a)), await openCompared(file(b)))
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
