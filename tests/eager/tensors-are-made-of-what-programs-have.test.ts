// The way in: lists, typed arrays, numbers. What does not make a tensor must not make a wrong one.
import { arange, full, GlimError, ones, tensor, zeros } from "glim";
import { describe, expect, it } from "vitest";

const untyped = (v: unknown): never => v as never;

it.each([
  ["a number", tensor(3), "f32", [], [3]],
  ["a boolean", tensor(true), "bool", [], [1]],
  ["a list", tensor([1, 2]), "f32", [2], [1, 2]],
  ["nested lists", tensor([[1], [2], [3]]), "f32", [3, 1], [1, 2, 3]],
  ["empty lists", tensor([[], []]), "f32", [2, 0], []],
  ["booleans", tensor([[true, false]]), "bool", [1, 2], [1, 0]],
  ["integers by dtype", tensor([1, -2], "i32"), "i32", [2], [1, -2]],
  ["booleans as numbers", tensor([true, false], "f32"), "f32", [2], [1, 0]],
  ["zeros and ones as bools", tensor([0, 1], "bool"), "bool", [2], [0, 1]],
  ["floats", tensor(Float32Array.of(0.5, 2)), "f32", [2], [0.5, 2]],
  ["floats with a shape", tensor(Float32Array.of(1, 2), [2, 1]), "f32", [2, 1], [1, 2]],
  ["integers", tensor(Int32Array.of(7), []), "i32", [], [7]],
  ["zeros", zeros([2]), "f32", [2], [0, 0]],
  ["ones of bool", ones([2], "bool"), "bool", [2], [1, 1]],
  ["full", full([1, 2], 0.1), "f32", [1, 2], [Math.fround(0.1), Math.fround(0.1)]],
  ["full of a boolean", full([1], true), "bool", [1], [1]],
  ["arange", arange(3), "i32", [3], [0, 1, 2]],
  ["a list of f64", tensor([0.1, 1 / 3], "f64"), "f64", [2], [0.1, 1 / 3]],
  ["a Float64Array", tensor(Float64Array.of(0.1, 2), [2, 1]), "f64", [2, 1], [0.1, 2]],
  ["a Uint8Array", tensor(Uint8Array.of(1, 255)), "u8", [2], [1, 255]],
  ["an Int8Array", tensor(Int8Array.of(1, -128)), "i8", [2], [1, -128]],
  ["zeros of f64", zeros([2], "f64"), "f64", [2], [0, 0]],
  ["full of i8", full([1, 2], -3, "i8"), "i8", [1, 2], [-3, -3]],
  ["arange of f64", arange(0, 1, 0.4, "f64"), "f64", [3], [0, 0.4, 0.8]],
  ["arange of u8", arange(254, 258, 1, "u8"), "u8", [4], [254, 255, 0, 1]],
  ["arange in steps", arange(5, 0, -2), "i32", [3], [5, 3, 1]],
])("%s", (_name, x, dtype, shape, elements) => {
  expect(x.dtype).toBe(dtype);
  expect(x.shape).toEqual(shape);
  expect(x.rank).toBe(shape.length);
  expect(x.length).toBe(elements.length);
  expect(Array.from(x.toTypedArray())).toEqual(elements);
});

describe("refused is", () => {
  it.each<readonly [string, string, RegExp, () => unknown]>([
    ["a row of another length", "GLIM3001", /lists of 2 and of 1/, () => tensor([[1, 2], [3]])],
    ["a value beside lists", "GLIM3001", /a value stands/, () => tensor(untyped([[1], 2]))],
    ["a list beside values", "GLIM3001", /a list stands/, () => tensor(untyped([1, [2]]))],
    [
      "a shape of other length",
      "GLIM3001",
      /3 elements do not fill \[2,2\]/,
      () => tensor(new Float32Array(3), [2, 2]),
    ],
    ["nine axes", "GLIM3001", /at most 8 axes/, () => tensor([[[[[[[[[1]]]]]]]]])],
    ["a fraction as i32", "GLIM3002", /1\.5 is not a value of i32/, () => tensor([1.5], "i32")],
    ["what u8 cannot hold", "GLIM3002", /256 is not a value of u8/, () => tensor([256], "u8")],
    ["what i8 cannot hold", "GLIM3002", /-129 is not a value of i8/, () => tensor([-129], "i8")],
    ["two as a bool", "GLIM3002", /2 is not a value of bool/, () => tensor([2], "bool")],
    [
      "an array of other elements",
      "GLIM3002",
      /no dtype for a Uint16Array/,
      () => tensor(untyped(new Uint16Array(1))),
    ],
    ["text", "GLIM3004", /string is not a number/, () => tensor(untyped(["1"]))],
    ["nothing", "GLIM3004", /undefined is not a number/, () => tensor(untyped(undefined))],
    [
      "an unknown dtype",
      "GLIM3004",
      /f32, f64, i32, u8, i8, bool/,
      () => tensor([1], untyped("f16")),
    ],
    [
      "a shape beside a list",
      "GLIM3004",
      /f32, f64, i32, u8, i8, bool/,
      () => tensor([1], untyped([1])),
    ],
    ["a negative size", "GLIM3004", /not a list of sizes/, () => tensor(new Float32Array(1), [-1])],
  ])("%s", (_name, code, message, make) => {
    try {
      make();
    } catch (error) {
      expect(error).toBeInstanceOf(GlimError);
      expect((error as GlimError).code).toBe(code);
      expect((error as GlimError).message).toMatch(message);
      return;
    }
    throw new Error("it was not refused");
  });
});

it("the caller's shape may change afterwards", () => {
  const shape = [2, 1];
  const x = tensor(Float32Array.of(1, 2), shape);
  shape[0] = 7;
  expect(x.shape).toEqual([2, 1]);
});
