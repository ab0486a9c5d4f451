// Shapes are refused before anything runs; the message is all that a user has to find the mistake.

import { describe, expect, it } from "vitest";
import { GraphRule } from "#glim/compiler/graph/infer.js";
import type { Argument } from "#glim/compiler/ops/op.js";
import { printTensorType } from "#glim/compiler/ops/types.js";
import { recordOf } from "./reference-host.ts";
import { parseTensor } from "./sample-call.ts";

type Args = Readonly<Record<string, Argument>>;

interface Outcome {
  /** The result's type, or the message of the refusal. */
  readonly is: string;
  readonly demands: readonly string[];
}

function infer(name: string, operands: readonly string[], args: Args = {}): Outcome {
  const op = recordOf(name);
  const rule = new GraphRule();
  const types = operands.map(parseTensor);
  try {
    const type = op.type(types, op.bind(args, types, rule), rule);
    const sign = { equal: "=", atMost: "≤" };
    return {
      is: printTensorType(type),
      demands: rule.demands.map((d) => `${d.left} ${sign[d.relation]} ${d.right}`),
    };
  } catch (error) {
    return { is: error instanceof Error ? error.message : String(error), demands: [] };
  }
}

const result = (name: string, operands: readonly string[], args: Args = {}): string =>
  infer(name, operands, args).is;

describe("broadcasting", () => {
  it("repeats only a size written as 1", () => {
    expect(result("add", ["f32[B,1]", "f32[B,3]"])).toBe("f32[B,3]");
    expect(result("add", ["f32[1,3]", "f32[B,1]"])).toBe("f32[B,3]");
    expect(result("mul", ["f32[]", "f32[2,B]"])).toBe("f32[2,B]");
    expect(result("add", ["f32[2,3]", "f32[2,4]"])).toBe(
      "add: sizes 3 and 4 differ: f32[2,3], f32[2,4]; only a size written as 1 is repeated",
    );
  });

  it("demands that symbols are equal, or equal to a number", () => {
    expect(infer("add", ["f32[B]", "f32[T]"])).toEqual({ is: "f32[B]", demands: ["B = T"] });
    expect(infer("add", ["f32[B]", "f32[4]"])).toEqual({ is: "f32[4]", demands: ["B = 4"] });
    expect(infer("where", ["bool[B,1]", "f32[T]", "f32[]"]).is).toBe("f32[B,T]");
  });

  it("never repeats a symbol when expanding", () => {
    expect(result("expand", ["f32[1,3]"], { shape: [4, -1] })).toBe("f32[4,3]");
    expect(infer("expand", ["f32[B,3]"], { shape: [4, 3] }).demands).toEqual(["B = 4"]);
    expect(result("expand", ["f32[2,3]"], { shape: [4, 3] })).toBe(
      "expand: sizes 2 and 4 differ: f32[2,3] to [4,3]; only a size written as 1 is repeated",
    );
    expect(result("expand", ["f32[2,3]"], { shape: [3] })).toBe(
      "expand: f32[2,3] to [3] would lose axes",
    );
  });
});

describe("dot", () => {
  it("names the sizes that differ", () => {
    expect(result("dot", ["f32[B,8]", "f32[9,3]"])).toBe(
      "dot: inner sizes 8 and 9 differ: f32[B,8] · f32[9,3]",
    );
    expect(result("dot", ["f32[2,3,4]", "f32[5,4,6]"])).toBe(
      "dot: batch sizes 2 and 5 differ: f32[2,3,4] · f32[5,4,6]",
    );
    expect(result("dot", ["f32[3]", "f32[3,2]"])).toBe(
      "dot: both operands need at least two axes: f32[3] · f32[3,2]",
    );
    expect(result("dot", ["f32[2,3]", "i32[3,2]"])).toBe("dot: dtypes differ: f32[2,3] · i32[3,2]");
  });
});

describe("reshape", () => {
  it("divides sizes exactly, symbols too", () => {
    expect(result("reshape", ["f32[B,28,28]"], { shape: [-1, 784] })).toBe("f32[B,784]");
    expect(result("reshape", ["f32[B,T,6]"], { shape: [-1, 3] })).toBe("f32[2*B*T,3]");
    expect(infer("reshape", ["f32[B,6]"], { shape: [12] }).demands).toEqual(["6*B = 12"]);
  });

  it("explains what it cannot show", () => {
    expect(result("reshape", ["f32[5,2]"], { shape: [3, -1] })).toBe(
      "reshape: 10 is not a multiple of 3: cannot put the 10 elements of f32[5,2] into [3,-1]",
    );
    expect(result("reshape", ["f32[B,2]"], { shape: [4, -1] })).toBe(
      "reshape: cannot show that 4 divides 2*B: the 2*B elements of f32[B,2] into [4,-1]; write the size instead of -1",
    );
    expect(result("reshape", ["f32[0,2]"], { shape: [0, -1] })).toContain(
      "-1 can be any size when another is 0",
    );
    expect(result("reshape", ["f32[2,3]"], { shape: [4] })).toBe(
      "reshape: f32[2,3] has 6 elements, [4] has 4",
    );
    expect(result("reshape", ["f32[6]"], { shape: [-1, -1] })).toBe(
      "reshape: only one size of shape may be -1",
    );
    expect(result("reshape", ["f32[6]"], { shape: [1.5] })).toBe(
      "reshape: shape must be a whole number, zero or more, not 1.5",
    );
  });
});

describe("convolution and pooling", () => {
  it("count places with floors of symbols", () => {
    expect(result("conv", ["f32[B,3,H,8]", "f32[4,3,3,3]"], { stride: 2, padding: 1 })).toBe(
      "f32[B,4,floor((H+1)/2),4]",
    );
    expect(infer("conv", ["f32[B,3,H,8]", "f32[4,3,3,3]"]).demands).toEqual(["3 ≤ H"]);
    expect(infer("conv", ["f32[B,3,H,8]", "f32[4,3,3,3]"], { padding: 2 }).demands).toEqual([]);
    expect(result("maxPool", ["f32[B,3,H,8]"], { kernel: [2, 2] })).toBe("f32[B,3,floor((H)/2),4]");
  });

  it("say which channels, groups or windows do not fit", () => {
    expect(result("conv", ["f32[1,4,5,5]", "f32[2,3,3,3]"])).toBe(
      "conv of f32[1,4,5,5], f32[2,3,3,3]: x has 4 channels, w is for 3",
    );
    expect(result("conv", ["f32[1,4,5,5]", "f32[2,3,3,3]"], { groups: 2 })).toBe(
      "conv of f32[1,4,5,5], f32[2,3,3,3]: x has 4 channels, w is for 6 (3 in each of 2 groups)",
    );
    expect(result("conv", ["f32[1,4,5,5]", "f32[3,2,3,3]"], { groups: 2 })).toBe(
      "conv of f32[1,4,5,5], f32[3,2,3,3]: 3 output channels do not divide into 2 groups",
    );
    expect(result("conv", ["f32[1,4,2,5]", "f32[3,4,3,3]"])).toBe(
      "conv of f32[1,4,2,5], f32[3,4,3,3]: a kernel over 3 positions does not fit spatial axis 0 of 2",
    );
    expect(result("conv", ["f32[4,5,5]", "f32[3,4,3,3]"])).toContain("the same 3 to 5 axes");
    expect(result("conv", ["f32[1,4,5,5]", "f32[3,4,3,3]"], { stride: [1, 1, 1] })).toBe(
      "conv: stride has 3 entries for 2 spatial axes",
    );
    expect(result("convInputGrad", ["f32[1,3,3,3]", "f32[3,2,3,3]"], { inputSize: [5, 6] })).toBe(
      "convInputGrad of f32[1,3,3,3], f32[3,2,3,3]: g has size 3 on axis 3, the convolution gives 4",
    );
    expect(result("maxPool", ["f32[1,4,4]"], { kernel: [2, 2], padding: 2 })).toContain(
      "padding 2 is more than half of the window; at most 1",
    );
    expect(result("avgPool", ["f32[4]"], { kernel: [2, 2] })).toBe(
      "avgPool: a kernel over 2 axes does not fit f32[4]",
    );
  });
});

describe("movement", () => {
  it("checks bounds that depend on symbols at run time", () => {
    expect(infer("narrow", ["f32[B,6]"], { dim: 0, start: 1, length: 4 })).toEqual({
      is: "f32[4,6]",
      demands: ["5 ≤ B"],
    });
    expect(infer("slice", ["f32[B,6]"], { start: [-3], stop: [null] }).demands).toEqual([
      "0 ≤ B-3",
    ]);
    expect(result("slice", ["f32[B,6]"], { start: [1], stop: [null] })).toBe("f32[B-1,6]");
    expect(result("slice", ["f32[5,6]"], { start: [-99, 4], stop: [99, 2] })).toBe("f32[5,0]");
  });

  it("refuses what lies outside", () => {
    expect(result("narrow", ["f32[5,6]"], { dim: 0, start: 3, length: 3 })).toBe(
      "narrow: 3 positions from 3 on do not fit axis 0 of f32[5,6]",
    );
    expect(result("permute", ["f32[2,3]"], { dims: [0, 0] })).toBe(
      "permute: [0,0] does not name each axis of f32[2,3] once",
    );
    expect(result("pad", ["f32[2,3]"], { widths: [[1, 1]] })).toBe(
      "pad: widths needs one pair per axis: 1 for 2",
    );
    expect(result("pad", ["f32[2]"], { widths: [3] })).toBe(
      "pad: widths holds 3; write [before, after]",
    );
    expect(result("pad", ["f32[2]"], { widths: [[-1, 0]] })).toBe(
      "pad: widths must be a whole number, zero or more, not -1",
    );
    expect(result("pad", ["i32[2]"], { widths: [[1, 0]], value: 0.5 })).toBe(
      "pad: 0.5 is not a value of i32",
    );
    expect(result("cat", ["f32[2,3]", "f32[2,4]"], { dim: 0 })).toBe(
      "cat: sizes 3 and 4 of axis 1 differ: f32[2,3], f32[2,4]",
    );
    expect(result("gather", ["f32[2,3]", "i32[3,3]"], { dim: 1 })).toBe(
      "gather: index has size 3 on axis 0, x only 2: f32[2,3] at i32[3,3]",
    );
    expect(result("gather", ["f32[2,3]", "i32[3]"], { dim: 1 })).toBe(
      "gather: x and index have different ranks: f32[2,3] at i32[3]",
    );
  });
});

describe("reductions and creation", () => {
  it("say what to write instead", () => {
    expect(result("argmax", ["f32[2,3]"])).toBe(
      "argmax: dim is missing; for the position in the flattened tensor write x.reshape([-1]).argmax(0)",
    );
    expect(result("sum", ["f32[2]"], { dim: [] })).toBe(
      "sum: dim is an empty list; leave it out for all axes",
    );
    expect(result("sum", ["f32[]"], { dim: 0 })).toBe(
      "sum: axis 0 is outside a tensor of rank 0; a rank-0 tensor has no axes",
    );
    expect(result("max", ["bool[2]"])).toBe(
      'max does not take bool: x is bool[2]; convert it with to("f32")',
    );
    expect(result("arange", [], { start: 0, stop: 1, step: 0.5 })).toBe(
      'arange: 0, 0.5, 1 are not all i32; give the dtype "f32"',
    );
    expect(result("arange", [], { start: 0, stop: 5, step: 0 })).toBe(
      "arange: cannot go from 0 to 5 in steps of 0",
    );
    expect(result("arange", [], { start: 4, dtype: "bool" })).toBe(
      "arange: there is no arange of bool",
    );
  });
});
