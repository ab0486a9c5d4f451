// Dropout that is shipped by accident makes answers random; dropout that is never on trains another model.
import { nn, ones, Rng, seed, type Tensor, tensor, training } from "glim";
import { describe, expect, it } from "vitest";

const listOf = (t: Tensor): number[] => Array.from(t.toTypedArray());
const inTraining = (layer: { forward(x: Tensor): Tensor }, x: Tensor): number[] =>
  training(true, () => listOf(layer.forward(x)));
const meanOf = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0) / xs.length;

describe("training mode", () => {
  it("is off, on inside of training(true), and what it was after a failure", () => {
    const m = new nn.Identity();
    expect(m.training).toBe(false);
    const seen = training(true, () => [m.training, training(false, () => m.training), m.training]);
    expect(seen).toEqual([true, false, true]);
    expect(() =>
      training(true, () => {
        throw new Error("stop");
      }),
    ).toThrow("stop");
    expect(m.training).toBe(false);
  });

  it("does not reach what is frozen, until it is no more", () => {
    const drop = new nn.Dropout();
    const inner = new nn.Sequential(drop);
    const net = new nn.Sequential(new nn.Linear(1, 1), inner);
    inner.freeze();
    const seen = (): unknown[] => training(true, () => [net, inner, drop].map((m) => m.training));
    expect(seen()).toEqual([true, false, false]);
    inner.unfreeze();
    expect(seen()).toEqual([true, true, true]);
  });
});

describe("dropout", () => {
  const x = ones([200, 50]);
  it("passes everything on, and draws nothing, outside of training", () => {
    const layer = new nn.Dropout(0.3);
    expect(layer.forward(x)).toBe(x);
    expect(layer.rng.position).toBe(0);
  });

  it("leaves out a share and keeps the mean", () => {
    const y = inTraining(new nn.Dropout(0.3), x);
    expect(new Set(y)).toEqual(new Set([0, Math.fround(1 / Math.fround(0.7))]));
    expect(y.filter((v) => v === 0).length / y.length).toBeCloseTo(0.3, 1);
    expect(meanOf(y)).toBeCloseTo(1, 1);
  });

  it("draws anew each time, and the same from the same position", () => {
    const layer = new nn.Dropout(0.5);
    const [first, second] = [inTraining(layer, x), inTraining(layer, x)];
    expect(second).not.toEqual(first);
    layer.rng.position = x.length;
    expect(inTraining(layer, x)).toEqual(second);
  });

  it("of several layers differs, and begins again with the seed", () => {
    const pair = (): number[][] => {
      seed(7);
      return [new nn.Dropout(), new nn.Dropout()].map((layer) => inTraining(layer, x));
    };
    const [a, b] = pair();
    expect(a).not.toEqual(b);
    expect(pair()).toEqual([a, b]);
    seed(0);
  });

  it("does not change the initial weights of layers made after it", () => {
    const weightAfter = (make: () => unknown): number[] => {
      seed(7);
      make();
      return listOf(new nn.Linear(3, 3).weight);
    };
    expect(weightAfter(() => new nn.Dropout())).toEqual(weightAfter(() => undefined));
    seed(0);
  });

  it("draws from a generator that is given", () => {
    const drop = (): number[] => inTraining(new nn.Dropout(0.5, { rng: new Rng(3) }), x);
    expect(drop()).toEqual(drop());
  });

  it("of shares 0 and 1 keeps all and nothing", () => {
    const y = tensor([1, -2, 3]);
    expect(inTraining(new nn.Dropout(0), y)).toEqual([1, -2, 3]);
    expect(inTraining(new nn.Dropout(1), y).map(Math.abs)).toEqual([0, 0, 0]);
    expect(inTraining(new nn.AlphaDropout(1), y).map(Math.abs)).toEqual([0, 0, 0]);
  });

  it("refuses what is no share", () => {
    expect(() => new nn.Dropout(1.5)).toThrow("1.5 is not a share from 0 to 1");
  });
});

describe.each([
  ["Dropout1d", new nn.Dropout1d(), [40, 5, 6]],
  ["Dropout2d", new nn.Dropout2d(), [40, 5, 2, 3]],
  ["Dropout3d", new nn.Dropout3d(), [40, 5, 2, 3, 1]],
] as const)("%s", (name, layer, shape) => {
  it("leaves out whole channels", () => {
    const y = inTraining(layer, ones(shape));
    const channels = Array.from({ length: 200 }, (_, i) => new Set(y.slice(6 * i, 6 * i + 6)));
    expect(channels.every((values) => values.size === 1)).toBe(true);
    expect(new Set(y)).toEqual(new Set([0, 2]));
    expect(layer.rng.position).toBe(200);
  });
  it("refuses other ranks", () => {
    expect(() => inTraining(layer, ones([2, 3]))).toThrow(`${name}: a tensor of rank 2`);
  });
});

describe("layers with dropout inside", () => {
  const x = new Rng(2).normal([5, 3, 4]);
  const first = (y: { output: Tensor }): number[] => listOf(y.output);

  it.each([
    ["RNN", (o: object) => new nn.RNN(4, 4, o)],
    ["GRU", (o: object) => new nn.GRU(4, 4, { ...o, bidirectional: true })],
    ["LSTM", (o: object) => new nn.LSTM(4, 4, o)],
  ] as const)("%s: each layer but the last loses outputs", (_, make) => {
    const layer = make({ layers: 2, dropout: 1 });
    const same = make({ layers: 2 });
    same.loadStateDict(layer.stateDict());
    expect(first(layer.forward(x))).toEqual(first(same.forward(x)));
    // The second layer then sees zeros: its weights for inputs make no difference.
    const lost = training(true, () => first(layer.forward(x)));
    for (const [name, p] of layer.namedParameters())
      if (name.startsWith("weight_ih_l1")) p.assign(p.mul(9));
    expect(training(true, () => first(layer.forward(x)))).toEqual(lost);
    expect(first(layer.forward(x))).not.toEqual(first(same.forward(x)));
  });

  it("attention loses weights of values", () => {
    const layer = new nn.MultiheadAttention(4, 2, { dropout: 1 });
    layer.outProj.bias!.assign(tensor([1, 2, 3, 4]));
    const attend = (): number[] => listOf(layer.forward(x, x, x));
    expect(training(true, attend).slice(0, 8)).toEqual([1, 2, 3, 4, 1, 2, 3, 4]);
    expect(attend().slice(0, 4)).not.toEqual([1, 2, 3, 4]);
  });

  it("freezing reaches it, and checkpoints keep where it is", () => {
    const layer = new nn.LSTM(4, 4, { layers: 2, dropout: 0.5 });
    training(true, () => layer.forward(x));
    expect(layer.dropout!.rng.position).toBe(60);
    layer.freeze();
    training(true, () => layer.forward(x));
    expect(layer.dropout!.rng.position).toBe(60);
  });
});

it("alpha dropout keeps mean and variance of SELU's values", () => {
  const x = new Rng(1).normal([20_000]);
  const y = inTraining(new nn.AlphaDropout(0.2), x);
  const mean = meanOf(y);
  expect(mean).toBeCloseTo(0, 1);
  expect(meanOf(y.map((v) => (v - mean) ** 2))).toBeCloseTo(1, 1);
  const alpha = 1.7580993408473766;
  const least = (-alpha * 0.8) / Math.sqrt((alpha ** 2 * 0.2 + 1) * 0.8);
  const share = y.filter((v) => Math.abs(v - least) < 1e-6).length / y.length;
  expect(share).toBeCloseTo(0.2, 1);
});
