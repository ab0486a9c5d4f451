/** Turns what functions capture into abstract values. */

import type ts from "typescript";
import type { Context } from "./context.ts";
import type { Captured, CapturedMap } from "./environment.ts";
import { globalName } from "./globals.ts";
import { copyOfCaptured, copyOfMap } from "./heap/copy-captured.ts";
import { readKept, readKeptMap } from "./heap/kept-state.ts";
import { meetingSite } from "./heap/meeting-captured.ts";
import { type AbstractValue, constant, failed } from "./values.ts";

/** The abstract value of a captured one; `path` is how the program reaches it: `net.fc1`. */
export function fromCaptured(
  cx: Context,
  value: unknown,
  path: string,
  node: ts.Node,
): AbstractValue {
  const global = globalName(value);
  if (global !== undefined) return { kind: "builtin", name: global };
  const captured = cx.unit.environment.describe(value);
  if (captured.kind === "unknown") cx.unit.isIncomplete = true;
  const kept =
    cx.isStart || !("identity" in captured)
      ? undefined
      : cx.unit.kept.writtenObject(captured.identity);
  if (kept !== undefined) return readKept(cx, kept, node);
  if (captured.kind !== "map") {
    const known = fromDescription(captured, path);
    if (known.kind !== "array" && known.kind !== "object") return known;
    const meets = cx.unit.heap.isDemanded(meetingSite(cx.unit.heap, known.identity));
    return meets && !cx.isStart ? copyOfCaptured(cx, known, node) : known;
  }
  return cx.isStart ? copyOfMap(cx, captured, path, node) : readKeptMap(cx, captured, path, node);
}

function fromDescription(captured: Exclude<Captured, CapturedMap>, path: string): AbstractValue {
  switch (captured.kind) {
    case "unknown":
      return failed;
    case "primitive":
      return constant(captured.value);
    case "tensor":
    case "cell":
      return { kind: "tensor", tensor: captured, path };
    case "list":
      return { kind: "array", identity: captured.identity, path };
    case "object":
      return { ...captured, path };
    default:
      return captured;
  }
}
