// Every builder is compared with the evaluator, so it must itself be right where rounding is subtle.

import { describe, expect, it } from "vitest";
import { evaluateExpr } from "#glim/compiler/ops/evaluate-expr.js";
import {
  add,
  arg,
  binary,
  bits,
  constant,
  convert,
  div,
  type Expr,
  mul,
  type ScalarType,
  select,
  type UnaryName,
  unary,
} from "#glim/compiler/ops/expr.js";

const [x, y] = [arg(0, "f32"), arg(1, "f32")];
const on = (op: UnaryName, type: ScalarType, value: number | bigint | boolean) =>
  evaluateExpr(unary(op, arg(0, type)), [value]);
const integers = (op: "div" | "rem" | "mul" | "shl" | "shrS" | "shrU", a: number, b: number) =>
  evaluateExpr(binary(op, arg(0, "i32"), arg(1, "i32")), [a, b]);
const longs = (op: "add" | "mul" | "shl" | "shrS" | "shrU", a: bigint, b: bigint) =>
  evaluateExpr(binary(op, arg(0, "i64"), arg(1, "i64")), [a, b]);
const converted = (value: number | bigint | boolean, from: ScalarType, to: ScalarType) =>
  evaluateExpr(convert(arg(0, from), to), [value]);

describe("floats", () => {
  it("round to f32 after each operation", () => {
    const sum = add(mul(x, y), 1);
    const product = Math.fround(Math.fround(1.1) * Math.fround(3.3));
    expect(evaluateExpr(sum, [1.1, 3.3])).toBe(Math.fround(product + 1));
    expect(evaluateExpr(div(x, y), [1, 3])).toBe(Math.fround(1 / 3));
  });

  it("round ties to even and keep the sign of zero", () => {
    expect([0.5, 1.5, 2.5, -1.5, 2.4].map((v) => on("nearest", "f64", v))).toEqual([
      0, 2, 2, -2, 2,
    ]);
    expect(on("nearest", "f64", -0.5)).toBe(-0);
    expect(on("nearest", "f64", 4503599627370497)).toBe(4503599627370497);
    expect(on("nearest", "f32", Infinity)).toBe(Infinity);
  });

  it("propagate NaN through min and max, and order −0 below +0", () => {
    expect(evaluateExpr(binary("max", x, y), [Number.NaN, 1])).toBe(Number.NaN);
    expect(evaluateExpr(binary("min", x, y), [0, -0])).toBe(-0);
    expect(evaluateExpr(binary("max", x, y), [-0, 0])).toBe(0);
  });

  it("compare false with NaN, except ne", () => {
    const results = (["eq", "lt", "ge", "ne"] as const).map((op) =>
      evaluateExpr(binary(op, x, y), [Number.NaN, Number.NaN]),
    );
    expect(results).toEqual([false, false, false, true]);
  });
});

describe("integers", () => {
  it("wrap", () => {
    expect(integers("mul", 0x12345678, 0x7654321)).toBe(Math.imul(0x12345678, 0x7654321));
    expect(longs("add", 2n ** 63n - 1n, 1n)).toBe(-(2n ** 63n));
    expect(longs("mul", 3n ** 39n, 3n ** 39n)).toBe(BigInt.asIntN(64, 3n ** 78n));
    expect(on("abs", "i32", -0x80000000)).toBe(-0x80000000);
  });

  it("take shift counts modulo the width", () => {
    expect([integers("shl", 1, 33), integers("shrS", -8, 1), integers("shrU", -1, 28)]).toEqual([
      2, -4, 15,
    ]);
    expect([longs("shl", 1n, 65n), longs("shrS", -8n, 1n), longs("shrU", -1n, 60n)]).toEqual([
      2n,
      -4n,
      15n,
    ]);
  });

  it("truncate in division and refuse a zero divisor", () => {
    expect([integers("div", -7, 2), integers("rem", -7, 2)]).toEqual([-3, -1]);
    expect(() => integers("rem", 1, 0)).toThrow(RangeError);
  });
});

describe("conversions", () => {
  it("truncate and saturate to integers, NaN to 0", () => {
    const toInt = (v: number) => converted(v, "f64", "i32");
    expect([toInt(-1.9), toInt(3e9), toInt(-Infinity), toInt(Number.NaN)]).toEqual([
      -1, 0x7fffffff, -0x80000000, 0,
    ]);
    expect(converted(1e300, "f64", "i64")).toBe(2n ** 63n - 1n);
  });

  it("round once from i64 to f32", () => {
    // Rounded to f64 first, this would land on a tie and go down to 2⁶⁰.
    expect(converted(2n ** 60n + 2n ** 36n + 1n, "i64", "f32")).toBe(2 ** 60 + 2 ** 37);
    expect(converted(-(2n ** 60n) - 2n ** 36n - 1n, "i64", "f32")).toBe(-(2 ** 60) - 2 ** 37);
    expect(converted(16777217, "i32", "f32")).toBe(16777216);
  });

  it("make truth of non-zero values and numbers of truth", () => {
    const truths = [0, -0, Number.NaN, 1e-45].map((v) => converted(v, "f32", "bool"));
    expect(truths).toEqual([false, false, true, true]);
    expect(converted(true, "bool", "f32")).toBe(1);
  });

  it("reinterpret bits", () => {
    expect(evaluateExpr(bits(arg(0, "f32"), "i32"), [-0])).toBe(-0x80000000);
    expect(evaluateExpr(bits(arg(0, "i64"), "f64"), [0x3ff0000000000000n])).toBe(1);
  });
});

describe("structure", () => {
  it("selects, and reads positions and constants", () => {
    const axis: Expr = { op: "index", type: "i32", axis: 1 };
    const chosen = select(binary("gt", axis, 2), constant("f32", 0.1), x);
    expect(evaluateExpr(chosen, [7], [0, 3])).toBe(Math.fround(0.1));
    expect(evaluateExpr(chosen, [7], [0, 2])).toBe(7);
  });

  it("computes a shared node once", () => {
    let e: Expr = x;
    for (let i = 0; i < 100; i++) e = mul(add(e, e), 0.5);
    expect(evaluateExpr(e, [3])).toBe(3);
  });
});
