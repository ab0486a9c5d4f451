/** Emits the checks of sizes that are known only when running. */

import type ts from "typescript";
import type { SizeDemand } from "../graph/infer.ts";
import { type Dim, equalDim } from "../ops/dim.ts";
import type { Context } from "./context.ts";

export function checkEqualSizes(
  cx: Context,
  left: Dim,
  right: Dim,
  message: string,
  node: ts.Node,
): void {
  if (!equalDim(left, right)) cx.emit("checkEqual", [], { left, right, message }, [], node);
}

/** What an operator's rule demands of sizes. */
export function checkDemands(cx: Context, demands: readonly SizeDemand[], node: ts.Node): void {
  for (const { relation, left, right, message } of demands) {
    if (relation === "equal") checkEqualSizes(cx, left, right, message, node);
    else cx.emit("checkAtMost", [], { left, right, message }, [], node);
  }
}
