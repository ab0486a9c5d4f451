// The programs that the interface was designed with are the measure of it: those that train nothing must give the
// same bits eagerly and compiled. Their sizes are those of toys.

import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { type ComparedModel, compareModel, type Given, someTensor } from "./compare-model.ts";

const compared = (name: string): Promise<ComparedModel> =>
  compareModel(
    fileURLToPath(new URL(`../fixtures/programs-of-the-api/${name}.ts`, import.meta.url)),
  );

const image = (shape: readonly number[], step: number): Given =>
  someTensor(shape, (i) => (i * step) % 256);

const tokens = (...ids: readonly number[]): Given => ({
  data: Int32Array.from(ids),
  shape: [ids.length],
});

it("classifies an image with residual blocks", async () => {
  const model = await compared("resnet");
  model.call("top5", image([36, 36, 4], 37));
});

it("guesses the language of a name", async () => {
  const model = await compared("char-rnn");
  for (const name of ["Satoshi", "x", "O'Neill-Żak", ""]) model.call("guess", name);
});

it("goes on with a text, with a cache of keys and values, and samples", async () => {
  const model = await compared("gpt2");
  model.call("next", tokens(1, 2, 3));
  model.call("next", tokens(7), { temperature: 0.8, topK: 5 });
  for (const id of [9, 4, 50]) model.call("next", tokens(id));
  expect(model.call("next", tokens(...Array.from({ length: 30 }, () => 1)))).toBe("failed");
  model.call("next", tokens(4, 4));
});

it("searches the best texts by beams", async () => {
  const model = await compared("ctc");
  model.call("transcribe", someTensor([1, 7, 8]));
  model.call("transcribe", someTensor([1, 12, 8]), { width: 3 });
});

it("finds what is in an image of any width, and drops boxes that overlap", async () => {
  const model = await compared("detect");
  model.call("detect", image([8, 16, 3], 91));
  model.call("detect", image([8, 31, 3], 57), { score: 0.1, overlap: 0.3 });
  model.call("detect", image([8, 2, 3], 7), { score: 100 });
});
