/** Lowers what the library asks of numbers and texts of ranges that only a run tells. */

import type ts from "typescript";
import { notKnown } from "../diagnostics/catalog/types.ts";
import type { Context, TextPart } from "./context.ts";
import { partsOf } from "./heap/texts.ts";
import { makeList } from "./lists.ts";
import { bindSize } from "./run-sizes.ts";
import { type AbstractValue, constant, failed, isText, sizeOf } from "./values.ts";

type Args = readonly AbstractValue[];

/** `asSize(n)`: the number as a size, which shapes and other sizes can be computed from. */
export function asSize(cx: Context, [n = failed]: Args, node: ts.Node): AbstractValue {
  const isOfRun = n.kind === "dynamic" && n.value.type.kind === "f64";
  return isOfRun ? sizeOf(bindSize(cx, n.value, "a size", node)) : n;
}

/** `boundsOf(text)`: the numbers between the colons of `"1:"` or `${from}:${to}`. */
export function boundsOf(cx: Context, [text = failed]: Args, node: ts.Node): AbstractValue {
  const parts = isText(text) ? partsOf(cx, text) : undefined;
  const bounds = parts && splitAtColons(parts).map(boundOf);
  if (bounds === undefined || bounds.includes(undefined)) {
    return text.kind === "error" ? failed : cx.report(node, notKnown("the text of a range"));
  }
  return makeList(
    cx,
    bounds.filter((b) => b !== undefined),
    node,
    "bounds",
  );
}

function splitAtColons(parts: readonly TextPart[]): readonly TextPart[][] {
  const bounds: TextPart[][] = [[]];
  for (const part of parts) {
    if (typeof part !== "string") {
      bounds.at(-1)!.push(part);
      continue;
    }
    part.split(":").forEach((piece, i) => {
      if (i > 0) bounds.push([]);
      if (piece !== "") bounds.at(-1)!.push(piece);
    });
  }
  return bounds;
}

/** The number that is written between two colons, "" for none; undefined where that is not plain. */
function boundOf(pieces: readonly TextPart[]): AbstractValue | undefined {
  if (pieces.every((piece) => typeof piece === "string")) {
    const text = pieces.join("");
    return constant(text === "" ? "" : Number(text));
  }
  const [only, ...others] = pieces;
  return others.length > 0 || typeof only === "string" ? undefined : only;
}
