/** Lists become tensors, and tensors lists. */

import { type HeapType, leavesOf } from "../../graph/heap-types.ts";
import { type Node, tensorOf, type Value } from "../../graph/ir.ts";
import { storageSize } from "../../graph/layout.ts";
import { binary, compare, convert, i32, load, plus, times } from "../../loop/build.ts";
import { callHeap } from "../../loop/heap.ts";
import type { LoopExpr } from "../../loop/ir.ts";
import { bytesOf, isInteger, isNarrow, type TensorType } from "../../ops/types.ts";
import { loopType, wrapped } from "../expression.ts";
import type { FunctionScope } from "../function-scope.ts";
import { elementOf } from "../fused/kernel.ts";
import { sizeExpr } from "../fused/size-expr.ts";
import { returnUnless } from "../names.ts";
import { mustFit } from "../number-messages.ts";
import { boxedAt, elementsAt, headerBytes, loadLeaf, loadWord, storeLeaf } from "./heap-layout.ts";
import { strideOf } from "./heap-walk.ts";

export type ListType = HeapType & { readonly kind: "list" };

const firstElement = (scope: FunctionScope, list: LoopExpr): LoopExpr =>
  scope.b.let("elements", plus(loadWord(list, elementsAt), headerBytes));

/** A list of the elements of a tensor of one axis. */
export function ofTensor(scope: FunctionScope, type: ListType, tensor: Value, result: Value): void {
  const { b } = scope;
  const { dtype, shape } = tensorOf(tensor);
  const stride = i32(strideOf(type.element));
  const count = b.let("count", sizeExpr(shape[0]!, scope.sizes));
  const list = b.let("list", callHeap("listNew", count, stride));
  b.call("heap.listResize", [list, count, stride]);
  const first = firstElement(scope, list);
  const base = scope.address(tensor);
  b.for("i", i32(0), count, 1, (i) => {
    const x = load({ element: elementOf(dtype), base, index: i });
    const element = b.let("element", plus(first, times(i, stride)));
    if (dtype === "bool") storeLeaf(b, { kind: "bool" }, element, 0, x);
    else storeLeaf(b, { kind: "f64" }, element, 0, convert(x, "f64"));
  });
  scope.bind(result, list);
}

/** A tensor of the numbers or booleans of a list. */
export function toTensor(scope: FunctionScope, type: ListType, list: LoopExpr, node: Node): void {
  const { b, libraries } = scope;
  const [leaf] = leavesOf(type);
  // Nothing was ever put into the list.
  if (leaf === undefined) return;
  const { dtype, shape } = tensorOf(node.results[0]!);
  const base = scope.address(node.results[0]!);
  const first = firstElement(scope, list);
  b.for("i", i32(0), sizeExpr(shape[0]!, scope.sizes), 1, (i) => {
    const x = b.let("x", loadLeaf(leaf, plus(first, times(i, strideOf(type.element))), 0));
    const value = b.let("value", dtype === "bool" ? x : convert(x, loopType(dtype, 1)));
    if (isInteger(dtype) && leaf.kind === "f64") {
      const site = libraries.sites.add(mustFit(dtype), node.span);
      const isWhole = compare("eq", convert(value, "f64"), x);
      const isWithin = isNarrow(dtype) ? compare("eq", value, wrapped(value, dtype)) : undefined;
      returnUnless(b, isWithin ? binary("and", isWhole, isWithin) : isWhole, site);
    }
    b.store({ element: elementOf(dtype), base, index: i }, value);
  });
}

/** The tensors of a list of boxes, one after the other. */
export function stack(scope: FunctionScope, held: TensorType, list: LoopExpr, result: Value): void {
  const { b } = scope;
  const { dtype, shape } = tensorOf(result);
  const base = scope.address(result);
  const first = firstElement(scope, list);
  const elements = sizeExpr(storageSize(undefined, shape.slice(1)), scope.sizes);
  const bytes = b.let("bytes", times(elements, bytesOf[dtype]));
  b.for("i", i32(0), sizeExpr(shape[0]!, scope.sizes), 1, (i) => {
    const box = b.let("box", loadLeaf({ kind: "ref", name: "" }, plus(first, times(i, 8)), 0));
    const from = plus(box, boxedAt(held));
    b.emit({ s: "copyBytes", to: plus(base, times(i, bytes)), from, bytes });
  });
}
