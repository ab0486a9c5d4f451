// The samples are the first models that anyone runs: eager mode must give what PyTorch gave.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import * as lenet from "../../samples/mnist/lenet.ts";
import * as mlp from "../../samples/mnist/mlp.ts";
import { shared } from "../shared-material.ts";
import { countRight, readDigits, sampleDigits } from "./digits.ts";

// `rightOf10000` is what PyTorch counted. PyTorch counted nothing for the first 1,000: `rightOf1000` is
// from NumPy in float64 with the same weights, which also gives PyTorch's counts of all 10,000. There the
// best logit leads by 0.02 or more, so no rounding changes the count.
const models = [
  { name: "mlp", model: mlp, rightOf1000: 957, rightOf10000: 9606 },
  { name: "lenet", model: lenet, rightOf1000: 981, rightOf10000: 9844 },
] as const;
const digits = sampleDigits();
const all = {
  images: shared("data/t10k-images.gz"),
  labels: shared("data/t10k-labels-idx1-ubyte"),
};

for (const { name, model, rightOf1000, rightOf10000 } of models) {
  const reference = shared(`models/mnist/${name}.logits64.bin`);

  it.skipIf(reference === undefined)(`${name}: the logits of 64 digits are PyTorch's`, () => {
    const { buffer } = new Uint8Array(readFileSync(reference!));
    const expected = new Float32Array(buffer);
    const found = model.logits(digits.images.narrow(0, 0, 64)).toTypedArray();
    const differences = found.map((x, i) => Math.abs(x - expected[i]!));
    expect(found.length).toBe(640);
    expect(Math.max(...differences)).toBeLessThanOrEqual(1e-4);
  });

  it(`${name}: it names as many of the sample's digits as float64 does`, () => {
    expect(countRight(model.logits, digits)).toBe(rightOf1000);
  });

  it.skipIf(all.images === undefined)(
    `${name}: it names as many of all test digits as PyTorch, within 0.02 points`,
    () => {
      const right = countRight(model.logits, readDigits(all.images!, all.labels!));
      expect(Math.abs(right - rightOf10000)).toBeLessThanOrEqual(2);
    },
  );

  it(`${name}: probabilities are positive, sum to 1 and agree with the logits`, () => {
    const batch = digits.images.narrow(0, 0, 7);
    const probabilities = model.classify(batch);
    expect(probabilities.shape).toEqual([7, 10]);
    expect(probabilities.ge(0).logicalNot().sum().item()).toBe(0);
    for (const sum of probabilities.sum(-1).toList()) expect(sum).toBeCloseTo(1, 5);
    expect(probabilities.argmax(-1).toList()).toEqual(model.logits(batch).argmax(-1).toList());
  });
}
