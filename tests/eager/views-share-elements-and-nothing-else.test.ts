// Views cost no copy, which must never show: tensors are values.
import { type AnyTensor, arange, nn, ones, type Tensor, tensor } from "glim";
import { expect, it } from "vitest";
import { isTensor } from "#glim/runtime/eager/tensor.js";

const x = arange(24).reshape([2, 3, 4]);
const storageOf = (t: AnyTensor): unknown => {
  if (!isTensor(t)) throw new Error("not a tensor");
  return t.storage;
};
const listOf = (t: AnyTensor): number[] => Array.from(t.toTypedArray());

it.each([
  ["permute", () => x.permute([2, 0, 1])],
  ["transpose", () => x.transpose(0, -1)],
  ["narrow", () => x.narrow(1, 1, 2)],
  ["flip", () => x.flip(-1)],
  ["expand", () => x.unsqueeze(0).expand([3, 2, 3, 4])],
  ["reshape of neighbours", () => x.reshape([6, 4])],
  ["flatten", () => x.flatten(1)],
  ["squeeze", () => x.unsqueeze(1).squeeze(1)],
])("%s copies nothing", (_name, make) => {
  expect(storageOf(make())).toBe(storageOf(x));
});

it("reshape of a permuted tensor copies, in its own order", () => {
  const y = arange(6).reshape([2, 3]).transpose(0, 1).reshape([6]);
  expect(y.toList()).toEqual([0, 3, 1, 4, 2, 5]);
});

it("views of views read the right elements", () => {
  const y = x.permute([2, 0, 1]).narrow(0, 1, 2).flip(2).narrow(2, 0, 2);
  expect(y.shape).toEqual([2, 2, 2]);
  const wanted = [1, 2].flatMap((k) =>
    [0, 1].flatMap((i) => [2, 1].map((j) => i * 12 + j * 4 + k)),
  );
  expect(listOf(y)).toEqual(wanted);
  expect(listOf(y.add(0))).toEqual(wanted);
  expect(y.sum().item()).toBe(wanted.reduce((a, b) => a + b));
});

it("an expanded tensor has one value for all of its elements", () => {
  const y = tensor([[1], [2]]).expand([2, 3]);
  expect(listOf(y)).toEqual([1, 1, 1, 2, 2, 2]);
  expect(y.sum(0).toList()).toEqual([3, 3, 3]);
});

it("what is read out is a copy", () => {
  const y = ones([2]);
  y.toTypedArray()[0] = 9;
  expect(y.toList()).toEqual([1, 1]);
  const data = Float32Array.of(1, 2);
  const z = tensor(data);
  data[0] = 9;
  expect(z.toList()).toEqual([1, 2]);
});

it("assigning to a cell changes no tensor that was made from it", () => {
  const cell = new nn.Parameter(
    tensor([
      [1, 2],
      [3, 4],
    ]),
  );
  const view = cell.transpose(0, 1);
  const row = cell.narrow(0, 1, 1);
  cell.assign(cell.mul(10).transpose(0, 1));
  expect(listOf(view)).toEqual([1, 3, 2, 4]);
  expect(listOf(row)).toEqual([3, 4]);
  expect(listOf(cell)).toEqual([10, 30, 20, 40]);
  expect(listOf(cell.add(1))).toEqual([11, 31, 21, 41]);
});

it("a cell takes another tensor's value, not its future", () => {
  const [a, b] = [new nn.Parameter(ones([2])), new nn.Parameter(ones([2]))];
  a.assign(b);
  b.assign(b.add(1));
  expect(a.toList()).toEqual([1, 1]);
});

it("pipe passes through functions and modules from left to right", () => {
  const double = (t: Tensor): Tensor => t.mul(2);
  expect(ones([1, 2]).pipe(double, new nn.Flatten(0), double).toList()).toEqual([4, 4]);
});
