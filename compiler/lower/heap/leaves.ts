/** Reading and writing leaves, with the references that they count. */

import type { Node, Value } from "../../graph/ir.ts";
import type { LoopExpr } from "../../loop/ir.ts";
import type { FunctionScope } from "../function-scope.ts";
import { isReference, loadLeaf, retain, storeLeaf } from "./heap-layout.ts";

export const leafOf = (node: Node): number => Number(node.attrs.leaf);

/** The value becomes the leaf at `base`; the region around owns a reference of its own where it needs one. */
export function getLeaf(scope: FunctionScope, v: Value, base: LoopExpr, leaf: number): void {
  const { b } = scope;
  const local = b.let(v.hint ?? "v", loadLeaf(v.type, base, leaf));
  if (!isReference(v.type) || scope.isBorrowed(v)) {
    scope.borrow(v, local);
    return;
  }
  retain(b, local);
  scope.bind(v, local);
}

/** Puts the value into a leaf that had another one. What is moved there is not counted again. */
export function setLeaf(
  scope: FunctionScope,
  v: Value,
  base: LoopExpr,
  leaf: number,
  isMoved: boolean,
): void {
  const { b, libraries } = scope;
  const { type } = v;
  if (!isReference(type)) {
    storeLeaf(b, type, base, leaf, scope.scalar(v));
    return;
  }
  const before = b.let("before", loadLeaf(type, base, leaf));
  putLeaf(scope, v, base, leaf, isMoved);
  libraries.heap.release(b, type, before);
}

/** Puts the value into a leaf that is new. */
export function putLeaf(
  scope: FunctionScope,
  v: Value,
  base: LoopExpr,
  leaf: number,
  isMoved: boolean,
): void {
  const e = scope.scalar(v);
  if (isReference(v.type) && e.k === "local" && !isMoved) retain(scope.b, e);
  storeLeaf(scope.b, v.type, base, leaf, e);
}
