/** Names of static memory, and the check that every lowering function makes alike. */

import type { FuncBuilder } from "../loop/build.ts";
import { compare, i32 } from "../loop/build.ts";
import type { LoopExpr } from "../loop/ir.ts";

/** Slots of constant size of all entries, one over the other. */
export const arenaName = "arena";
/** The first address after everything static: slots of symbolic size begin here. */
export const heapName = "heap";

export const constantName = (name: string): string => `const.${name}`;
export const stateName = (name: string): string => `state.${name}`;

/** Leaves the function with the number of a failure site unless `ok`. */
export function returnUnless(b: FuncBuilder, ok: LoopExpr, site: number): void {
  b.if(compare("eq", ok, i32(0)), () => b.emit({ s: "return", value: i32(site) }));
}
