/** Goes through what objects of the heap refer to: elements of lists, entries of maps, leaves. */

import {
  type Cell,
  type HeapType,
  isOpen,
  leavesOf,
  leavesOfCell,
  optionCode,
  partsOf,
} from "../../graph/heap-types.ts";
import type { Type } from "../../graph/ir.ts";
import { compare, type FuncBuilder, i32, plus, times } from "../../loop/build.ts";
import { callHeap } from "../../loop/heap.ts";
import type { LoopExpr } from "../../loop/ir.ts";
import { product } from "../../ops/dim.ts";
import { bytesOf, type TensorType } from "../../ops/types.ts";
import { sizeExpr } from "../fused/size-expr.ts";
import {
  elementsAt,
  headerBytes,
  isReference,
  leafBytes,
  lengthAt,
  loadLeaf,
  loadWord,
} from "./heap-layout.ts";
import type { HeapLibrary } from "./heap-library.ts";

/** Releases the references among the leaves that begin at `base`. */
export function releaseLeaves(
  heap: HeapLibrary,
  b: FuncBuilder,
  leaves: readonly Type[],
  base: LoopExpr,
): void {
  leaves.forEach((type, i) => {
    if (isReference(type)) heap.release(b, type, loadLeaf(type, base, i));
  });
}

/** Bytes of an element. Lists of what has no value have elements, too. */
export const strideOf = (element: Cell): number =>
  Math.max(1, leavesOfCell(element).length) * leafBytes;

/** Goes through elements `from` … `to` of a list, with the address of each. */
export function forElements(
  b: FuncBuilder,
  list: LoopExpr,
  stride: number,
  from: LoopExpr,
  to: LoopExpr,
  write: (element: LoopExpr) => void,
): void {
  const first = b.let("elements", plus(loadWord(list, elementsAt), headerBytes));
  b.for("i", from, to, 1, (i) => {
    write(b.let("element", plus(first, times(i, stride))));
  });
}

/** Goes through the entries of a map, with the number of each. */
export function forEntries(b: FuncBuilder, map: LoopExpr, write: (place: LoopExpr) => void): void {
  const place = b.let("place", callHeap("mapNext", map, i32(0)));
  const label = b.fresh("entries");
  const body = b.body(() => {
    b.if(compare("lt", place, i32(0)), () => b.emit({ s: "break", label }));
    write(place);
    b.set(place, callHeap("mapNext", map, plus(place, 1)));
  });
  b.emit({ s: "loop", label, body });
}

/** Releases what the object refers to. */
export function releaseChildren(
  heap: HeapLibrary,
  b: FuncBuilder,
  type: HeapType,
  p: LoopExpr,
): void {
  const leaves = leavesOf(type);
  if (!partsOf(type).some(isReference)) return;
  if (type.kind === "record") releaseLeaves(heap, b, leaves, plus(p, headerBytes));
  else if (type.kind === "list") {
    forElements(b, p, strideOf(type.element), i32(0), loadWord(p, lengthAt), (element) =>
      releaseLeaves(heap, b, leaves, element),
    );
  } else if (type.kind === "map") {
    forEntries(b, p, (place) => {
      if (isReference(type.key)) {
        const key = callHeap("mapKeyAt", p, place);
        heap.release(b, type.key, loadWord(key, 0));
      }
      if (!leaves.some(isReference)) return;
      releaseLeaves(heap, b, leaves, b.let("value", callHeap("mapValueAt", p, place)));
    });
  }
}

/** The tag of an option with a value. */
export const codeOf = (heap: HeapLibrary, type: Type): number =>
  optionCode(type, (name) => heap.typeOf({ kind: "ref", name }).kind);

/** Whether elements are numbers and nothing else, which lie as hosts have them. */
export const isNumbers = (element: Cell): boolean =>
  element.length === 1 && element[0]?.kind === "f64";

/** The sizes that the type of a box says; undefined for those that each box says. */
export const sizesOfBox = (
  heap: HeapLibrary,
  tensor: TensorType,
): readonly (LoopExpr | undefined)[] =>
  tensor.shape.map((d) => (isOpen(d) ? undefined : sizeExpr(d, heap.sizes)));

/** Bytes of a tensor in a box; `open` are the sizes that its type leaves open. */
export function bytesOfBox(
  heap: HeapLibrary,
  { dtype, shape }: TensorType,
  open: readonly LoopExpr[],
): LoopExpr {
  const known = sizeExpr(product(shape.filter((d) => !isOpen(d))), heap.sizes);
  return times(open.reduce(times, known), bytesOf[dtype]);
}
