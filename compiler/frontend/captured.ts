/** Turns what functions capture into abstract values. */

import { capturedKind } from "../diagnostics/catalog/unsupported.ts";
import type { Context } from "./context.ts";
import type { Captured } from "./environment.ts";
import { globalName } from "./globals.ts";
import { type AbstractValue, constant, failed } from "./values.ts";

/** The abstract value of a captured one; `path` is how the program reaches it: `net.fc1`. */
export function fromCaptured(cx: Context, value: unknown, path: string): AbstractValue {
  const global = globalName(value);
  if (global !== undefined) return { kind: "builtin", name: global };
  const captured = cx.unit.environment.describe(value);
  if (captured.kind === "unknown") cx.unit.isIncomplete = true;
  return fromDescription(captured, path);
}

function fromDescription(captured: Captured, path: string): AbstractValue {
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

/** Refuses a captured value that script has no place for. */
export const capturedKindMessage = capturedKind;
