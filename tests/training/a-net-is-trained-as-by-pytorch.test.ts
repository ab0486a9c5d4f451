// Gradients, optimiser, clipping and batch statistics may each be right and still not fit together.
import { readFileSync } from "node:fs";
import { crossEntropy, nn, optim, type Tensor, tensor, valueAndGrad } from "glim";
import { expect, it } from "vitest";
import { type Stored, tensorOf } from "../fixtures/layers/cases.ts";

interface Steps {
  readonly before: Readonly<Record<string, Stored>>;
  readonly images: Stored;
  readonly labels: Stored;
  readonly losses: readonly number[];
  readonly after: Readonly<Record<string, Stored>>;
}
const file = new URL("../fixtures/training/net-steps.json", import.meta.url);
const steps: Steps = JSON.parse(readFileSync(file, "utf8"));

const makeNet = (): nn.Sequential =>
  new nn.Sequential(
    // Before a batch norm a bias has no gradient but rounding errors, which Adam would enlarge.
    new nn.Conv2d(1, 4, 3, { bias: false }),
    new nn.BatchNorm2d(4),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Flatten(),
    new nn.Linear(36, 5),
    new nn.Tanh(),
    new nn.Linear(5, 3),
  );
const stateOf = (state: Steps["before"]) =>
  new Map(Object.entries(state).map(([k, t]) => [k, tensorOf(t)]));

it("ten steps give PyTorch's losses and parameters", () => {
  const net = makeNet();
  net.loadStateDict(stateOf(steps.before));
  const opt = new optim.AdamW(net.parameters(), { lr: 0.01 });
  const [images, labels] = [tensorOf(steps.images), tensorOf(steps.labels)];
  steps.losses.forEach((due, i) => {
    const [x, y] = [images.at(i) as Tensor, labels.at(i).to("i32")];
    const loss = () => crossEntropy(net.forward(x) as Tensor, y);
    const { value, grads } = valueAndGrad(loss, opt.parameters)();
    opt.apply(optim.clipNorm(grads, 1));
    expect(value.item(), `step ${i}`).toBeCloseTo(due, 4);
  });
  const wanted = makeNet();
  wanted.loadStateDict(stateOf(steps.after));
  for (const [name, t] of wanted.stateDict()) {
    const due = t.toTypedArray();
    net
      .stateDict()
      .get(name)!
      .toTypedArray()
      .forEach((x, i) => {
        expect(Math.abs(x - due[i]!), `${name} ${i}`).toBeLessThan(1e-4);
      });
  }
});

it("minimize makes that step, in training mode, and returns what it was given", () => {
  const run = (step: (opt: optim.SGD, f: () => Tensor) => Tensor) => {
    const p = new nn.Parameter(tensor([1, 2]));
    const opt = new optim.SGD([p], { lr: 0.5 });
    const value = step(opt, () => p.mul(p).sum());
    return [value.item(), ...p.toTypedArray()];
  };
  expect(run((opt, f) => opt.minimize(f))).toEqual([5, 0, 0]);
  expect(run((opt, f) => opt.minimize(() => ({ loss: f(), name: "aux" })).loss)).toEqual([5, 0, 0]);
  const drop = new nn.Dropout();
  const seen: boolean[] = [];
  run((opt, f) =>
    opt.minimize(() => {
      seen.push(drop.training);
      return f();
    }),
  );
  expect([seen, drop.training]).toEqual([[true], false]);
});

it("minimize changes nothing of parameters that are not the optimiser's", () => {
  const [head, trunk] = [new nn.Linear(2, 1), new nn.Linear(2, 2)];
  const before = [...trunk.weight.toTypedArray()];
  const opt = new optim.SGD(head.parameters(), { lr: 0.1 });
  const loss = () =>
    head
      .forward(trunk.forward(tensor([[1, 2]])))
      .square()
      .sum();
  const losses = Array.from({ length: 20 }, () => Number(opt.minimize(loss).item()));
  expect(losses.at(-1)).toBeLessThan(losses[0]! / 10);
  expect([...trunk.weight.toTypedArray()]).toEqual(before);
});
