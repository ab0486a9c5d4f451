/** The order of the elements along an axis. */

import { Arguments } from "./arguments.ts";
import { type Attrs, defineOp } from "./op.ts";
import { printTensorType, tensorType } from "./types.ts";

export interface SortAttrs extends Attrs {
  readonly axis: number;
  readonly descending: boolean;
}

export const argsort = defineOp<SortAttrs>({
  name: "argsort",
  summary: "The positions along an axis at which the elements stand in order.",
  notes:
    "Equal elements keep their order, also when descending. NaN is the greatest; −0 equals +0. Bools are counted as i32.",
  operands: [{ name: "x", doc: "Floats or integers, at least one axis.", dtype: "number" }],
  variadic: false,
  parameters: [
    { name: "dim", type: "number", optional: true, doc: "The axis; the last one by default." },
  ],
  parametersAfter: 1,
  options: [
    { name: "descending", type: "boolean", optional: true, doc: "Begins with the greatest." },
  ],
  exposed: "method",
  torch: "argsort",
  bind(args, [x], rule) {
    const given = new Arguments("argsort", args, rule);
    return {
      axis: given.axis("dim", x!.shape.length, given.get("dim") ?? -1),
      descending: given.flag("descending", false),
    };
  },
  type([x], { axis }, rule) {
    if (x!.dtype === "bool") {
      rule.fail("dtype", `argsort does not take bool: x is ${printTensorType(x!)}`);
    }
    if (axis < 0 || axis >= x!.shape.length) {
      rule.fail("axis", `argsort: axis ${axis} does not fit ${printTensorType(x!)}`);
    }
    return tensorType("i32", x!.shape);
  },
  gradient: "none",
  lower: (_types, { axis, descending }) => ({ kind: "sort", axis, descending }),
  samples: [
    { operands: ["f32[2,5]"], args: {} },
    { operands: ["f32[B,4]"], args: { dim: 0, descending: true } },
    { operands: ["i32[2,7,3]"], args: { dim: 1 } },
    { operands: ["i32[B,9]"], args: { dim: -1, descending: true } },
    { operands: ["f32[3,0]"], args: { dim: 1 } },
  ],
});
