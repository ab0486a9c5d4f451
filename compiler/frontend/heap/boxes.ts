/**
 * Puts tensors into boxes of the heap, and takes them out. What the type of a box leaves open, a box says
 * by itself: a tensor that is taken out of it has sizes of the run.
 */

import type ts from "typescript";
import { isOpen } from "../../graph/heap-types.ts";
import { f64Type, type Type, type Value } from "../../graph/ir.ts";
import { type TensorType, tensorType } from "../../ops/types.ts";
import type { Context } from "../context.ts";
import { bindSize } from "../run-sizes.ts";

/** The box of a type that such tensors fit into. */
export const box = (cx: Context, tensor: Value, type: Type, node: ts.Node): Value =>
  cx.emitOne("box", [tensor], {}, type, node);

/** The tensor in a box of `tensor`. */
export function unbox(cx: Context, value: Value, tensor: TensorType, node: ts.Node): Value {
  const shape = tensor.shape.map((d, axis) => {
    if (!isOpen(d)) return d;
    const size = cx.emitOne("box.size", [value], { axis }, f64Type, node);
    return bindSize(cx, size, "a size", node);
  });
  return cx.emitOne("unbox", [value], {}, tensorType(tensor.dtype, shape), node);
}

/** A tensor that stands where none is, and is never looked at. */
export function noTensor(cx: Context, type: TensorType, node: ts.Node): Value {
  const { heap, runSizes } = cx.unit;
  const empty = cx.emitOne("empty", [], {}, heap.boxOf(runSizes.opened(type)), node);
  return cx.emitOne("unbox", [empty], {}, type, node);
}
