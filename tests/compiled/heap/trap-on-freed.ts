/**
 * Makes releasing what has been given back a trap, which the compiled code passes over: a count that is
 * one too few must not go unseen because nothing happens to read the block.
 */

import { compare, i32, load, local } from "#glim/compiler/loop/build.js";
import type { LoopFunc, LoopModule, LoopStmt } from "#glim/compiler/loop/ir.js";

/** `release.T(p)` traps where `p` is a block whose count is 0. */
export function trapOnFreed(m: LoopModule): LoopModule {
  return { ...m, funcs: m.funcs.map(guarded) };
}

function guarded(f: LoopFunc): LoopFunc {
  const [param] = f.params;
  if (!f.name.startsWith("release.") || !param) return f;
  const p = local(param.name, param.type);
  const count = load({ element: "i32", base: p, index: i32(0) });
  const isFreed = compare("eq", count, i32(0));
  // 0 refers to nothing, and what is released with it is nothing.
  const trap: LoopStmt = { s: "if", c: isFreed, whenTrue: [{ s: "trap" }], whenFalse: [] };
  return { ...f, body: [{ s: "if", c: p, whenTrue: [trap], whenFalse: [] }, ...f.body] };
}
