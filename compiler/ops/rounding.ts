/** Rounding to whole numbers. */

import { elementwise, operandX, unarySamples } from "./elementwise.ts";
import { unary } from "./expr.ts";
import type { Op } from "./op.ts";
import { isInteger, numeric } from "./types.ts";

function rounding(
  name: string,
  by: "floor" | "ceil" | "nearest" | "trunc",
  summary: string,
  notes: string,
): Op {
  return elementwise({
    name,
    summary,
    notes: `${notes} Integers stay as they are. The gradient is 0.`,
    operands: operandX("same"),
    exposed: "method",
    torch: name,
    takes: numeric,
    result: "same",
    expr: (x) => (isInteger(x!.type) ? x! : unary(by, x!)),
    gradient: [undefined],
    samples: unarySamples("f32", "i32"),
  });
}

export const floor = rounding(
  "floor",
  "floor",
  "The greatest whole number not above each element.",
  "−0, infinities and NaN stay as they are.",
);
export const ceil = rounding(
  "ceil",
  "ceil",
  "The least whole number not below each element.",
  "Elements between −1 and 0 give −0.",
);
export const round = rounding(
  "round",
  "nearest",
  "The whole number nearest to each element.",
  "Ties go to the even neighbour, as in PyTorch (`Math.round` rounds them up).",
);
export const trunc = rounding(
  "trunc",
  "trunc",
  "The whole number next to each element towards 0.",
  "Elements between −1 and 0 give −0.",
);
