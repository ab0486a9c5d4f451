/** Reports values that differ between paths where they are used. */

import type ts from "typescript";
import { changingShape, eitherOf } from "../diagnostics/catalog/unsupported.ts";
import type { Context } from "./context.ts";
import { demandHeap } from "./heap/allocate.ts";
import type { AbstractValue } from "./values.ts";

/** The value itself, unless the paths to here disagree on it. */
export function usable(
  cx: Context,
  value: AbstractValue,
  name: string,
  node: ts.Node,
): AbstractValue {
  if (value.kind !== "conflict") return value;
  const { reason } = value;
  switch (reason.kind) {
    case "either":
      return cx.report(node, eitherOf(name, reason.left, reason.right));
    case "shape":
      if (reason.site !== undefined) return demandHeap(cx, [reason.site], node, true);
      return cx.report(node, changingShape(name, reason.before, reason.after));
    case "length":
      return demandHeap(cx, reason.sites, node, reason.tensors);
    case "objects":
      return demandHeap(cx, reason.sites, node);
  }
}
