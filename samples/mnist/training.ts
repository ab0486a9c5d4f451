/** Trains a model of digits: epochs of Adam's steps, with a checkpoint after each. */

import {
  type AnyTensor,
  crossEntropy,
  loadCheckpoint,
  type nn,
  optim,
  saveCheckpoint,
  type Tensor,
} from "glim";
import { batches, progress, RunLog, readIdx, type Screen } from "glim/data";

export interface Digits {
  /** `[count, 784]`, from 0 to 1. */
  readonly images: Tensor<["N", 784]>;
  readonly labels: AnyTensor<"i32">;
}

/** Reads two idx files, gzipped or not. */
export async function readDigits(images: URL | string, labels: URL | string): Promise<Digits> {
  const pixels = await readIdx(images);
  return {
    images: pixels.to("f32").div(255).reshape([-1, 784]),
    labels: (await readIdx(labels)).to("i32"),
  };
}

type Classifier = nn.Module & { forward(images: Tensor<["B", 784]>): Tensor };

export interface TrainOptions {
  readonly epochs: number;
  /** Decides the order of the digits. */
  readonly seed: number;
  readonly batch?: number;
  readonly lr?: number;
  /** A file to go on from, where it exists, and to save to after each epoch. */
  readonly checkpoint?: string;
  /** A file for `glim plot`. */
  readonly log?: string;
  readonly screen?: Screen;
}

/** Trains `net` in place; returns the share of `test` that it then names rightly. */
export async function train(
  net: Classifier,
  digits: Digits,
  test: Digits,
  { epochs, seed, batch = 128, lr = 1e-3, checkpoint, log, screen }: TrainOptions,
): Promise<number> {
  const opt = new optim.Adam(net.parameters(), { lr });
  const loader = batches(digits, { size: batch, shuffle: seed });
  const runLog = log === undefined ? undefined : new RunLog(log);
  const parts = { net, opt, loader };
  if (checkpoint !== undefined) await loadCheckpoint(checkpoint, parts, { ifMissing: "keep" });
  while (loader.epoch < epochs) {
    const bar = progress(loader, `epoch ${loader.epoch}`, screen === undefined ? {} : { screen });
    for (const { images, labels } of bar) {
      const { loss, logits } = opt.minimize(() => {
        const logits = net.forward(images);
        return { loss: crossEntropy(logits, labels), logits };
      });
      const metrics = { loss: numberOf(loss), accuracy: share(logits, labels) };
      bar.report(metrics);
      runLog?.write({ step: opt.steps, ...metrics });
    }
    runLog?.write({ step: opt.steps, "test accuracy": accuracy(net, test) });
    if (checkpoint !== undefined) await saveCheckpoint(checkpoint, parts);
  }
  return accuracy(net, test);
}

/** The share of digits that the model names rightly. */
export function accuracy(net: Classifier, digits: Digits): number {
  let right = 0;
  for (const { images, labels } of batches(digits, { size: 500 })) {
    right += share(net.forward(images), labels) * images.shape[0];
  }
  return right / digits.images.shape[0];
}

const share = (logits: Tensor, labels: AnyTensor<"i32">): number =>
  numberOf(logits.argmax(-1).eq(labels).to("f32").mean());

const numberOf = (t: Tensor): number => Number(t.item());
