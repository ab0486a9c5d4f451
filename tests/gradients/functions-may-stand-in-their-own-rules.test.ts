// The gradient of `exp` is `exp`: a rule that calls its own function must end where nobody asks for more, and be the
// rule, not what could be derived from the value, wherever somebody does.

import { customGrad, grad, type Tensor, tensor } from "glim";
import { describe, expect, it } from "vitest";
import { bothWays, expectSameBits } from "./both-ways.ts";
import { plainValue } from "./plain-value.ts";

const both = bothWays("fixtures/gradients/own-rules.ts");
const x = [0.5, -1.25, 2];

describe("eager and compiled give the same bits", () => {
  it.each([
    ["plain", x],
    ["once", x],
    ["two", x],
    ["three", x],
    ["mixed", x, [1, -2, 0.25]],
    ["looped", x, 0],
    ["looped", x, 3],
  ] as const)("%s", (name, ...args) => expectSameBits(both, name, args));
});

it("the second derivative is the rule's", () => {
  const found = both.compiled.entries.oddTwice!(new Float32Array(x));
  // (sin x + 1)′ by the rule is sin x + 1 again; derived from the value it would be cos x.
  const wanted = tensor(x.map((n) => Math.fround(Math.sin(n)))).add(1);
  expect(plainValue(found)).toEqual(plainValue(wanted));
});

it("a rule that gives a tensor alone is refused", () => {
  const wrong = Reflect.apply(customGrad, undefined, [
    (y: Tensor) => ({ value: y.mul(2), saved: y }),
    (_: Tensor, g: Tensor) => g,
  ]);
  expect(() => grad((y: Tensor) => wrong(y).sum())(tensor([1]))).toThrow(
    "customGrad: backward gives a tensor, not a list with a gradient, or undefined, for each argument",
  );
});
