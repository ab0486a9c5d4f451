/** Comparisons of two elements. */

import { binarySamples, elementwise, operandsAB } from "./elementwise.ts";
import { binary, type CompareName } from "./expr.ts";
import type { Op } from "./op.ts";
import type { DType } from "./types.ts";
import { dtypes, numeric } from "./types.ts";

function comparison(
  name: CompareName,
  relation: string,
  notes: string,
  takes: readonly DType[],
): Op {
  const samplesOf = takes.filter((d) => d === "f32" || d === "i32" || d === "bool");
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
    samples: binarySamples(...samplesOf),
  });
}

const ordered = "False if either is NaN; −0 equals +0.";

export const eq = comparison("eq", "equal to", ordered, dtypes);
export const ne = comparison(
  "ne",
  "different from",
  "True if either is NaN; −0 equals +0.",
  dtypes,
);
export const lt = comparison("lt", "less than", ordered, numeric);
export const le = comparison("le", "less than or equal to", ordered, numeric);
export const gt = comparison("gt", "greater than", ordered, numeric);
export const ge = comparison("ge", "greater than or equal to", ordered, numeric);
