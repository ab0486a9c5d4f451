// Looking at tensors is how people debug. The texts follow the rules of PyTorch's _tensor_str.py, in
// JavaScript's words.

import { inspect } from "node:util";
import { arange, full, ones, tensor, zeros } from "glim";
import { expect, it } from "vitest";

const lines = (...text: readonly string[]): string => text.join("\n");

it.each([
  ["a number", tensor(3.5), "tensor(3.5000)"],
  ["whole numbers", tensor([1, -2, 3]), "tensor([ 1., -2.,  3.])"],
  ["fractions", tensor([0.5, 1.25]), "tensor([0.5000, 1.2500])"],
  ["small ones", tensor([1e-5, 1]), "tensor([1.0000e-05, 1.0000e+00])"],
  ["large ones", tensor([1e9, 1]), "tensor([1.0000e+09, 1.0000e+00])"],
  ["a wide range of whole numbers", tensor([1, 2000]), "tensor([1.0000e+00, 2.0000e+03])"],
  ["zeros", zeros([3]), "tensor([0., 0., 0.])"],
  ["a zero beside fractions", tensor([0, 0.25]), "tensor([0.0000, 0.2500])"],
  ["no numbers", tensor([NaN, Infinity, -1]), "tensor([nan, inf, -1.])"],
  ["integers", tensor([1, 200], "i32"), "tensor([  1, 200], dtype=i32)"],
  ["bools", tensor([true, false]), "tensor([ true, false])"],
  ["nothing", zeros([0]), "tensor([])"],
  ["nothing in two axes", zeros([0, 3]), "tensor([], shape=[0, 3])"],
  ["nothing of integers", zeros([0, 3], "i32"), "tensor([], shape=[0, 3], dtype=i32)"],
])("%s", (_name, x, text) => {
  expect(`${x}`).toBe(text);
});

it("rows stand below each other, matrices apart", () => {
  expect(`${arange(4).reshape([2, 2])}`).toBe(
    lines("tensor([[0, 1],", "        [2, 3]], dtype=i32)"),
  );
  expect(`${ones([2, 1, 2])}`).toBe(lines("tensor([[[1., 1.]],", "", "        [[1., 1.]]])"));
});

it("long rows are broken at 80 columns", () => {
  expect(`${full([14], 0.5)}`).toBe(
    lines(
      "tensor([0.5000, 0.5000, 0.5000, 0.5000, 0.5000, 0.5000, 0.5000, 0.5000, 0.5000,",
      "        0.5000, 0.5000, 0.5000, 0.5000, 0.5000])",
    ),
  );
});

it("of many elements the first and last three are shown", () => {
  expect(`${arange(1001)}`).toBe("tensor([   0,    1,    2,  ...,  998,  999, 1000], dtype=i32)");
  expect(`${zeros([1001, 2])}`).toBe(
    lines(
      "tensor([[0., 0.],",
      "        [0., 0.],",
      "        [0., 0.],",
      "        ...,",
      "        [0., 0.],",
      "        [0., 0.],",
      "        [0., 0.]])",
    ),
  );
});

it("Node's console prints the same", () => {
  const x = tensor([1, 2]);
  expect(inspect(x)).toBe(`${x}`);
});
