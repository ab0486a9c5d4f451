/** A frame of a constant around a tensor. */

import { Arguments, isList, showArgument } from "./arguments.ts";
import { demandAtMost } from "./bounds.ts";
import { addDim, type Dim, mulDim } from "./dim.ts";
import { GradientMath } from "./gradient-math.ts";
import { affine } from "./lowering.ts";
import { type Argument, type Attrs, defineOp } from "./op.ts";
import { isValueOf, printTensorType, type Rule, type TensorType, tensorType } from "./types.ts";

export interface PadAttrs extends Attrs {
  /** Before and after, for each axis. */
  readonly widths: readonly (readonly [Dim, Dim])[];
  readonly value: number;
}

function bindPad(
  args: Readonly<Record<string, Argument>>,
  { shape }: TensorType,
  rule: Rule,
): PadAttrs {
  const given = new Arguments("pad", args, rule);
  const pairs = given.list("widths");
  if (pairs.length !== shape.length) {
    given.fail("argument", `widths needs one pair per axis: ${pairs.length} for ${shape.length}`);
  }
  const widths = pairs.map((pair): readonly [Dim, Dim] => {
    if (isList(pair) && pair.length === 2) {
      return [given.size("widths", pair[0]), given.size("widths", pair[1])];
    }
    return given.fail("argument", `widths holds ${showArgument(pair)}; write [before, after]`);
  });
  return { widths, value: given.number("value", 0) };
}

export const pad = defineOp<PadAttrs>({
  name: "pad",
  summary: "The tensor with a frame of a constant around it.",
  notes:
    "One pair [before, after] per axis, in the order of the axes (PyTorch starts with the last).",
  operands: [{ name: "x", doc: "Any shape and dtype.", dtype: "any" }],
  variadic: false,
  parameters: [
    {
      name: "widths",
      type: "readonly (readonly [number, number])[]",
      optional: false,
      doc: "Positions before and after, for every axis.",
    },
  ],
  parametersAfter: 1,
  options: [
    { name: "value", type: "number", optional: true, doc: "What the frame holds; 0 by default." },
  ],
  exposed: "internal",
  torch: "nn.functional.pad",
  bind: (args, [x], rule) => bindPad(args, x!, rule),
  type([x], { widths, value }, rule) {
    if (widths.length !== x!.shape.length) {
      rule.fail("argument", `pad: ${widths.length} pairs for ${printTensorType(x!)}`);
    }
    checkFill("pad", value, x!.dtype, rule);
    for (const [axis, pair] of widths.entries()) {
      for (const width of pair) {
        demandAtMost(0, width, rule, () => `pad: the width ${width} of axis ${axis} is negative`);
      }
    }
    const shape = x!.shape.map((size, i) => addDim(addDim(size, widths[i]![0]), widths[i]![1]));
    return tensorType(x!.dtype, shape);
  },
  gradient({ build, operands, cotangent, attrs: { widths } }) {
    const m = new GradientMath(build);
    return [
      m.slice(
        cotangent,
        widths.map(([before]) => before),
        m.shapeOf(operands[0]!),
        widths.map(() => 1),
      ),
    ];
  },
  lower: ([x], { widths, value }) => ({
    kind: "move",
    form: "pieces",
    pieces: [
      {
        operand: 0,
        from: widths.map(([before]) => before),
        to: x!.shape.map((size, i) => addDim(size, widths[i]![0])),
        index: widths.map(([before], i) => affine(i, 1, mulDim(before, -1))),
      },
    ],
    fill: value,
  }),
  samples: [
    {
      operands: ["f32[2,3]"],
      args: {
        widths: [
          [1, 0],
          [0, 2],
        ],
      },
    },
    {
      operands: ["f32[B,3]"],
      args: {
        widths: [
          [0, 0],
          [1, 1],
        ],
        value: -Infinity,
      },
    },
    { operands: ["i32[2]"], args: { widths: [[1, 1]], value: 7 } },
    { operands: ["bool[2]"], args: { widths: [[1, 1]], value: 1 } },
    { operands: ["f32[]"], args: { widths: [] } },
    {
      operands: ["f32[0,2]"],
      args: {
        widths: [
          [1, 0],
          [0, 0],
        ],
        value: 0.5,
      },
    },
  ],
});

/** A constant that fills a tensor must be a value of its dtype. */
export function checkFill(op: string, value: Dim, dtype: TensorType["dtype"], rule: Rule): void {
  if (typeof value !== "number" || isValueOf(value, dtype)) return;
  rule.fail("dtype", `${op}: ${value} is not a value of ${dtype}`);
}
