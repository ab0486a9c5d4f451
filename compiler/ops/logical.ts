/** Logic on bools. */

import { binarySamples, elementwise, operandsAB, operandX, unarySamples } from "./elementwise.ts";
import { binary, unary } from "./expr.ts";

export const logicalAnd = elementwise({
  name: "logicalAnd",
  summary: "Whether both elements are true.",
  notes: "Takes bool tensors only; `x.ne(0)` makes one.",
  operands: operandsAB("bool"),
  exposed: "method",
  torch: "logical_and",
  takes: ["bool"],
  result: "bool",
  expr: (a, b) => binary("and", a!, b!),
  gradient: "none",
  samples: binarySamples("bool"),
});

export const logicalOr = elementwise({
  name: "logicalOr",
  summary: "Whether at least one of both elements is true.",
  notes: "Takes bool tensors only; `x.ne(0)` makes one.",
  operands: operandsAB("bool"),
  exposed: "method",
  torch: "logical_or",
  takes: ["bool"],
  result: "bool",
  expr: (a, b) => binary("or", a!, b!),
  gradient: "none",
  samples: binarySamples("bool"),
});

export const logicalNot = elementwise({
  name: "logicalNot",
  summary: "Whether the element is false.",
  notes: "Takes bool tensors only; `x.eq(0)` does it for numbers.",
  operands: operandX("bool"),
  exposed: "method",
  torch: "logical_not",
  takes: ["bool"],
  result: "bool",
  expr: (x) => unary("not", x!),
  gradient: "none",
  samples: unarySamples("bool"),
});
