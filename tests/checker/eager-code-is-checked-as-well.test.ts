// A training loop is never compiled, and yet `if (loss)` in it is always true: JavaScript has no hook for
// conditions and `===`, so only looking at the source can find it.

import { expect, test } from "vitest";
import { check } from "./check-files.ts";

const program = `import { math, nn, ones, type Tensor } from "glim";

const a = ones([3]);
const b = ones([3]);
if (a) console.log("always");
const same = a === b;
const not = !a;
const both = a.gt(0) && b;
const sum = a + b;
const negative = -a;
const greater = a > 0;
a.add(1);
while (a.lt(1)) break;

function scale(x: Tensor, n: number): Tensor {
  return x.mul(Math.exp(n)).add(n ** 2);
}

/** What has nothing to do with tensors may use all of JavaScript. */
const rate = (step: number): number => Math.exp(-step) + step ** 2;

function maybe(x: Tensor | undefined): Tensor {
  // Asks whether it is there, which is what it says.
  return x ? x : a;
}

class Layer extends nn.Module {
  readonly bias: nn.Parameter | undefined = undefined;
  forward(x: Tensor): Tensor {
    return this.bias === undefined ? x : x.add(this.bias);
  }
}
export const shown = [same, not, both, sum, negative, greater, scale, rate, maybe, Layer, math];
`;

test("what means nothing on tensors is found wherever it stands", () => {
  const { found } = check({ "model.ts": program });
  expect(found.map(({ code, text }) => `${code} ${text}`)).toEqual([
    "GLIM1101 a",
    "GLIM1102 a === b",
    "GLIM1101 a",
    "GLIM1101 a.gt(0)",
    "GLIM1103 a + b",
    "GLIM1103 -a",
    "GLIM1103 a > 0",
    "GLIM1104 a.add(1)",
    "GLIM1101 a.lt(1)",
    "GLIM1201 Math.exp(n)",
    "GLIM1202 n ** 2",
  ]);
});

test("it takes the place of what TypeScript says there, and is said once in compiled code", () => {
  const text = `import { ones, script, type Tensor } from "glim";
export const f = script((x: Tensor<["B", 4]>) => (x > 1 ? x : x.neg()));
const y = ones([2]) + 1;
const z: string = 3;
`;
  const { found } = check({ "model.ts": text }, true);
  expect(found.map((d) => `${d.code} ${d.text}`)).toEqual([
    "GLIM1103 x > 1",
    "GLIM1103 ones([2]) + 1",
    "GLIM2001 z",
  ]);
});
