// What a user writes reaches every operator through callOp; conversions and refusals must not surprise.

import { describe, expect, it } from "vitest";
import { printTensorType, promote } from "#glim/compiler/ops/types.js";
import { call, type ReferenceTensor, tensor } from "./reference-host.ts";

const f32 = tensor("f32", [2], [1.5, -2]);
const i32 = tensor("i32", [2], [3, -4]);
const f64 = tensor("f64", [2], [1 / 3, -2]);
const u8 = tensor("u8", [2], [255, 1]);
const i8 = tensor("i8", [2], [-128, -1]);
const bool = tensor("bool", [2], [1, 0]);

const shown = (x: ReferenceTensor): string => `${printTensorType(x.type)} ${x.data.join(" ")}`;
const refusal = (name: string, ...args: readonly unknown[]): string => {
  try {
    return `accepted: ${shown(call(name, ...args))}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

describe("operands", () => {
  it("are promoted as in PyTorch", () => {
    expect(shown(call("add", f32, i32))).toBe("f32[2] 4.5 -6");
    expect(shown(call("mul", i32, bool))).toBe("i32[2] 3 0");
    expect(shown(call("where", bool, i32, f32))).toBe("f32[2] 3 -2");
    expect(shown(call("cat", [bool, i32], 0))).toBe("i32[4] 1 0 3 -4");
  });

  it("are promoted among all dtypes as PyTorch's table says, with i32 for what has no i16", () => {
    // Rows and columns: bool, u8, i8, i32, f32, f64.
    const order = ["bool", "u8", "i8", "i32", "f32", "f64"] as const;
    const rows = order.map((a) => order.map((b) => promote(a, b)).join(" "));
    expect(rows).toEqual([
      "bool u8 i8 i32 f32 f64",
      "u8 u8 i32 i32 f32 f64",
      "i8 i32 i8 i32 f32 f64",
      "i32 i32 i32 i32 f32 f64",
      "f32 f32 f32 f32 f32 f64",
      "f64 f64 f64 f64 f64 f64",
    ]);
  });

  it("of eight bits wrap around, and are added up as i32", () => {
    expect(shown(call("add", u8, 250))).toBe("u8[2] 249 251");
    expect(shown(call("mul", i8, 2))).toBe("i8[2] 0 -2");
    expect(shown(call("add", u8, i8))).toBe("i32[2] 127 0");
    expect(shown(call("sum", u8))).toBe("i32[] 256");
    expect(shown(call("cumsum", i8, 0))).toBe("i32[2] -128 -129");
    expect(shown(call("dot", tensor("u8", [1, 1], [200]), tensor("u8", [1, 1], [2])))).toBe(
      "i32[1,1] 400",
    );
    expect(refusal("add", u8, 300)).toBe(
      'add: b is 300, which does not fit in 8 bits without a sign, beside u8 tensors; convert them with to("i32")',
    );
    expect(refusal("add", i8, 0.5)).toBe(
      'add: b is 0.5, which is not an integer, beside i8 tensors; convert them with to("f32")',
    );
  });

  it("of f64 keep every digit", () => {
    expect(shown(call("add", f64, 0.1))).toBe(`f64[2] ${1 / 3 + 0.1} -1.9`);
    expect(shown(call("mul", f64, f32))).toBe("f64[2] 0.5 4");
    expect(shown(call("div", f64, i32))).toBe(`f64[2] ${1 / 3 / 3} 0.5`);
    expect(shown(call("sqrt", tensor("f64", [1], [2])))).toBe(`f64[1] ${Math.SQRT2}`);
  });

  it("become f32 where only floats make sense", () => {
    expect(shown(call("div", i32, tensor("i32", [2], [2, 8])))).toBe("f32[2] 1.5 -0.5");
    expect(shown(call("div", i32, 0.5))).toBe("f32[2] 6 -8");
    expect(shown(call("mean", bool))).toBe("f32[] 0.5");
  });

  it("are counted as i32 where bools are added up", () => {
    expect(shown(call("sum", bool))).toBe("i32[] 1");
    expect(shown(call("prod", bool, 0))).toBe("i32[] 0");
  });

  it("keep their dtype beside a number", () => {
    expect(shown(call("add", f32, 0.1))).toBe(
      `f32[2] ${Math.fround(1.5 + Math.fround(0.1))} ${Math.fround(-2 + Math.fround(0.1))}`,
    );
    expect(shown(call("sub", 10, i32))).toBe("i32[2] 7 14");
    expect(shown(call("add", i32, -0))).toBe("i32[2] 3 -4");
    expect(shown(call("eq", bool, true))).toBe("bool[2] 1 0");
  });

  it("of numbers only are f32", () => {
    expect(shown(call("where", bool, 1, 0))).toBe("f32[2] 1 0");
    expect(shown(call("where", bool, true, false))).toBe("bool[2] 1 0");
    expect(shown(call("sub", 1, 2))).toBe("f32[] -1");
  });

  it("are refused with the reason", () => {
    expect(refusal("add", i32, 0.5)).toBe(
      'add: b is 0.5, which is not an integer, beside i32 tensors; convert them with to("f32")',
    );
    expect(refusal("add", i32, 2 ** 31)).toBe(
      'add: b is 2147483648, which does not fit in 32 bits, beside i32 tensors; convert them with to("f32")',
    );
    expect(refusal("eq", bool, 1)).toBe(
      'eq: b is a number beside bools, and a number never changes a tensor\'s dtype; write true or false, or convert the tensor with to("i32") or to("f32")',
    );
    expect(refusal("mul", f32, true)).toBe("mul: b is true beside f32; write 1");
    expect(refusal("add", bool, bool)).toBe(
      'add does not take bool: a is bool[2]; convert it with to("i32") or to("f32")',
    );
    expect(refusal("logicalNot", i32)).toBe(
      'logicalNot: x must be bool, not i32[2]; convert it with to("bool")',
    );
    expect(refusal("take", f32, f32)).toBe(
      'take: index must be i32, not f32[2]; convert it with to("i32")',
    );
    expect(refusal("add", f32, "1")).toBe('add: b must be a tensor or a number, not "1"');
    expect(refusal("add", f32, [1])).toBe(
      "add: b must be a tensor or a number, not a list (make a tensor of it with tensor())",
    );
    expect(refusal("neg", { a: 1 })).toBe(
      "neg: x must be a tensor or a number, not a value of type object",
    );
    expect(refusal("permute", 3, [])).toBe("permute: x must be a tensor, not 3");
  });
});

describe("parameters and options", () => {
  const x = tensor("f32", [2, 3], [1, 2, 3, 4, 5, 6]);

  it("may be left out, or come as options alone", () => {
    expect(shown(call("sum", x))).toBe("f32[] 21");
    expect(shown(call("sum", x, undefined, { keepDim: true }))).toBe("f32[1,1] 21");
    expect(shown(call("sum", x, { keepDim: true }))).toBe("f32[1,1] 21");
    expect(shown(call("sum", x, -1, undefined))).toBe("f32[2] 6 15");
    expect(shown(call("sum", x, [0], { keepDim: undefined }))).toBe("f32[3] 5 7 9");
  });

  it("stand where users of PyTorch expect them", () => {
    const index = tensor("i32", [2, 1], [2, -3]);
    expect(shown(call("gather", x, 1, index))).toBe("f32[2,1] 3 4");
    expect(shown(call("take", x, 1, 0))).toBe("f32[3] 4 5 6");
    expect(shown(call("take", x, index, 1))).toBe("f32[2,2,1] 3 1 6 4");
    expect(shown(call("cat", [x, x], 1))).toContain("f32[2,6]");
    expect(
      shown(
        call(
          "pad",
          x,
          [
            [0, 0],
            [1, 0],
          ],
          { value: 9 },
        ),
      ),
    ).toBe("f32[2,4] 9 1 2 3 9 4 5 6");
    expect(shown(call("arange", 3, "f32"))).toBe("f32[3] 0 1 2");
    expect(shown(call("arange", 2, 8, 3))).toBe("i32[2] 2 5");
    expect(shown(call("full", [2], true))).toBe("bool[2] 1 1");
  });

  it("are refused with what to write", () => {
    expect(refusal("sum", x, 0, { keepdims: true })).toBe(
      "sum has no option keepdims; did you mean keepDim?",
    );
    expect(refusal("sum", x, { colour: 1 })).toBe(
      "sum has no option colour; its options are keepDim",
    );
    expect(refusal("sum", x, { dim: 1 })).toBe(
      "sum: dim is not an option; write x.sum(dim?, { keepDim? })",
    );
    expect(refusal("sum", x, 0, 1)).toBe(
      "sum: argument 3 (1) of 3 is one too many; write x.sum(dim?, { keepDim? })",
    );
    expect(refusal("add", f32, f32, f32)).toContain(
      "argument 3 of 3 is one too many; write add(a, b)",
    );
    expect(refusal("add", f32)).toBe("add: the argument b is missing; write add(a, b)");
    expect(refusal("gather", x, 1)).toBe(
      "gather: the argument index is missing; write x.gather(dim, index)",
    );
    expect(refusal("narrow", x, 0, 1)).toBe(
      "narrow: the argument length is missing; write x.narrow(dim, start, length)",
    );
    expect(refusal("cat", x, 0)).toBe("cat: tensors must be a list of tensors");
    expect(refusal("cat", [], 0)).toBe("cat: tensors is an empty list");
    expect(refusal("sum", x, 2)).toBe("sum: axis 2 is outside a tensor of rank 2; use -2 … 1");
    expect(refusal("sum", x, [1, -1])).toBe("sum: axis 1 is given twice");
    expect(refusal("sum", x, "0")).toBe('sum: dim must be an axis (a whole number), not "0"');
    expect(refusal("to", x, "f16")).toBe(
      'to: dtype must be one of f32, f64, i32, u8, i8, bool, not "f16"',
    );
    expect(refusal("full", [2], 0.5, "i32")).toBe("full: 0.5 is not a value of i32");
  });

  it("cannot make more axes than there may be", () => {
    expect(refusal("reshape", x, [1, 1, 1, 1, 1, 1, 1, 2, 3])).toBe(
      "reshape: the result f32[1,1,1,1,1,1,1,2,3] has 9 axes; at most 8 are possible",
    );
  });
});
