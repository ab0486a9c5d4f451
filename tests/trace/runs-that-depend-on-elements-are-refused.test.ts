// A trace that silently took one of two ways would compute something else than its source: it must be refused,
// at the place that reads an element.

import { customGrad, nn, Rng, type Tensor, tensor, trace, zeros } from "glim";
import { describe, expect, it } from "vitest";

const x = tensor([1, -2, 3]);
const weight = new nn.Parameter(tensor([1, 2, 3]));
const rng = new Rng(1);
const constant = tensor([4]);
const swish = customGrad(
  (y: Tensor) => ({ value: y.mul(y.sigmoid()), saved: y }),
  (y, g) => [y.mul(g)],
);

const refused: readonly (readonly [string, (y: Tensor) => unknown, string])[] = [
  ["an element", (y) => (y.sum().item() > 0 ? y : y.neg()), "item of f32[]"],
  ["a list", (y) => y.add(y.toList().length), "toList of f32[3]"],
  ["a typed array", (y) => tensor(y.mul(2).toTypedArray()), "toTypedArray of f32[3]"],
  ["a text", (y) => y.add(`${y}`.length), "the text of f32[3]"],
  ["an element of a parameter", (y) => y.mul(weight.sum().item()), "item of f32[]"],
  ["a parameter itself", (y) => y.mul(weight.toList()[0]!), "toList of f32[3]"],
  ["how many elements are not zero", (y) => y.at(y.gt(0)), "item of i32[]"],
  ["random numbers", (y) => y.add(rng.normal([3])), "random numbers are drawn"],
  ["an assignment", (y) => weight.assign(y), "a parameter or buffer is written"],
  ["a gradient that is stated", (y) => swish(y), "a gradient is stated"],
];

describe("trace", () => {
  it.each(refused)("refuses %s", (_, f, message) => {
    expect(() => trace(f, x)).toThrow(expect.objectContaining({ code: "GLIM1115" }));
    expect(() => trace(f, x)).toThrow(message);
    expect(weight.toList()).toEqual([1, 2, 3]);
  });

  it("reads what depends on nothing that changes", () => {
    const twice = trace((y: Tensor) => y.mul(constant.mul(2).item()).add(y.shape[0]!), x);
    expect(twice(x).toList()).toEqual([11, -13, 27]);
  });

  it("records nothing more once it is done", () => {
    trace((y: Tensor) => y.neg(), x);
    expect(() => trace((y: Tensor) => y.sum().item(), x)).toThrow();
    expect(x.sum().item()).toBe(2);
  });

  it("takes tensors, and gives them in lists and records", () => {
    const numbers = (y: Tensor, n: number): Tensor => y.mul(n);
    expect(() => trace(numbers, x, 2)).toThrow("example 2 is no tensor");
    expect(() => trace(() => new Map([["y", zeros([1])]]))).toThrow("the function gave Map");
    expect(() => trace(async (y: Tensor) => y, x)).toThrow("the function gave Promise");
  });
});
