/** Trains a model of digits: epochs of Adam's steps, with a checkpoint after each. */

import {
  type AnyTensor,
  crossEntropy,
  loadCheckpoint,
  type nn,
  optim,
  saveCheckpoint,
  script,
  type Tensor,
} from "glim";
import { batches, progress, RunLog, readIdx, type Screen } from "glim/data";

type Labels = Tensor<["N"], "i32">;

export interface Digits {
  /** `[count, 784]`, from 0 to 1. */
  readonly images: Tensor<["N", 784]>;
  readonly labels: Labels;
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
  /** The greatest rate; over all epochs it goes up to it and down to nearly nothing. */
  readonly peak?: number;
  /** `compile` of `glim/compiler` makes the steps faster, and changes no bit. */
  readonly compile?: <F extends (...args: never[]) => unknown>(f: F) => Promise<F>;
  /** A file to go on from, where it exists, and to save to after each epoch. */
  readonly checkpoint?: string;
  /** After so many steps in all the run stops, and saves itself. */
  readonly stopAfter?: number;
  /** A file for `glim plot`. */
  readonly log?: string;
  readonly screen?: Screen;
}

/** Trains `net` in place; returns the share of `test` that it then names rightly. */
export async function train(
  net: Classifier,
  digits: Digits,
  test: Digits,
  { epochs, seed, batch = 128, peak = 3e-3, checkpoint, log, screen, ...options }: TrainOptions,
): Promise<number> {
  const opt = new optim.Adam(net.parameters(), { lr: peak });
  const loader = batches(digits, { size: batch, shuffle: seed });
  const steps = epochs * loader.length;
  const learn = script((images: Tensor<["B", 784]>, labels: Tensor<["B"], "i32">) => {
    opt.lr = optim.oneCycle(opt.steps, { steps, peak });
    return opt.minimize(() => {
      const logits = net.forward(images);
      return { loss: crossEntropy(logits, labels), logits };
    });
  });
  const { compile, stopAfter } = options;
  const step = compile ? await compile(learn) : learn;
  const runLog = log === undefined ? undefined : new RunLog(log);
  const parts = { net, opt, loader };
  if (checkpoint !== undefined) await loadCheckpoint(checkpoint, parts, { ifMissing: "keep" });
  while (loader.epoch < epochs) {
    const bar = progress(loader, `epoch ${loader.epoch}`, screen === undefined ? {} : { screen });
    for (const { images, labels } of bar) {
      const { loss, logits } = step(images, labels);
      const metrics = { loss: numberOf(loss), accuracy: share(logits, labels) };
      bar.report(metrics);
      runLog?.write({ step: opt.steps, ...metrics });
      if (opt.steps === stopAfter) break;
    }
    if (opt.steps === stopAfter) break;
    runLog?.write({ step: opt.steps, "test accuracy": accuracy(net, test) });
    if (checkpoint !== undefined) await saveCheckpoint(checkpoint, parts);
  }
  if (checkpoint !== undefined && opt.steps === stopAfter) await saveCheckpoint(checkpoint, parts);
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
