/** Where hosts write the bytes of parameters. */

import { FuncBuilder, plus } from "../../loop/build.ts";
import { callHeap } from "../../loop/heap.ts";
import type { LoopExpr, LoopFunc } from "../../loop/ir.ts";
import { headerBytes } from "./heap-layout.ts";

/** `glim_room(bytes)`: room for the bytes of a parameter, until the entry has read them. */
export function roomFunction(): LoopFunc {
  const b = new FuncBuilder();
  const bytes = b.param("bytes", "i32");
  b.emit({ s: "return", value: plus(callHeap("alloc", bytes), headerBytes) });
  return b.finish("glim_room", { exported: "glim_room", result: "i32" });
}

/** Gives back what a parameter's bytes lay in. */
export const freeRoom = (b: FuncBuilder, at: LoopExpr): void =>
  b.call("heap.free", [plus(at, -headerBytes)]);
