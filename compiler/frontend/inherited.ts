/** Lowers `super.name`: the property that the class above the one around this code gives. */

import type ts from "typescript";
import { syntax } from "../diagnostics/catalog/unsupported.ts";
import type { Context } from "./context.ts";
import { classOf, memberAbove } from "./heap/classes.ts";
import { classesOf } from "./heap/dispatch.ts";
import { readFound } from "./members.ts";
import { tsc } from "./typescript.ts";
import { type AbstractValue, undefinedValue } from "./values.ts";

export function readInherited(cx: Context, key: string, node: ts.Node): AbstractValue {
  const { thisValue, file } = cx.frame;
  const around = tsc.findAncestor(node, tsc.isClassLike);
  const { environment } = cx.unit;
  const own = classOf(cx, thisValue);
  const made = own === undefined ? classesOf(cx, thisValue) : [own];
  if (around !== undefined && made.length > 0) {
    // Whichever of them it is of, the class around this code is among what it extends, or the code does not run.
    const found = made
      .map((type) => memberAbove(cx, type, around, key))
      .find((member) => member !== undefined);
    return found === undefined ? undefinedValue : readFound(cx, found, thisValue, key, key, node);
  }
  if (thisValue.kind !== "object" || around === undefined) {
    return cx.report(node, syntax("`super` here"));
  }
  const start = around.getStart(file);
  const member = environment.inherited(thisValue.identity, file.fileName, start, key);
  if (member === undefined) return undefinedValue;
  return readFound(cx, member, thisValue, key, `${thisValue.path}.${key}`, node);
}
