/** What the table of digests was made with: every sample, and inputs for it. */

import path from "node:path";
import { type AnyTensor, tensor } from "glim";
import { architectures, inputsOf, numbersLike } from "../fixtures/architectures/weights.ts";
import { sampleDigits } from "../samples/digits.ts";
import type { Input } from "./three-ways.ts";

export interface Case {
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

/** By the names that they have in the table. */
export const cases: readonly (readonly [name: string, Case])[] = [...known, ...models];
