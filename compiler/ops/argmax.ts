/** The position of the greatest and of the least element. */

import { Arguments } from "./arguments.ts";
import { lanesOf, range } from "./gradient-math.ts";
import { type Attrs, defineOp, type Op } from "./op.ts";
import { keepDimOption, typeReduction } from "./reduction.ts";
import { numeric, tensorType } from "./types.ts";

export interface PositionAttrs extends Attrs {
  /** One axis, or none for a rank-0 operand. */
  readonly axes: readonly number[];
  readonly keepDim: boolean;
}

function position(name: "argmax" | "argmin", greatest: string): Op {
  const reduced = typeReduction(name, numeric);
  return defineOp<PositionAttrs>({
    name,
    summary: `The position of the ${greatest} element along an axis.`,
    notes: `The first one wins ties; −0 equals +0; NaN counts as ${greatest}. Along an axis of size 0 it is 0.`,
    operands: [{ name: "x", doc: "Floats or integers.", dtype: "same" }],
    variadic: false,
    parameters: [
      {
        name: "dim",
        type: "number",
        optional: true,
        doc: "The axis; may be left out where there is at most one.",
      },
    ],
    parametersAfter: 1,
    options: [keepDimOption],
    exposed: "method",
    torch: name,
    bind(args, [x], rule) {
      const given = new Arguments(name, args, rule);
      const rank = x!.shape.length;
      const keepDim = given.flag("keepDim", false);
      if (given.has("dim")) return { axes: [given.axis("dim", rank)], keepDim };
      if (rank <= 1) return { axes: range(rank), keepDim };
      return given.fail(
        "argument",
        `dim is missing; for the position in the flattened tensor write x.reshape([-1]).${name}(0)`,
      );
    },
    type(types, attrs, rule) {
      if (attrs.axes.length > 1) rule.fail("axis", `${name}: takes one axis, not [${attrs.axes}]`);
      return tensorType("i32", reduced(types, attrs, rule).shape);
    },
    gradient: "none",
    lower: ([x], { axes, keepDim }) => ({
      kind: "reduce",
      combine: name,
      axes,
      keepDim,
      lanes: lanesOf(x!.shape.length, axes),
      finish: undefined,
    }),
    samples: [
      { operands: ["f32[2,3]"], args: { dim: -1 } },
      { operands: ["f32[B,3]"], args: { dim: 1 } },
      { operands: ["i32[2,3,4]"], args: { dim: 1, keepDim: true } },
      { operands: ["f32[5]"], args: {} },
      { operands: ["f32[]"], args: {} },
      { operands: ["f32[0,3]"], args: { dim: 0 } },
    ],
  });
}

export const argmax = position("argmax", "greatest");
export const argmin = position("argmin", "least");
