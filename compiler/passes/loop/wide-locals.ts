/** Which locals and expressions hold four lanes of 64 bits, or masks of such, and which have all lanes alike. */

import type { LoopExpr, LoopFunc } from "../../loop/ir.ts";
import { isWide } from "../../loop/operation-types.ts";
import { forEachStmt } from "../../loop/walk.ts";

export interface WideLocals {
  /** Whether the value becomes two: it has lanes of 64 bits, or is what comparing such values gives. */
  readonly isSplit: (e: LoopExpr) => boolean;
  /** Whether all lanes are known to be alike, so that one half is as good as the other. */
  readonly isUniform: (e: LoopExpr) => boolean;
}

export function findWideLocals(f: LoopFunc): WideLocals {
  const given = new Set(f.params.map((p) => p.name));
  const values = new Map<string, LoopExpr[]>();
  forEachStmt(f.body, (s) => {
    if (s.s !== "set" || given.has(s.name)) return;
    const list = values.get(s.name);
    if (list) list.push(s.value);
    else values.set(s.name, [s.value]);
  });
  const namesOf = (holds: (e: LoopExpr) => boolean): Set<string> =>
    new Set([...values].filter(([, all]) => all.some(holds)).map(([name]) => name));
  const masks = namesOf((e) => e.type === "v4i32" && e.k !== "const");
  const uniform = namesOf((e) => isWide(e.type));
  const isMask = (e: LoopExpr): boolean => {
    switch (e.k) {
      case "local":
        return masks.has(e.name);
      case "compare":
        return isWide(e.a.type);
      case "unary":
        return e.op === "not" && isMask(e.a);
      case "binary":
        if (e.op !== "and" && e.op !== "or" && e.op !== "xor") return false;
        return isMask(e.a) ? isMask(e.b) || isFixed(e.b) : isFixed(e.a) && isMask(e.b);
      default:
        return false;
    }
  };
  const isUniform = (e: LoopExpr): boolean => {
    if (!isWide(e.type)) return false;
    switch (e.k) {
      case "const":
      case "splat":
        return true;
      case "load":
        return e.splat;
      case "local":
        return uniform.has(e.name);
      case "unary":
      case "bits":
        return isUniform(e.a);
      case "binary":
        return isUniform(e.a) && (e.b.type === "i32" || isUniform(e.b));
      default:
        return false;
    }
  };
  // A local is what all that is put into it is; taking it to be so, until one is found that is not.
  narrow(masks, values, (e) => isMask(e) || isFixed(e));
  narrow(uniform, values, isUniform);
  return { isSplit: (e) => isWide(e.type) || (e.type === "v4i32" && isMask(e)), isUniform };
}

/** A mask that is the same for two lanes as for four. */
const isFixed = (e: LoopExpr): boolean =>
  e.k === "const" && e.type === "v4i32" && (e.value === 0 || e.value === -1);

/** Removes names from `set` until all that is left has values of which `holds` is true. */
function narrow(
  set: Set<string>,
  values: ReadonlyMap<string, readonly LoopExpr[]>,
  holds: (e: LoopExpr) => boolean,
): void {
  for (let before = -1; before !== set.size; ) {
    before = set.size;
    for (const name of set) if (!values.get(name)!.every(holds)) set.delete(name);
  }
}
