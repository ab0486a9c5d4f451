/** The operators that the text of Loop IR writes between their operands. */

import type { BinaryOp, CompareOp } from "./ir.ts";

export interface Infix {
  readonly symbol: string;
  /** Higher binds tighter; all group to the left. */
  readonly precedence: number;
  readonly node:
    | { readonly k: "binary"; readonly op: BinaryOp }
    | { readonly k: "compare"; readonly op: CompareOp };
}

const binary = (symbol: string, precedence: number, op: BinaryOp): Infix => ({
  symbol,
  precedence,
  node: { k: "binary", op },
});
const compare = (symbol: string, op: CompareOp): Infix => ({
  symbol,
  precedence: 1,
  node: { k: "compare", op },
});

export const infixes: readonly Infix[] = [
  binary("*", 7, "mul"),
  binary("/", 7, "div"),
  binary("+", 6, "add"),
  binary("-", 6, "sub"),
  binary("<<", 5, "shl"),
  binary(">>", 5, "shrS"),
  binary(">>>", 5, "shrU"),
  binary("&", 4, "and"),
  binary("^", 3, "xor"),
  binary("|", 2, "or"),
  compare("==", "eq"),
  compare("!=", "ne"),
  compare("<", "lt"),
  compare("<=", "le"),
  compare(">", "gt"),
  compare(">=", "ge"),
];

/** `rem`, `min`, `ltU` …: written as calls. */
export const prefixedBinaries: readonly BinaryOp[] = [
  "rem",
  "min",
  "max",
  "pmin",
  "pmax",
  "copysign",
];
export const prefixedCompares: readonly CompareOp[] = ["ltU"];
