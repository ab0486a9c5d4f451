// The promise is for people's models, not for two small ones: every sample gives the digest of the table eagerly and
// compiled, on each engine that runs this file, and in a browser. GLIM_BLESS=1 writes the table.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type AnyTensor, tensor } from "glim";
import { afterAll, describe, expect, it } from "vitest";
import { architectures, inputsOf, numbersLike } from "../fixtures/architectures/weights.ts";
import { sampleDigits } from "../samples/digits.ts";
import { digestEagerly, expectDigest, type Input } from "./three-ways.ts";

interface Case {
  /** Exports `run`. */
  readonly file: string;
  readonly calls: readonly (readonly Input[])[];
  /** Compiling one of more weights would take most of a minute. */
  readonly isLarge: boolean;
}

const countOf = (shapes: readonly (readonly number[])[]): number =>
  shapes.reduce((sum, shape) => sum + shape.reduce((n, d) => n * d, 1), 0);

const known = Object.entries(architectures).map(([name, { names }]): [string, Case] => [
  name,
  {
    file: path.resolve(import.meta.dirname, `../fixtures/architectures/${name}.ts`),
    calls: [inputsOf(name)],
    isLarge: countOf(Object.values(names)) > 2e6,
  },
]);

const image = numbersLike("image", [1, 3, 64, 64]);
const kinds = numbersLike("kinds", [16], 5);
const tokens = numbersLike("tokens", [12], 512);
const digits = tensor(
  sampleDigits()
    .images.toTypedArray()
    .slice(0, 16 * 784),
  [16, 784],
);
const name = (length: number): AnyTensor => numbersLike(`name ${length}`, [length], 58);
const language = (n: number): AnyTensor => tensor(Int32Array.of(n), [1]);

/** Those that are too large above, with fewer channels, and those that learn or keep a state. */
const small: Readonly<Record<string, Case["calls"]>> = {
  mlp: [[digits]],
  lenet: [[digits]],
  resnet18: [[image]],
  resnet50: [[image]],
  "mobilenet-v2": [[image]],
  "mobilenet-v3": [[image]],
  efficientnet: [[image]],
  llama: [[tokens]],
  "llama-steps": Array.from(tokens.toTypedArray(), (token) => [token]),
  personalize: Array.from({ length: 5 }, () => [digits, kinds]),
  "char-rnn-training": [6, 9, 4, 6, 9].map((length, i) => [name(length), language(i % 3)]),
  "shakespeare-training": Array.from({ length: 3 }, () => [
    numbersLike("text", [2, 12], 65),
    numbersLike("next", [2, 12], 65),
  ]),
  "mnist-training": Array.from({ length: 3 }, () => [digits, kinds]),
};
const models = Object.entries(small).map(([name, calls]): [string, Case] => {
  const file = path.resolve(import.meta.dirname, `models/${name}.ts`);
  return [`models/${name}`, { file, calls, isLarge: false }];
});

const samples = path.resolve(import.meta.dirname, "../../samples");
const table = path.resolve(import.meta.dirname, "architectures.json");
const digests: Record<string, string> = JSON.parse(readFileSync(table, "utf8"));
const isBlessed = process.env.GLIM_BLESS === "1";
afterAll(() => {
  if (isBlessed) writeFileSync(table, `${JSON.stringify(digests, null, 2)}\n`);
});

it("no sample is left out", () => {
  // What the page shows has a table of its own, which tests/samples and tests/hosts compare.
  const due = readdirSync(samples, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "web")
    .map((entry) => entry.name);
  const texts = [...known, ...models].map(([, { file }]) => readFileSync(file, "utf8")).join();
  expect(due.filter((folder) => !texts.includes(`/samples/${folder}/`))).toEqual([]);
});

describe.each([...known, ...models])("%s", (name, { file, calls, isLarge }) => {
  it("gives its digest eagerly", async () => {
    const digest = await digestEagerly(file, calls);
    if (isBlessed) digests[name] = digest;
    expect(digest).toBe(digests[name]);
  });

  // GLIM_LARGE=1 asks for the larger ones, too: some minutes.
  it.skipIf(isLarge && process.env.GLIM_LARGE !== "1")(
    "gives its digest compiled, and in a browser",
    { timeout: 300_000 },
    () => expectDigest(file, calls, digests[name]!),
  );
});
