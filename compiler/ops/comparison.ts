/** Comparisons of two elements. */

import { binarySamples, elementwise, operandsAB } from "./elementwise.ts";
import { binary, type CompareName } from "./expr.ts";
import type { Op } from "./op.ts";
import type { DType } from "./types.ts";

function comparison(
  name: CompareName,
  relation: string,
  notes: string,
  takes: readonly DType[],
): Op {
  return elementwise({
    name,
    summary: `Whether the element of \`a\` is ${relation} that of \`b\`.`,
    notes,
    operands: operandsAB("same"),
    exposed: "both",
    torch: name,
    takes,
    result: "bool",
    expr: (a, b) => binary(name, a!, b!),
    gradient: "none",
    samples: binarySamples(...takes),
  });
}

const ordered = "False if either is NaN; −0 equals +0.";

export const eq = comparison("eq", "equal to", ordered, ["f32", "i32", "bool"]);
export const ne = comparison("ne", "different from", "True if either is NaN; −0 equals +0.", [
  "f32",
  "i32",
  "bool",
]);
export const lt = comparison("lt", "less than", ordered, ["f32", "i32"]);
export const le = comparison("le", "less than or equal to", ordered, ["f32", "i32"]);
export const gt = comparison("gt", "greater than", ordered, ["f32", "i32"]);
export const ge = comparison("ge", "greater than or equal to", ordered, ["f32", "i32"]);
