/** Programs to begin with. */

export const examples: Readonly<Record<string, string>> = {
  "A tensor program": `import { script, type Tensor } from "glim";

/** Scales each row so that its elements sum to 1. */
export const normalize = script((x: Tensor<["B", 3]>) => {
  const sums = x.sum(-1, { keepDim: true });
  return x.div(sums.maximum(1));
});
`,
  "Two errors": `import { script, type Tensor } from "glim";

export const step = script((x: Tensor<["B", 3]>, w: Tensor<[4, 2]>) => {
  if (x.sum()) return x;
  return x.matmul(w).relu();
});
`,
  "A layer": `import { nn, script, seed, type Tensor } from "glim";

seed(1);
const fc = new nn.Linear(4, 2);

export const classify = script((x: Tensor<["B", 4]>) => x.pipe(fc).softmax(-1));

console.log(fc.weight.shape);
`,
  "Texts and maps": `import { script } from "glim";

export const count = script((text: string) => {
  const counts = new Map<string, number>();
  for (const c of text) counts.set(c, (counts.get(c) ?? 0) + 1);
  return counts;
});
`,
  "A gradient": `import { grad, script, type Tensor } from "glim";

const energy = (x: Tensor<[3]>) => x.mul(x).mul(x).sum();

/** 3 x², element by element. */
export const slope = script((x: Tensor<[3]>) => grad(energy)(x));
`,
  "Loops and state": `import { nn, script, zeros } from "glim";

const total = new nn.Buffer(zeros([2]));

export const add = script((n: number) => {
  let i = 0;
  while (i < n) {
    total.assign(total.add(i));
    i += 1;
  }
  return total.add(0);
});
`,
};
