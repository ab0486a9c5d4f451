// How a network starts decides whether it learns: each initialiser has the bounds and spread of its formula.
import { nn, Rng, seed, zeros } from "glim";
import { expect, it } from "vitest";

const { init } = nn;
const parameter = (...shape: number[]): nn.Parameter => new nn.Parameter(zeros(shape));
const listOf = (p: nn.Parameter): number[] => [...p.toTypedArray()];

it("uniform numbers reach their bounds, and xavier's and kaiming's theirs", () => {
  const reach = (p: nn.Parameter): number => Math.max(...listOf(p).map(Math.abs));
  const w = (): nn.Parameter => parameter(30, 10, 3);
  expect(reach(init.uniform(w(), -3, 3))).toBeCloseTo(3, 1);
  expect(reach(init.xavierUniform(w(), { gain: 2 }))).toBeCloseTo(2 * Math.sqrt(6 / 120), 2);
  expect(reach(init.kaimingUniform(w()))).toBeCloseTo(Math.sqrt(6 / 30), 2);
  const options = { mode: "fanOut", nonlinearity: "tanh" } as const;
  expect(reach(init.kaimingUniform(w(), options))).toBeCloseTo((5 / 3) * Math.sqrt(3 / 90), 2);
});

const spread = (p: nn.Parameter): number =>
  Math.sqrt(listOf(p).reduce((sum, x) => sum + x * x, 0) / p.length);

it("normal numbers have their spread, and xavier's and kaiming's theirs", () => {
  const w = (): nn.Parameter => parameter(60, 20, 3);
  expect(spread(init.normal(w(), 0, 3)) / 3).toBeCloseTo(1, 1);
  expect(init.normal(w(), 5, 1).mean().item()).toBeCloseTo(5, 1);
  expect(spread(init.xavierNormal(w(), { gain: 2 })) / (2 * Math.sqrt(2 / 240))).toBeCloseTo(1, 1);
  expect(spread(init.kaimingNormal(w())) / Math.sqrt(2 / 60)).toBeCloseTo(1, 1);
  expect(spread(new nn.Embedding(100, 30).weight)).toBeCloseTo(1, 1);
});

it("truncated normal numbers keep within their bounds", () => {
  const p = init.truncNormal(parameter(2000), { std: 2, low: -1, high: 3 });
  expect(Math.min(...listOf(p))).toBeGreaterThanOrEqual(-1);
  expect(Math.max(...listOf(p))).toBeLessThanOrEqual(3);
  expect(listOf(p).filter((x) => x > 2).length).toBeGreaterThan(50);
  expect(() => init.truncNormal(parameter(1), { low: 9, high: 10 })).toThrow(/next to no number/);
});

it("orthogonal rows, or columns, have length gain and no share of one another", () => {
  for (const [rows, columns] of [
    [3, 5],
    [5, 3],
    [4, 4],
  ] as const) {
    const p = init.orthogonal(parameter(rows, columns), { gain: 2 });
    const turned = p.transpose(0, 1);
    const gram = rows <= columns ? p.matmul(turned) : turned.matmul(p);
    const count = Math.min(rows, columns);
    gram
      .flatten()
      .toList()
      .forEach((x, at) => {
        expect(x).toBeCloseTo(at % (count + 1) === 0 ? 4 : 0, 5);
      });
  }
});

it("sparse numbers leave out their share of each column", () => {
  const p = init.sparse(parameter(10, 4), 0.25, { std: 1 });
  expect(p.eq(0).to("i32").sum(0).toList()).toEqual([3, 3, 3, 3]);
});

it("one value everywhere", () => {
  expect(listOf(init.constant(parameter(2, 1), 3))).toEqual([3, 3]);
  expect(listOf(init.ones(parameter(2)))).toEqual([1, 1]);
  expect(listOf(init.zeros(init.ones(parameter(2))))).toEqual([0, 0]);
});

it("eye and dirac pass on what they are given", () => {
  expect(listOf(init.eye(parameter(2, 3)))).toEqual([1, 0, 0, 0, 1, 0]);
  expect(listOf(init.eye(parameter(3, 2)))).toEqual([1, 0, 0, 1, 0, 0]);
  const conv = new nn.Conv1d(2, 2, 3, { padding: 1, bias: false });
  init.dirac(conv.weight);
  const x = new Rng(1).uniform([1, 2, 4]);
  expect(conv.forward(x).toTypedArray()).toEqual(x.toTypedArray());
  const grouped = init.dirac(parameter(4, 1, 1), { groups: 2 });
  expect(listOf(grouped)).toEqual([1, 0, 1, 0]);
});

it("a generator of one's own gives the same again, and the default one follows its seed", () => {
  const draw = (): number[] => listOf(init.uniform(parameter(3), 0, 1, { rng: new Rng(5) }));
  expect(draw()).toEqual(draw());
  const seeded = (n: number): number[] => {
    seed(n);
    return listOf(init.uniform(parameter(3)));
  };
  expect(seeded(1)).toEqual(seeded(1));
  expect(seeded(1)).not.toEqual(seeded(2));
});

it("what has no inputs and outputs is refused", () => {
  expect(() => init.xavierUniform(parameter(3))).toThrow(/xavierUniform: a tensor of rank 1/);
  expect(() => init.eye(parameter(3))).toThrow(/eye: a tensor of rank 1 is no matrix/);
  expect(() => init.dirac(parameter(3, 3))).toThrow(/dirac: a tensor of rank 2/);
});
