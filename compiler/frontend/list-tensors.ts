/** Tensors of lists of a run: `tensor(list)`, and `cat` of a list of tensors. */

import type ts from "typescript";
import { expected, refused } from "../diagnostics/catalog/types.ts";
import { nestedList } from "../diagnostics/catalog/unsupported.ts";
import { isOpen } from "../graph/heap-types.ts";
import { type Dim, mulDim } from "../ops/dim.ts";
import { type DType, type TensorType, tensorType } from "../ops/types.ts";
import type { Context } from "./context.ts";
import { isHeapList, listLength, shapeOf } from "./heap/access.ts";
import { callLibrary } from "./heap/lists.ts";
import { makeList } from "./lists.ts";
import { applyScalar } from "./numbers.ts";
import { bindSize } from "./run-sizes.ts";
import { callOperator } from "./tensor-calls.ts";
import {
  type AbstractValue,
  constant,
  type Dynamic,
  describeValue,
  dynamic,
  sizeOf,
  undefinedValue,
} from "./values.ts";

/** `tensor(list, dtype?)` of a list of numbers or booleans whose length only the run tells. */
export function tensorOfList(
  cx: Context,
  list: Dynamic,
  dtype: DType | undefined,
  node: ts.Node,
): AbstractValue {
  const shape = shapeOf(cx, list)!;
  const [only, ...others] = cx.unit.heap.closed(shape.element);
  if (others.length > 0 || (only && only.kind !== "f64" && only.kind !== "bool")) {
    return only?.kind === "ref" && others.length === 0
      ? cx.report(node, nestedList())
      : cx.report(node, refused("argument", "tensor: every value must be a number or a boolean"));
  }
  const isMask = only?.kind === "bool";
  if (dtype === "bool" && only?.kind === "f64") {
    return cx.report(node, refused("dtype", "a number is no value of bool"));
  }
  const length = bindSize(cx, listLength(cx, list, node).value, "tensor: the length", node);
  const type = tensorType(dtype ?? (isMask ? "bool" : "f32"), [length]);
  return dynamic(cx.emitOne("list.toTensor", [list.value], {}, type, node));
}

/** `cat(list, dim)` of a list of the run, whose tensors are of one type; undefined for other lists. */
export function concatList(
  cx: Context,
  [list, dim = undefinedValue]: readonly AbstractValue[],
  node: ts.Node,
): AbstractValue | undefined {
  if (list === undefined || !isHeapList(cx, list)) return undefined;
  const type = tensorIn(cx, list);
  if (type === undefined) {
    return cx.report(node, expected("a list of tensors", describeValue(list)));
  }
  const given = dim.kind === "constant" ? (dim.value ?? 0) : undefined;
  const rank = type.shape.length;
  if (typeof given !== "number" || !Number.isInteger(given) || given < -rank || given >= rank) {
    return cx.report(node, refused("axis", `cat: dim is no axis of tensors of rank ${rank}`));
  }
  const axis = given < 0 ? given + rank : given;
  const length = listLength(cx, list, node);
  const message = "cat: tensors is an empty list";
  if (type.shape.some(isOpen)) {
    const some = applyScalar(cx, "gt", [length, constant(0)], node);
    if (some.kind === "dynamic") cx.emit("check", [some.value], { message }, [], node);
    return callLibrary(cx, "catAll", [list, constant(axis)], node);
  }
  const count = bindSize(cx, length.value, "cat: the length", node);
  cx.emit("checkAtMost", [], { left: 1, right: count, message }, [], node);
  const stacked = tensorType(type.dtype, [count, ...type.shape]);
  const all = dynamic(cx.emitOne("list.stack", [list.value], {}, stacked, node));
  // The new axis goes before the one that it becomes part of.
  const order = stacked.shape.map((_, i) => (i < axis ? i + 1 : i === axis ? 0 : i));
  const moved = callOperator(cx, "permute", [all, numbers(cx, order, node, "order")], node);
  const sizes = type.shape.with(axis, mulDim(count, type.shape[axis]!));
  return callOperator(cx, "reshape", [moved, numbers(cx, sizes, node, "sizes")], node);
}

const numbers = (cx: Context, list: readonly Dim[], node: ts.Node, role: string): AbstractValue =>
  makeList(
    cx,
    list.map((d) => (typeof d === "number" ? constant(d) : sizeOf(d))),
    node,
    role,
  );

/** The type of the tensors in a list; undefined where it holds anything else. */
function tensorIn(cx: Context, list: Dynamic): TensorType | undefined {
  const [only, ...others] = cx.unit.heap.closed(shapeOf(cx, list)!.element);
  if (only?.kind !== "ref" || others.length > 0) return undefined;
  return cx.unit.heap.boxed(only.name);
}
