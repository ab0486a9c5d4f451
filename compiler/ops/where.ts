/** Selection by a condition. */

import { elementwise } from "./elementwise.ts";
import { select } from "./expr.ts";
import { dtypes } from "./types.ts";

export const where = elementwise({
  name: "where",
  summary: "Elements of `a` where the condition is true, of `b` where it is false.",
  notes: "Both sides are computed; what is not chosen gets a cotangent of 0.",
  operands: [
    { name: "condition", doc: "A bool tensor, broadcast with the others.", dtype: "bool" },
    { name: "a", doc: "Chosen where the condition is true.", dtype: "same" },
    { name: "b", doc: "Chosen where the condition is false.", dtype: "same" },
  ],
  exposed: "function",
  torch: "where",
  takes: dtypes,
  result: "same",
  expr: (c, a, b) => select(c!, a!, b!),
  gradient: [undefined, (m, g, _y, c) => m.where(c!, g, 0), (m, g, _y, c) => m.where(c!, 0, g)],
  samples: [
    { operands: ["bool[2,3]", "f32[2,3]", "f32[2,3]"], args: {} },
    { operands: ["bool[B,1]", "f32[B,3]", "f32[]"], args: {} },
    { operands: ["bool[B,3]", "f32[1,3]", "f32[B,1]"], args: {} },
    { operands: ["bool[3]", "i32[2,1]", "i32[2,3]"], args: {} },
    { operands: ["bool[]", "bool[B,3]", "bool[3]"], args: {} },
    { operands: ["bool[0,3]", "f32[0,3]", "f32[1,3]"], args: {} },
  ],
});
