// A model that loads its weights need not draw those it starts from, and one that does not must start from the numbers
// that it always had: whenever they are drawn, whatever happens meanwhile.

import { grad, nn, seed, type Tensor, zeros } from "glim";
import { expect, it } from "vitest";
import { defaultRng, startAnew } from "#glim/stdlib/random/default-rng.js";
import { KeptDraws } from "#glim/stdlib/random/kept-draws.js";

const bound = (inputs: number): number => 1 / Math.sqrt(inputs);

/** What the layers below start from, drawn at once. */
function drawnAtOnce(): readonly Float32Array[] {
  seed(7);
  const rng = defaultRng();
  const weights = [
    rng.uniform([50, 60], -bound(60), bound(60)),
    rng.uniform([50], -bound(60), bound(60)),
    rng.normal([9, 5]),
    rng.uniform([4, 3, 3, 3], -bound(27), bound(27)),
  ];
  return [...weights, rng.uniform([3])].map((x) => x.toTypedArray());
}

interface Layers {
  readonly weights: readonly Tensor[];
  readonly next: Tensor;
}

function layers(): Layers {
  seed(7);
  const linear = new nn.Linear(60, 50);
  const rows = new nn.Embedding(9, 5);
  const conv = new nn.Conv2d(3, 4, 3, { bias: false });
  const weights = [linear.weight, linear.bias!, rows.weight, conv.weight];
  return { weights, next: defaultRng().uniform([3]) };
}

const numbers = ({ weights, next }: Layers) => [...weights, next].map((x) => x.toTypedArray());

it("they are those that are drawn at once, in any order", () => {
  const wanted = drawnAtOnce();
  expect(numbers(layers())).toEqual(wanted);
  const { weights, next } = layers();
  seed(3);
  const late = [next, ...weights.toReversed()].map((x) => x.toTypedArray());
  expect(late.toReversed()).toEqual(wanted);
});

it("operators, views and gradients find them", () => {
  const [wanted] = drawnAtOnce();
  const transposed = layers().weights[0]!.permute([1, 0]);
  expect(transposed.permute([1, 0]).toTypedArray()).toEqual(wanted);
  const [w] = layers().weights;
  const slope = grad((x: Tensor) => x.mul(w!).sum())(zeros([50, 60]));
  expect(slope.toTypedArray()).toEqual(wanted);
});

it("what nobody reads is not drawn, and nothing is drawn again for the same program", () => {
  const kept = new KeptDraws();
  let drawn = 0;
  const { of } = KeptDraws.prototype;
  const counted =
    <R>(draw: () => R) =>
    (): R => {
      drawn++;
      return draw();
    };
  kept.of = (key, draw) => of.call(kept, key, counted(draw));
  const load = (): readonly Float32Array[] => {
    kept.begin();
    const restore = startAnew(kept);
    const made = layers();
    restore();
    return made.weights.slice(0, 3).map((x) => x.toTypedArray());
  };
  const wanted = drawnAtOnce().slice(0, 3);
  expect(load()).toEqual(wanted);
  expect(drawn).toBe(3);
  expect(load()).toEqual(wanted);
  expect(drawn).toBe(3);
});
