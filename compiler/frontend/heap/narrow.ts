/**
 * Narrows values that are one of several kinds at run time to what the program's types say they are at
 * a place. The types are declarations, not truth, so what they say is checked when running.
 */

import type ts from "typescript";
import type { Value } from "../../graph/ir.ts";
import type { Context } from "../context.ts";
import { graphType, numberNode } from "../graph-values.ts";
import { tsc } from "../typescript.ts";
import { type AbstractValue, failed, isNothing, type Union, type UnionOption } from "../values.ts";
import { codeOf, type HeapShapes } from "./shapes.ts";

type Kind = "undefined" | "null" | "boolean" | "number" | "string" | "object";

const kinds: readonly Kind[] = ["undefined", "null", "boolean", "number", "string", "object"];
const kindOfCode = (code: number): Kind => kinds[code] ?? "object";

/** The kinds of value that a type allows; undefined where it does not say. */
function kindsOf(type: ts.Type): ReadonlySet<Kind> | undefined {
  const found = new Set<Kind>();
  const parts = type.isUnion() ? type.types : [type];
  for (const part of parts) {
    const { flags } = part;
    const F = tsc.TypeFlags;
    if (flags & (F.Any | F.Unknown | F.TypeParameter | F.IndexedAccess | F.Conditional)) {
      return undefined;
    }
    if (flags & (F.Undefined | F.Void)) found.add("undefined");
    else if (flags & F.Null) found.add("null");
    else if (flags & F.BooleanLike) found.add("boolean");
    else if (flags & F.NumberLike) found.add("number");
    else if (flags & F.StringLike) found.add("string");
    else if (flags & F.Never) continue;
    else found.add("object");
  }
  return found;
}

/** Whether the program asks what the value at `node` is: then it may be anything. */
function isAsked(node: ts.Node): boolean {
  const { parent } = node;
  if (parent === undefined) return false;
  if (tsc.isParenthesizedExpression(parent)) return isAsked(parent);
  if (tsc.isBinaryExpression(parent)) {
    const operator = parent.operatorToken.getText();
    if (operator === "===" || operator === "!==") return true;
    return parent.left === node && ["??", "||", "&&"].includes(operator);
  }
  if (tsc.isPrefixUnaryExpression(parent)) return parent.getText().startsWith("!");
  if (tsc.isConditionalExpression(parent)) return parent.condition === node;
  if (tsc.isIfStatement(parent) || tsc.isWhileStatement(parent)) return parent.expression === node;
  return tsc.isTypeOfExpression(parent) || isOptionalAccess(node, parent);
}

const isOptionalAccess = (node: ts.Node, parent: ts.Node): boolean =>
  (tsc.isPropertyAccessExpression(parent) ||
    tsc.isElementAccessExpression(parent) ||
    tsc.isCallExpression(parent)) &&
  parent.expression === node &&
  parent.questionDotToken !== undefined;

/** What the program's types say of the value at `node`; undefined where they say nothing. */
function declaredKinds(cx: Context, node: ts.Node): ReadonlySet<Kind> | undefined {
  if (!cx.unit.program.isChecked(cx.frame.file) || isAsked(node)) return undefined;
  const at = node.parent !== undefined && tsc.isNonNullExpression(node.parent) ? node.parent : node;
  if (!tsc.isExpression(at)) return undefined;
  return kindsOf(cx.unit.program.typeAt(at));
}

/** Whether a value at `node` may be `kind` as far as the program's types say. */
export function expects(cx: Context, node: ts.Node, kind: Kind): boolean {
  return declaredKinds(cx, node)?.has(kind) ?? true;
}

/** Whether the program's types say that the value at `node` may be nothing. */
export function mayBeNothing(cx: Context, node: ts.Node): boolean {
  if (!cx.unit.program.isChecked(cx.frame.file) || !tsc.isExpression(node)) return false;
  const kinds = kindsOf(cx.unit.program.typeAt(node));
  return kinds !== undefined && (kinds.has("undefined") || kinds.has("null"));
}

/** The value with only those options that the types at `node` allow, which is checked. */
export function narrow(cx: Context, v: AbstractValue, node: ts.Node): AbstractValue {
  if (v.kind !== "union") return v;
  const allowed = declaredKinds(cx, node);
  if (allowed === undefined) return v;
  const kept = v.options.filter((o) => allowed.has(kindOfCode(o.code)));
  // Types that allow nothing that the value can be stand behind a check that never passes.
  return kept.length === 0 ? v : keepOptions(cx, v, kept, node);
}

/** The one thing that a value must be where it is used at `node`; that it is, is checked. */
export function settle(cx: Context, given: AbstractValue, node: ts.Node): AbstractValue {
  return somethingIn(cx, narrow(cx, given, node), node);
}

/** The one thing that a value can be besides nothing, which is checked; other values as they are. */
export function somethingIn(cx: Context, v: AbstractValue, node: ts.Node): AbstractValue {
  if (v.kind !== "union") return v;
  const some = v.options.filter((o) => !isNothing(o.value));
  return some.length === 1 ? keepOptions(cx, v, some, node) : v;
}

function keepOptions(
  cx: Context,
  v: Union,
  kept: readonly UnionOption[],
  node: ts.Node,
): AbstractValue {
  if (kept.length === v.options.length) return v;
  const fits = kept
    .map((o) => isTag(cx, v.tag, o.code, node))
    .reduce((a, b) => cx.scalar("or", [a, b], "bool", node));
  const wanted = kept.map((o) => kindOfCode(o.code)).join(" or ");
  const message = `${node.getText()} is not ${wanted === "object" ? "there" : `a ${wanted}`}`;
  cx.emit("check", [fits], { message }, [], node);
  return kept.length === 1 ? kept[0]!.value : { ...v, options: kept };
}

export const isTag = (cx: Context, tag: Value, code: number, node: ts.Node): Value =>
  cx.scalar("eq", [tag, numberNode(cx, code, node)], "bool", node);

/** A value that may be nothing, with a bool that says whether it is something; failed if it never is. */
export function somethingOf(cx: Context, v: Union, node: ts.Node): readonly [Value, AbstractValue] {
  const some = v.options.filter((o) => !isNothing(o.value));
  const is = some.map((o) => isTag(cx, v.tag, o.code, node));
  const [first, ...rest] = is;
  if (first === undefined) return [isTag(cx, v.tag, -1, node), failed];
  const any = rest.reduce((a, b) => cx.scalar("or", [a, b], "bool", node), first);
  return [any, some.length === 1 ? some[0]!.value : { ...v, options: some }];
}

/** The tag that a value has in unions; undefined for values that no union holds. */
export function codeOfValue(v: AbstractValue, heap: HeapShapes): number | undefined {
  if (v.kind === "constant" && v.value === undefined) return 0;
  if (v.kind === "constant" && v.value === null) return 1;
  const type = graphType(v);
  if (type === undefined) return undefined;
  if (type.kind === "tensor") return tensorCode;
  const shape = type.kind === "ref" ? heap.named(type.name) : undefined;
  return codeOf(shape === undefined ? type : { kind: "shape", shape });
}

/** Outside the heap a tensor in a union is a tensor, with the code that its box has there. */
const tensorCode = 8;
