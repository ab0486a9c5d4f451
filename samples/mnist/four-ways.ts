/** One run of training, made in four ways that must end with the same weights, bit for bit. */

import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type nn, seed } from "glim";
import { compile } from "glim/compiler";
import { LeNet } from "./lenet.ts";
import { Mlp } from "./mlp.ts";
import { type Digits, type TrainOptions, train } from "./training.ts";

const nets = { lenet: LeNet, mlp: Mlp };

export const isNet = (name: string): name is keyof typeof nets => Object.hasOwn(nets, name);

type Net = LeNet | Mlp;

export interface Way {
  readonly name: string;
  /** Of all weights. */
  readonly sha256: string;
  readonly accuracy: number;
  readonly seconds: number;
}

/** Trains with compiled steps, again, stopped in its middle and resumed, and eagerly; tells of each when it ends. */
export async function* fourWays(
  name: keyof typeof nets,
  digits: Digits,
  test: Digits,
  options: TrainOptions,
): AsyncGenerator<Way> {
  const folder = await mkdtemp(join(tmpdir(), "four-ways-"));
  const run = async (more: Partial<TrainOptions>, from: number): Promise<[Net, number]> => {
    seed(from);
    const net = new nets[name]();
    return [net, await train(net, digits, test, { ...options, ...more })];
  };
  const way = async (name: string, body: () => Promise<[Net, number]>): Promise<Way> => {
    const started = performance.now();
    const [net, accuracy] = await body();
    const seconds = (performance.now() - started) / 1000;
    return { name, sha256: digestOf(net), accuracy, seconds };
  };
  const steps = options.epochs * Math.ceil(digits.labels.shape[0] / (options.batch ?? 128));
  try {
    yield await way("compiled", () => run({ compile }, options.seed));
    yield await way("compiled again", () => run({ compile }, options.seed));
    yield await way("stopped in its middle and resumed", async () => {
      const checkpoint = join(folder, "middle.ckpt");
      const stopAfter = Math.ceil(steps / 2);
      await run({ compile, checkpoint, stopAfter }, options.seed);
      // Other weights at first: none of them may remain.
      return run({ compile, checkpoint }, options.seed + 1);
    });
    yield await way("eager", () => run({}, options.seed));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Of the names and bytes of all that a module holds. */
export function digestOf(net: nn.Module): string {
  const hash = createHash("sha256");
  for (const [name, t] of net.stateDict()) {
    const { buffer, byteOffset, byteLength } = t.toTypedArray();
    hash.update(name).update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest("hex");
}
