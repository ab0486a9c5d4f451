// A state that comes back changed, or a group that is silently left out, shows only as a worse model.
import { nn, ones, optim, type Tensor, tensor } from "glim";
import { describe, expect, it } from "vitest";

const parameter = (...values: number[]): nn.Parameter => new nn.Parameter(tensor(values));
const listOf = (t: { toTypedArray(): ArrayLike<number> }): number[] => Array.from(t.toTypedArray());

describe("the state of an optimiser", () => {
  const optimisers: readonly ((p: nn.Parameter[]) => optim.Optimizer)[] = [
    (p) => new optim.SGD(p, { lr: 0.1, momentum: 0.9 }),
    (p) => new optim.SGD(p, { lr: 0.1, momentum: 0.9, dampening: 0.5 }),
    (p) => new optim.Adam(p, { lr: 0.1 }),
    (p) => new optim.RMSprop(p, { lr: 0.1, centered: true, momentum: 0.5 }),
    (p) => new optim.Adagrad(p, { lr: 0.1, lrDecay: 0.5 }),
    (p) => new optim.Lion(p, { lr: 0.1 }),
  ];
  it.each(optimisers)("continues another one's steps to the bit (%#)", (make) => {
    const [p, q] = [parameter(1, -2, 3), parameter(0, 0, 0)];
    const [first, second] = [make([p]), make([q])];
    for (let i = 0; i < 3; i++) first.apply([tensor([0.3, i, -1.7])]);
    second.loadStateDict(first.stateDict());
    q.assign(p);
    expect(second.steps).toBe(3);
    for (const [opt, gradients] of [[first], [second]].map(
      ([o]) => [o!, tensor([0.1, 0.2, 0.3])] as const,
    )) {
      opt.apply([gradients]);
    }
    expect(listOf(q)).toEqual(listOf(p));
  });

  it("has names of fields and positions", () => {
    const opt = new optim.Adam([parameter(1), parameter(2, 3)], { lr: 0.1 });
    const names = ["steps", "expAvg.0", "expAvg.1", "expAvgSq.0", "expAvgSq.1"];
    expect([...opt.stateDict().keys()]).toEqual(names);
  });

  it("that does not fit changes nothing, and the error lists all of it", () => {
    const other = new optim.Adam([parameter(1, 2), parameter(3)], { lr: 0.1 });
    other.apply([ones([2]), ones([1])]);
    const opt = new optim.SGD([parameter(1)], { lr: 0.1, momentum: 0.9 });
    expect(() => opt.loadStateDict(other.stateDict())).toThrow(
      /the state dict does not fit SGD: missing: momentumBuffer\.0; surplus: expAvg\.0, expAvg\.1, /,
    );
    expect(opt.steps).toBe(0);
  });
});

describe("groups", () => {
  it("have rates of their own, which can be changed, else the optimiser's", () => {
    const [a, b] = [parameter(1), parameter(1)];
    const opt = new optim.SGD([{ parameters: [a] }, { parameters: [b], lr: 1 }], { lr: 0.5 });
    opt.apply([tensor([1]), tensor([1])]);
    expect([listOf(a), listOf(b)]).toEqual([[0.5], [0]]);
    opt.lr = 0.25;
    opt.groups[1]!.lr = 2;
    opt.apply([tensor([1]), tensor([1])]);
    expect([listOf(a), listOf(b)]).toEqual([[0.25], [-2]]);
  });

  it("frozen parameters are left out", () => {
    const head = new nn.Linear(2, 2);
    const trunk = new nn.Linear(2, 2).freeze();
    const opt = new optim.SGD([...trunk.parameters(), ...head.parameters()], { lr: 1 });
    expect(opt.parameters).toEqual(head.parameters());
  });
});

describe("refused", () => {
  const make =
    (trained: optim.Trained, options = {}) =>
    () =>
      new optim.SGD(trained, { lr: 0.1, ...options });
  const p = parameter(1);
  const adam = (options: Partial<optim.AdamOptions>) => () =>
    new optim.Adam([p], { lr: 0.1, ...options });
  it.each([
    [make([]), "there is no parameter to train"],
    [make([p, p]), "a parameter is given twice"],
    [make([{ parameters: [p] }, { parameters: [p] }]), "a parameter is given twice"],
    [make([p], { lr: -1 }), "lr must be at least 0, not -1"],
    [make([p], { lr: Number.NaN }), "lr must be at least 0, not NaN"],
    [make([p], { nesterov: true }), "nesterov needs a momentum"],
    [make([{ parameters: [p], weightDecay: -1 }]), "weightDecay must be at least 0, not -1"],
    [adam({ betas: [1, 0.9] }), "betas[0] must be at least 0 and below 1, not 1"],
    [adam({ eps: -1 }), "eps must be at least 0, not -1"],
    [() => new optim.SGD([p], { lr: 0.1 }).apply([]), "apply: 0 gradients for 1 parameters"],
    [() => new optim.SGD([p], { lr: 0.1 }).apply([ones([2, 2])]), "does not fit"],
  ])("%#: %s", (run, message) => {
    expect(run).toThrow(message);
  });
});

describe("averages of parameters", () => {
  it("follow the parameters, which have them as values only meanwhile", () => {
    const p = parameter(1, 2);
    const average = new optim.EMA([p], { decay: 0.75 });
    p.assign(tensor([5, 2]));
    average.update();
    expect(average.averaged(() => listOf(p))).toEqual([2, 2]);
    expect(() =>
      average.averaged(() => {
        throw new Error("stop");
      }),
    ).toThrow("stop");
    expect(listOf(p)).toEqual([5, 2]);
    const other = new optim.EMA([parameter(0, 0)], { decay: 0.75 });
    other.loadStateDict(average.stateDict());
    expect(other.averaged(() => listOf(other.parameters[0]!))).toEqual([2, 2]);
  });
});

it("an optimiser goes down a slope to where it is level", () => {
  const p = parameter(3, -4);
  const slope = (x: Tensor): Tensor => x.sub(tensor([1, 2])).mul(2);
  const opt = new optim.Adam([p], { lr: 0.1 });
  for (let i = 0; i < 400; i++) opt.apply([slope(p)]);
  expect(listOf(p).map((x) => x.toFixed(3))).toEqual(["1.000", "2.000"]);
});
