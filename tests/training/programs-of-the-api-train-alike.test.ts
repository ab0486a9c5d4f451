// The programs that the interface was designed with are the measure of it: those that train must learn, and give the
// same bits eagerly and compiled, step for step.

import { fileURLToPath } from "node:url";
import { type Tensor, tensor } from "glim";
import { expect, it } from "vitest";
import {
  type ComparedModel,
  compareModel,
  type Given,
  someTensor,
} from "../compiled/compare-model.ts";
import * as custom from "../fixtures/programs-of-the-api/custom.ts";

const compared = (name: string): Promise<ComparedModel> =>
  compareModel(
    fileURLToPath(new URL(`../fixtures/programs-of-the-api/${name}.ts`, import.meta.url)),
  );

const classes = (count: number, of: (i: number) => number): Given => ({
  data: Int32Array.from({ length: count }, (_, i) => of(i)),
  shape: [count],
});
const numbers = (n: number): readonly number[] => [...Array(n).keys()];
const resultOf = (outcome: unknown): unknown => (outcome as { readonly value: unknown }).value;

it("a perceptron with dropout", async () => {
  const model = await compared("mlp");
  const images = someTensor([12, 20]);
  const labels = classes(12, (i) => i % 10);
  const losses = numbers(40).map(
    () => (resultOf(model.call("step", images, labels)) as { loss: number }).loss,
  );
  expect(losses.at(-1)).toBeLessThan(losses[0]! / 2);
  model.call(
    "step",
    someTensor([3, 20]),
    classes(3, (i) => i),
  );
  model.call("classify", images);
});

it("a head on a frozen trunk", async () => {
  const model = await compared("finetune");
  const images = someTensor([6, 3, 12, 12]);
  const labels = classes(6, (i) => i % 5);
  model.call("features", images);
  const features = someTensor([6, 8]);
  const losses = numbers(20).map((i) =>
    resultOf(model.call("learn", features, labels, i < 10 ? 0.1 : 0.05)),
  );
  expect(Number(losses.at(-1))).toBeLessThan(Number(losses[0]));
  for (const _ of numbers(3)) model.call("learnPictures", images, labels);
  model.call("predict", images);
});

it("a layer with a gradient of its own", async () => {
  const model = await compared("custom");
  const [x, y] = [someTensor([8, 16]), someTensor([8, 4])];
  const losses = numbers(30).map(() => Number(resultOf(model.call("fit", x, y))));
  expect(losses.at(-1)).toBeLessThan(losses[0]! / 2);
  model.call("saliency", x);
});

it("statistics that are gathered in training only", () => {
  const tensorOf = ({ data, shape }: Given): Tensor => tensor(data as Float32Array, shape);
  const [x, y] = [tensorOf(someTensor([8, 16])), tensorOf(someTensor([8, 4]))];
  for (const _ of numbers(30)) custom.fit(x, y);
  // The greatest |x| of each step, averaged.
  const seen = custom.layer.seen.item();
  expect(seen).toBeGreaterThan(0.2);
  expect(custom.saliency(x).shape).toEqual([8, 16]);
  expect(custom.layer.seen.item()).toBe(seen);
});

it("languages of names", async () => {
  const model = await compared("char-rnn");
  const losses = numbers(10).map(() => resultOf(model.call("step", "Satoshi", 10)));
  expect(Number(losses.at(-1))).toBeLessThan(Number(losses[0]));
  model.call("guess", "Satoshi");
});

it("steps with batch statistics, dropout, rates, clipping and averages", async () => {
  const file = new URL("../fixtures/training/compiled-steps.ts", import.meta.url);
  const model = await compareModel(fileURLToPath(file));
  const [x, y] = [someTensor([6, 2, 8, 8]), classes(6, (i) => i % 3)];
  const losses = numbers(15).map(
    () => (resultOf(model.call("step", x, y)) as { loss: number }).loss,
  );
  expect(losses.at(-1)).toBeLessThan(losses[0]!);
  model.call("classify", x);
  model.call("warm", someTensor([3, 2, 8, 8]));
  model.call(
    "step",
    someTensor([2, 2, 8, 8]),
    classes(2, (i) => i),
  );
  model.call("classify", x);
});
