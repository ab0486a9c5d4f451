// Packing the weights of a convolution in each call was a tenth of a model's time: they stay packed, which must not be seen.

import { expect, it } from "vitest";
import { openSync } from "#glim/runtime/package/open.js";
import { interpreter } from "./compare-package.ts";
import { packageText } from "./sample-package.ts";

const source = `
import { nn, script, tensor, type Tensor } from "glim";

const conv = new nn.Conv2d(3, 10, 3, { padding: 1 });
const table = tensor(Float32Array.from({ length: 84 }, (_, i) => i % 11), [12, 7]);

export const run = script((x: Tensor<["B", 3, "H", 6]>) => conv.forward(x));
/** Few columns change places with the rows. */
export const mix = script((x: Tensor<[7, "N"]>) => table.matmul(x));
`;

const opened = packageText(source);

const image = (batch: number, height: number) => {
  const shape = [batch, 3, height, 6];
  const length = shape.reduce((n, d) => n * d, 1);
  return { data: Float32Array.from({ length }, (_, i) => Math.cos(i * batch)), shape };
};

it("gives the same bits in the first call and in later ones, with any sizes", async () => {
  const { bytes } = await opened;
  const model = openSync(bytes, interpreter);
  for (const [batch, height] of [
    [1, 6],
    [1, 6],
    [3, 4],
    [1, 6],
    [2, 9],
    [3, 4],
  ] as const) {
    const fresh = openSync(bytes, interpreter);
    const x = image(batch, height);
    expect(model.run!(x)).toEqual(fresh.run!(x));
  }
  for (const columns of [9, 9, 2, 9, 9, 2, 30]) {
    const fresh = openSync(bytes, interpreter);
    const x = { data: Float32Array.from({ length: 7 * columns }, Math.sqrt), shape: [7, columns] };
    expect(model.mix!(x)).toEqual(fresh.mix!(x));
  }
});

it("keeps nothing where the host bounds the memory", async () => {
  const { bytes } = await opened;
  const model = openSync(bytes, interpreter, { memory: 4 << 20 });
  const x = image(2, 6);
  const first = model.run!(x);
  for (let i = 0; i < 3; i++) expect(model.run!(x)).toEqual(first);
});
