/**
 * Innermost loops of up to 8 known rounds and a small body become that many copies of the body. This
 * makes code larger, so a pipeline asks for it only where speed is wanted more than size.
 */

import { i32, knownI32, minus, plus, times } from "../../loop/build.ts";
import type { LoopExpr, LoopStmt } from "../../loop/ir.ts";
import { expressionsOf, forEachExpr, forEachStmt, mapOperands, mapStmt } from "../../loop/walk.ts";
import type { LoopPass } from "./pass.ts";

const maxRounds = 8;
/** Expression nodes of all copies together: some 1.5 KB of wasm. */
const maxNodes = 600;

export const unrollLoops: LoopPass = {
  name: "unroll-loops",
  doc: "innermost loops of few known rounds become copies of their body",
  run(f) {
    const unroll = (body: readonly LoopStmt[]): readonly LoopStmt[] =>
      body.flatMap((s) => {
        const copies = s.s === "for" ? copiesOf(s) : undefined;
        return copies ?? [mapStmt(s, { expr: (e) => e, body: unroll })];
      });
    return { ...f, body: unroll(f.body) };
  },
};

function copiesOf(loop: LoopStmt & { readonly s: "for" }): readonly LoopStmt[] | undefined {
  const [from, to] = [knownI32(loop.from), knownI32(loop.to)];
  if (from === undefined || to === undefined) return undefined;
  const rounds = Math.max(0, Math.ceil((to - from) / loop.step));
  if (rounds > maxRounds || rounds * sizeOf(loop.body) > maxNodes) return undefined;
  return Array.from({ length: rounds }, (_, n) =>
    copyWith(loop.body, loop.name, i32(from + n * loop.step)),
  ).flat();
}

/** The number of expression nodes; infinite where there is a loop inside. */
function sizeOf(body: readonly LoopStmt[]): number {
  let size = 0;
  forEachStmt(body, (s) => {
    if (s.s === "for" || s.s === "loop") size = Number.POSITIVE_INFINITY;
    for (const e of expressionsOf(s))
      forEachExpr(e, () => {
        size++;
      });
  });
  return size;
}

/** `body` with local `name` replaced by `value`, and what that makes known folded. */
function copyWith(body: readonly LoopStmt[], name: string, value: LoopExpr): readonly LoopStmt[] {
  const expr = (e: LoopExpr): LoopExpr =>
    e.k === "local" && e.name === name ? value : fold(mapOperands(e, expr));
  const all = (statements: readonly LoopStmt[]): readonly LoopStmt[] =>
    statements.map((s) => mapStmt(s, { expr, body: all }));
  return all(body);
}

function fold(e: LoopExpr): LoopExpr {
  if (e.k !== "binary" || e.type !== "i32") return e;
  if (e.op === "add") return plus(e.a, e.b);
  if (e.op === "sub") return minus(e.a, e.b);
  return e.op === "mul" ? times(e.a, e.b) : e;
}
