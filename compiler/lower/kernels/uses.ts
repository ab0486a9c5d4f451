/**
 * Questions that code of the interpreter asks: whether programs use what depends on the answer. The whole interpreter
 * says yes to all of them, which costs it nothing; one that is made for some packages says no where they do not, and
 * is left without.
 */

import { call, FuncBuilder, i32 } from "../../loop/build.ts";
import type { LoopExpr, LoopFunc } from "../../loop/ir.ts";

/** Questions beside those for single cases. Kernels ask some, the interpreter's own code others. */
export const generalQuestions = [
  /** Calls of functions, cells of state, sizes with quotients. */
  "calls",
  "state",
  "floors",
  /** Of contractions: positions that are left out, places around an operand, several parts of one result. */
  "holes",
  "guards",
  "parts",
  /** What element-wise operators read beside tensors; what follows on a reduction or a window. */
  "positions",
  "constants",
  "finishes",
  /** Values that are no tensors; elements that are not f32; elements that have not four bytes. */
  "values",
  "other types",
  "other sizes",
  /** Contractions of integers; reductions of one lane, and of positions. */
  "integer tiles",
  "one lane",
  "row positions",
  /** What makes programs faster and nothing else; but of f64, reductions by columns are the only ones. */
  "small tiles",
  "staying rows",
  "columns",
] as const;

export type GeneralQuestion = (typeof generalQuestions)[number];

/** The function that answers. */
export const questionName = (what: string): string => `uses ${what}`;

/** Whether programs have an operation that is this case of a function that several share. */
export const caseName = (of: string, number: number): string => `${of} ${number}`;

export const uses = (what: GeneralQuestion): LoopExpr => call("i32", questionName(what), []);
export const usesCase = (of: string, number: number): LoopExpr =>
  call("i32", questionName(caseName(of, number)), []);

/** `write`, which the interpreter has where programs use it, and eager mode always. */
export function ifUsed(
  b: FuncBuilder,
  isShared: boolean,
  what: GeneralQuestion,
  write: () => void,
): void {
  if (isShared) b.if(uses(what), write);
  else write();
}

export function questionFunction(what: string): LoopFunc {
  const b = new FuncBuilder();
  b.emit({ s: "return", value: i32(1) });
  return b.finish(questionName(what), { result: "i32" });
}
