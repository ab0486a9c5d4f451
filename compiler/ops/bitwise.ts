/** Operations on the bits of integers. */

import { binarySamples, elementwise, operandsAB, operandX, unarySamples } from "./elementwise.ts";
import { type BitName, binary, unary } from "./expr.ts";
import type { Op } from "./op.ts";
import { integers } from "./types.ts";

const ofBits = (name: string, by: BitName, torch: string, summary: string, notes: string): Op =>
  elementwise({
    name,
    summary,
    notes: `Takes integers only. ${notes}`.trim(),
    operands: operandsAB("same"),
    exposed: "method",
    torch,
    takes: integers,
    result: "same",
    expr: (a, b) => binary(by, a!, b!),
    gradient: "none",
    samples: binarySamples("i32"),
  });

export const bitAnd = ofBits(
  "bitAnd",
  "and",
  "bitwise_and",
  "The bits that both elements have.",
  "For bools there is `logicalAnd`.",
);
export const bitOr = ofBits(
  "bitOr",
  "or",
  "bitwise_or",
  "The bits that at least one of both elements has.",
  "For bools there is `logicalOr`.",
);
export const bitXor = ofBits(
  "bitXor",
  "xor",
  "bitwise_xor",
  "The bits that exactly one of both elements has.",
  "For bools there is `ne`.",
);
export const shiftLeft = ofBits(
  "shiftLeft",
  "shl",
  "bitwise_left_shift",
  "The bits of `a` moved up by so many places.",
  "Counts are taken modulo 32, as in JavaScript.",
);
export const shiftRight = ofBits(
  "shiftRight",
  "shrS",
  "bitwise_right_shift",
  "The bits of `a` moved down by so many places; the sign is repeated.",
  "Counts are taken modulo 32, as in JavaScript.",
);

export const bitNot = elementwise({
  name: "bitNot",
  summary: "The bits that an element does not have.",
  notes: "Takes integers only. For bools there is `logicalNot`.",
  operands: operandX("same"),
  exposed: "method",
  torch: "bitwise_not",
  takes: integers,
  result: "same",
  expr: (x) => unary("not", x!),
  gradient: "none",
  samples: unarySamples("i32"),
});
