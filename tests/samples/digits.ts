/** MNIST's test digits: the sample's own 1,000, and all 10,000 where they lie beside the checkout. */

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { type Tensor, tensor } from "glim";
import { parseIdx } from "#glim/runtime/files/idx.js";

export interface Digits {
  /** `[count, 784]`, from 0 to 1. */
  readonly images: Tensor<["N", 784]>;
  readonly labels: Uint8Array;
}

/** Reads idx files; the images are gzipped. */
export function readDigits(images: URL | string, labels: URL | string): Digits {
  const { data } = parseIdx(gunzipSync(readFileSync(images)));
  const pixels = Float32Array.from(data, (byte) => byte / 255);
  return {
    images: tensor(pixels, [pixels.length / 784, 784]),
    labels: parseIdx(readFileSync(labels)).data,
  };
}

const sample = (name: string): URL => new URL(`../../samples/mnist/${name}`, import.meta.url);

export const sampleDigits = (): Digits =>
  readDigits(sample("t10k-1000-images.idx.gz"), sample("t10k-1000-labels.idx"));

/** How many of the digits the model names rightly. */
export function countRight(logits: (images: Tensor<["B", 784]>) => Tensor, digits: Digits): number {
  const guesses = logits(digits.images).argmax(-1).toList();
  return guesses.filter((guess, i) => guess === digits.labels[i]).length;
}
