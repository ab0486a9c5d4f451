// All executors are compared with the reference; if it bends a rule, they all may.

import { describe, expect, it } from "vitest";
import { call, type ReferenceTensor, tensor } from "./reference-host.ts";
import { numbersFrom } from "./sample-call.ts";

const f = Math.fround;
const row = (values: ArrayLike<number>): ReferenceTensor => tensor("f32", [values.length], values);
const column = (values: ArrayLike<number>): ReferenceTensor =>
  tensor("f32", [values.length, 1], values);
const rough = (length: number): number[] => {
  const next = numbersFrom(length);
  return Array.from({ length }, () => f((next() - 0.5) * 10 ** Math.floor(next() * 6)));
};
const only = (x: ReferenceTensor): number => x.data[0]!;
const ascending = (values: readonly number[]): number => values.reduce((a, b) => f(a + b), 0);

describe("sums", () => {
  it("in one lane add block after block of 4096", () => {
    const values = rough(9000);
    const blocks = [0, 4096, 8192].map((from) => ascending(values.slice(from, from + 4096)));
    const expected = f(f(blocks[0]! + blocks[1]!) + blocks[2]!);
    expect(only(call("sum", column(values), 0))).toBe(expected);
    expect(expected).not.toBe(ascending(values));
  });

  it("in sixteen lanes combine partials as four vectors", () => {
    const values = rough(1000);
    const p = Array.from({ length: 16 }, (_, i) =>
      ascending(values.filter((_v, r) => r % 16 === i)),
    );
    const l = [0, 1, 2, 3].map((i) => f(f(p[i]! + p[4 + i]!) + f(p[8 + i]! + p[12 + i]!)));
    const expected = f(f(l[0]! + l[2]!) + f(l[1]! + l[3]!));
    expect(only(call("sum", row(values)))).toBe(expected);
    expect(expected).not.toBe(ascending(values));
  });

  it("turn a negative zero into zero, but for cotangents", () => {
    expect(only(call("sum", row([-0])))).toBe(0);
    expect(only(call("sumBack", row([-0])))).toBe(-0);
    expect(only(call("sumBack", row([-0, -0])))).toBe(-0);
    expect(only(call("sum", row([])))).toBe(0);
  });

  it("wrap around in i32", () => {
    expect(only(call("sum", tensor("i32", [2], [2 ** 31 - 1, 1])))).toBe(-(2 ** 31));
    expect(only(call("prod", tensor("i32", [2], [65537, 65537])))).toBe(131073);
  });

  it("are divided by the count in a mean", () => {
    expect(only(call("mean", row([1, 2, 4])))).toBe(f(7 / 3));
    expect(only(call("mean", row([])))).toBeNaN();
  });
});

describe("contractions", () => {
  it("add blocks of 512 positions, each from zero", () => {
    const [a, b] = [rough(1200), rough(1201).slice(1)];
    const products = a.map((x, k) => f(x * b[k]!));
    const blocks = [0, 512, 1024].map((from) => ascending(products.slice(from, from + 512)));
    const dot = call("dot", tensor("f32", [1, 1200], a), tensor("f32", [1200, 1], b));
    expect(only(dot)).toBe(f(f(blocks[0]! + blocks[1]!) + blocks[2]!));
  });

  it("multiply padding by zero and leave holes out", () => {
    const infinite = tensor("f32", [1, 1, 3], [1, Number.POSITIVE_INFINITY, 1]);
    const x = tensor("f32", [1, 1, 1], [2]);
    expect(only(call("conv", x, infinite, { padding: 1 }))).toBe(Number.POSITIVE_INFINITY);
    const atEdge = tensor("f32", [1, 1, 3], [Number.POSITIVE_INFINITY, 1, 1]);
    expect(only(call("conv", x, atEdge, { padding: 1 }))).toBeNaN();

    const g = tensor("f32", [1, 1, 2], [1, 1]);
    const w = tensor("f32", [1, 1, 2], [3, Number.POSITIVE_INFINITY]);
    const spread = call("convInputGrad", g, w, [4], { stride: 2 });
    expect([...spread.data]).toEqual([3, Number.POSITIVE_INFINITY, 3, Number.POSITIVE_INFINITY]);
  });

  it("count positions of holes", () => {
    const [O, K] = [300, 2];
    const [g, w] = [rough(O), rough(O * K)];
    const result = call(
      "convInputGrad",
      tensor("f32", [1, O, 1], g),
      tensor("f32", [O, 1, K], w),
      [2],
      {
        stride: 2,
      },
    );
    // For position 1 the first 300 positions, those of tap 0, are holes: its block ends after 212 more.
    const products = g.map((v, o) => f(v * w[o * K + 1]!));
    expect(result.data[1]).toBe(
      f(ascending(products.slice(0, 212)) + ascending(products.slice(212))),
    );
  });
});

describe("extremes", () => {
  const nan = Number.NaN;

  it("propagate NaN and order the zeros", () => {
    expect(only(call("max", row([1, nan, 2])))).toBeNaN();
    expect(only(call("max", row([-0, 0])))).toBe(0);
    expect(only(call("min", row([0, -0])))).toBe(-0);
    expect(only(call("maximum", row([-0]), row([0])))).toBe(0);
    expect(only(call("max", row([])))).toBe(Number.NEGATIVE_INFINITY);
  });

  it("have their first position at ties, NaN counting as greatest and least", () => {
    expect(only(call("argmax", row([1, 3, 3])))).toBe(1);
    expect(only(call("argmax", row([-0, 0])))).toBe(0);
    expect(only(call("argmax", row([5, nan, 9, nan])))).toBe(1);
    expect(only(call("argmin", row([5, 1, nan, 0])))).toBe(2);
  });

  it("of windows are the first of equals and never padding", () => {
    expect(only(call("maxPool", row([-0, 0]), [2]))).toBe(-0);
    expect(only(call("maxPool", row([1, nan]), [2]))).toBeNaN();
    expect([...call("maxPool", row([-5, -6]), [2], { padding: 1 }).data]).toEqual([-5, -6]);
    expect([...call("avgPool", row([-5, -6]), [2], { padding: 1 }).data]).toEqual([-2.5, -3]);
  });
});

describe("conversions", () => {
  it("truncate, saturate and take NaN for 0", () => {
    const values = [1.9, -1.9, 1e10, -1e10, Number.NaN, -0.5];
    expect([...call("to", row(values), "i32").data]).toEqual([
      1, -1, 2147483647, -2147483648, 0, 0,
    ]);
    expect([...call("to", row([0, -0, 0.1, Number.NaN]), "bool").data]).toEqual([0, 0, 1, 1]);
    expect([...call("round", row([0.5, 1.5, -0.5, 2.5])).data]).toEqual([0, 2, -0, 2]);
    expect([...call("sign", row([-0, -3, Number.NaN])).data]).toEqual([-0, -1, Number.NaN]);
  });

  it("make arange in f64 and round once", () => {
    const values = [...call("arange", 0, 1, 0.1, "f32").data];
    expect(values).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((i) => f(i * 0.1)));
  });
});

it("an index outside is an error, a negative one counts from the end", () => {
  const x = row([10, 20, 30]);
  expect(only(call("take", x, -1))).toBe(30);
  expect(() => call("take", x, 3)).toThrow(RangeError);
  expect(() => call("take", x, -4)).toThrow(RangeError);
});
