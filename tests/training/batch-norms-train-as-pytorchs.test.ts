// Running statistics that are a little off show only later, when the trained model is used.
import { readFileSync } from "node:fs";
import { nn, ones, type Tensor, tensor, training } from "glim";
import { describe, expect, it } from "vitest";
import { type Stored, tensorOf } from "../fixtures/layers/cases.ts";

interface Case {
  readonly before: Readonly<Record<string, Stored>>;
  readonly inputs: readonly Stored[];
  readonly outputs: readonly Stored[];
  readonly after: Readonly<Record<string, Stored>>;
}
const file = new URL("../fixtures/training/batch-norms.json", import.meta.url);
const cases: Readonly<Record<string, Case>> = JSON.parse(readFileSync(file, "utf8"));

type Layer = nn.BatchNorm1d | nn.BatchNorm2d | nn.BatchNorm3d;
const layers: Readonly<Record<string, Layer>> = {
  BatchNorm1d: new nn.BatchNorm1d(3),
  BatchNorm2d: new nn.BatchNorm2d(2, { momentum: 0.3, eps: 1e-3 }),
  BatchNorm3d: new nn.BatchNorm3d(2, { affine: false }),
  withoutStatistics: new nn.BatchNorm2d(2, { trackRunningStats: false }),
};

function expectClose(found: Iterable<number>, wanted: Stored): void {
  const due = tensorOf(wanted).toTypedArray();
  [...found].forEach((x, i) => {
    expect(Math.abs(x - due[i]!), `element ${i}`).toBeLessThanOrEqual(
      1e-5 * Math.max(Math.abs(due[i]!), 1),
    );
  });
}

it.each(Object.entries(layers))("%s", (name, layer) => {
  const { before, inputs, outputs, after } = cases[name]!;
  layer.loadStateDict(new Map(Object.entries(before).map(([key, t]) => [key, tensorOf(t)])));
  inputs.forEach((x, i) => {
    const y = training(true, () => layer.forward(tensorOf(x) as Tensor));
    expectClose(y.toTypedArray(), outputs[i]!);
  });
  const state = [...layer.stateDict().values()];
  expect(state.length).toBe(Object.keys(after).length);
  Object.values(after).forEach((wanted, i) => {
    expectClose(state[i]!.toTypedArray(), wanted);
  });
});

describe("a batch norm", () => {
  it("changes nothing of itself outside of training", () => {
    const layer = new nn.BatchNorm1d(2);
    layer.forward(
      tensor([
        [1, 2],
        [3, 4],
      ]),
    );
    expect([...layer.runningMean!.toTypedArray()]).toEqual([0, 0]);
    expect(layer.numBatchesTracked!.item()).toBe(0);
  });

  it("that is frozen does not, either, while others train", () => {
    const net = new nn.Sequential(new nn.BatchNorm1d(2).freeze(), new nn.BatchNorm1d(2));
    training(true, () =>
      net.forward(
        tensor([
          [1, 2],
          [3, 4],
        ]),
      ),
    );
    const counts = [...net.stateDict()].filter(([name]) => name.endsWith("Tracked"));
    expect(counts.map(([, t]) => t.item())).toEqual([0, 1]);
  });

  it("refuses to train with one value for each channel", () => {
    expect(() => training(true, () => new nn.BatchNorm1d(2).forward(ones([1, 2])))).toThrow(
      "one value for each channel has no variance",
    );
  });
});
