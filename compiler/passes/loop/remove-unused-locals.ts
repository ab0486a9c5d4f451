/** Locals that are set and never read are no longer set, where computing them does nothing else. */

import type { LoopExpr, LoopFunc, LoopStmt } from "../../loop/ir.ts";
import { expressionsOf, forEachExpr, forEachStmt, mapStmt } from "../../loop/walk.ts";
import type { LoopPass } from "./pass.ts";

export const removeUnusedLocals: LoopPass = {
  name: "remove-unused-locals",
  doc: "locals that are never read are not computed",
  run(f) {
    for (let before = f; ; ) {
      const after = removeOnce(before);
      if (after === before) return after;
      before = after;
    }
  },
};

/** `%a = %b` and `%b = …` may both go, one after the other. */
function removeOnce(f: LoopFunc): LoopFunc {
  const read = new Set<string>();
  forEachStmt(f.body, (s) => {
    for (const e of expressionsOf(s))
      forEachExpr(e, (part) => {
        // `%i = %i + 1` alone does not make %i read.
        const isOwn = s.s === "set" && part.k === "local" && part.name === s.name;
        if (part.k === "local" && !isOwn) read.add(part.name);
      });
  });
  let removed = false;
  const body = (all: readonly LoopStmt[]): readonly LoopStmt[] =>
    all.flatMap((s) => {
      if (s.s === "set" && !read.has(s.name) && isPure(s.value)) {
        removed = true;
        return [];
      }
      return [mapStmt(s, { expr: (e) => e, body })];
    });
  const rest = body(f.body);
  return removed ? { ...f, body: rest } : f;
}

/** Whether computing `e` neither changes anything nor traps. A lawful load does not trap. */
function isPure(e: LoopExpr): boolean {
  let pure = true;
  forEachExpr(e, (part) => {
    const divides = part.k === "binary" && (part.op === "div" || part.op === "rem");
    const isInteger = part.type === "i32" || part.type === "i64" || part.type === "v4i32";
    if (part.k === "call" || part.k === "memoryGrow" || (divides && isInteger)) pure = false;
  });
  return pure;
}
