// The samples are how people learn to train: a loop that looks right and learns nothing would teach the wrong thing.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { seed, type Tensor, tensor } from "glim";
import { afterAll, describe, expect, it } from "vitest";
import { loadModel } from "#glim/cli/loader/load-model.js";
import { alphabet, CharRnn } from "../../samples/char-rnn/char-rnn.ts";
import * as charRnn from "../../samples/char-rnn/training.ts";
import type { Way } from "../../samples/mnist/four-ways.ts";
import { LeNet } from "../../samples/mnist/lenet.ts";
import { Mlp } from "../../samples/mnist/mlp.ts";
import { accuracy, type Digits, readDigits, train } from "../../samples/mnist/training.ts";
import * as personalize from "../../samples/personalize/personalize.ts";
import { shared } from "../shared-material.ts";

const folder = mkdtempSync(join(tmpdir(), "glim-learn-"));
afterAll(() => rmSync(folder, { recursive: true }));

const sample = (name: string): URL => new URL(`../../samples/mnist/${name}`, import.meta.url);
const digits = await readDigits(sample("t10k-1000-images.idx.gz"), sample("t10k-1000-labels.idx"));
const part = (from: number, count: number): Digits => ({
  images: digits.images.narrow(0, from, count),
  labels: digits.labels.narrow(0, from, count),
});
const [learned, unseen] = [part(0, 800), part(800, 200)];
const screen = { write: () => {} };
const weightsOf = (net: { stateDict(): Map<string, { toTypedArray(): ArrayLike<number> }> }) =>
  [...net.stateDict()].map(([name, t]) => [name, Array.from(t.toTypedArray())]);

describe("digits", () => {
  it.each([
    ["the perceptron", Mlp, 3],
    ["LeNet", LeNet, 2],
  ] as const)("%s names most that it has not seen", async (_, Net, epochs) => {
    seed(1);
    const net = new Net();
    expect(accuracy(net, unseen)).toBeLessThan(0.3);
    const share = await train(net, learned, unseen, { epochs, seed: 1, batch: 20, screen });
    expect(share).toBeGreaterThan(0.8);
  });

  it("a run that was stopped in epochs and between ends with the same weights and log", async () => {
    const run = async (name: string, ...stops: readonly (number | undefined)[]) => {
      const [checkpoint, log] = [join(folder, `${name}.ckpt`), join(folder, `${name}.jsonl`)];
      let last: Mlp | undefined;
      for (const stopAfter of stops) {
        seed(1);
        last = new Mlp();
        await train(last, learned, unseen, {
          epochs: 4,
          ...(stopAfter === undefined ? {} : { stopAfter }),
          seed: 2,
          batch: 50,
          screen,
          checkpoint,
          log,
        });
      }
      return [weightsOf(last!), readFileSync(log, "utf8")];
    };
    const whole = await run("whole", undefined);
    expect(await run("parts", 16, 37, undefined)).toEqual(whole);
  });

  it("compiled, again, resumed and eager runs end with the same weights", async () => {
    const path = fileURLToPath(new URL("../../samples/mnist/four-ways.ts", import.meta.url));
    const { exports } = await loadModel(path);
    const { fourWays } = exports as unknown as typeof import("../../samples/mnist/four-ways.ts");
    const ways: Way[] = [];
    const options = { epochs: 2, seed: 3, batch: 50, screen };
    for await (const way of fourWays("mlp", part(0, 220), unseen, options)) ways.push(way);
    expect(ways).toHaveLength(4);
    expect(new Set(ways.map((way) => way.sha256)).size).toBe(1);
    expect(new Set(ways.map((way) => way.accuracy)).size).toBe(1);
  }, 120_000);

  const all = [
    "train-images.gz",
    "train-labels-idx1-ubyte",
    "t10k-images.gz",
    "t10k-labels-idx1-ubyte",
  ];
  const files = process.env.GLIM_TRAIN ? all.map((name) => shared(`data/${name}`)) : [undefined];

  // Some minutes: GLIM_TRAIN=1 asks for it.
  it.skipIf(files.includes(undefined))(
    "LeNet names 98.2 % of MNIST's test digits after three epochs",
    async () => {
      const [images, labels, testImages, testLabels] = files as string[];
      seed(1);
      const net = new LeNet();
      const [train60k, test10k] = [
        await readDigits(images!, labels!),
        await readDigits(testImages!, testLabels!),
      ];
      expect(
        await train(net, train60k, test10k, { epochs: 3, seed: 1, screen }),
      ).toBeGreaterThanOrEqual(0.982);
    },
    1_800_000,
  );
});

describe("languages of names", () => {
  const names = {
    Italian: [
      "Abandonato",
      "Bellini",
      "Capello",
      "Donati",
      "Esposito",
      "Ferrari",
      "Grassi",
      "Lombardi",
    ],
    Japanese: [
      "Abukara",
      "Fujimoto",
      "Hayashi",
      "Ishikawa",
      "Kobayashi",
      "Nakamura",
      "Takahashi",
      "Yoshida",
    ],
    Russian: [
      "Abramovich",
      "Bogdanov",
      "Chekhov",
      "Dostoevsky",
      "Ivanov",
      "Mikhailov",
      "Petrov",
      "Zhukov",
    ],
  };

  it("are told after some hundred names, and the loss falls", () => {
    seed(2);
    const net = new CharRnn(alphabet.length, 32, 3);
    const losses = charRnn.train(net, names, { steps: 600, lr: 0.03, seed: 3 });
    const mean = (xs: readonly number[]): number => xs.reduce((a, b) => a + b) / xs.length;
    expect(mean(losses.slice(0, 50))).toBeGreaterThan(0.9);
    expect(mean(losses.slice(-50))).toBeLessThan(0.4);
    expect(charRnn.accuracy(net, names)).toBeGreaterThan(0.85);
  });

  it("letters without a place in the alphabet are read as good as possible", () => {
    expect(charRnn.encode("Ávê").toList()).toEqual([..."Ave"].map((c) => alphabet.indexOf(c)));
    expect(charRnn.encode("a1").toList()).toEqual([0, alphabet.length - 1]);
  });
});

describe("a user's own pictures", () => {
  /** Below 3, 3 to 4, and so on: kinds that the trunk was not trained for. */
  const kindsOf = ({ labels }: Digits): number[] =>
    labels.toList().map((n) => Math.floor(Number(n) / 2));

  it("are told apart after a few examples, while the trunk stays as it is", () => {
    const before = weightsOf(personalize.net.trunk);
    const few = part(0, 60);
    const rows = personalize.features(few.images as Tensor<["B", 784]>);
    const kinds = tensor(Int32Array.from(kindsOf(few)), [60]);
    const losses = Array.from({ length: 60 }, () =>
      personalize.learn(rows as never, kinds as never, 0.05),
    );
    expect(Number(losses.at(-1))).toBeLessThan(Number(losses[0]) / 5);
    const guesses = personalize
      .predict(unseen.images as Tensor<["B", 784]>)
      .argmax(-1)
      .toList();
    const wanted = kindsOf(unseen);
    const right = guesses.filter((kind, i) => kind === wanted[i]).length / wanted.length;
    expect(right).toBeGreaterThan(0.85);
    expect(weightsOf(personalize.net.trunk)).toEqual(before);
  });
});
