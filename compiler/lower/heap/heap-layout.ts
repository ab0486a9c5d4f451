/** How values lie on the heap: where blocks have their fields, and how a leaf is loaded and stored. */

import { isOpen } from "../../graph/heap-types.ts";
import type { Type } from "../../graph/ir.ts";
import { compare, type FuncBuilder, i32, load, plus } from "../../loop/build.ts";
import type { LoopExpr, LoopType } from "../../loop/ir.ts";
import type { TensorType } from "../../ops/types.ts";

/** Every block begins with its count of references; below 0 nothing counts. */
export const countAt = 0;
/** Where the payload begins: a record's fields, the elements in the block of a list. */
export const headerBytes = 8;
/** Of texts and lists; maps have a function for it. */
export const lengthAt = 8;
/** Of texts; 0 while it is not known. */
export const hashAt = 12;
export const unitsAt = 16;
export const capacityAt = 12;
/** The address of the block with a list's elements. */
export const elementsAt = 16;
/** The sizes that a box's type leaves open, one word each, in order of their axes. */
export const openSizesAt = 8;
/** Of a tensor in its box: at a multiple of 16, behind the sizes that the box says. */
export const boxedAt = ({ shape }: TensorType): number =>
  Math.max(16, 16 * Math.ceil((openSizesAt + 4 * shape.filter(isOpen).length) / 16));

/** Where a box has the size of an axis that its type leaves open. */
export const openSizeAt = ({ shape }: TensorType, axis: number): number =>
  openSizesAt + 4 * shape.slice(0, axis).filter(isOpen).length;
export const leafBytes = 8;

/** Texts and references are addresses; 0 refers to nothing. */
export const localType = (type: Type): LoopType => (type.kind === "f64" ? "f64" : "i32");

export type Reference = Type & { readonly kind: "str" | "ref" };

/** Whether values of the type lie on the heap and are counted. */
export const isReference = (type: Type): type is Reference =>
  type.kind === "str" || type.kind === "ref";

/** The i32 at `base + offset`, `offset` a multiple of 4. */
export const loadWord = (base: LoopExpr, offset: number): LoopExpr =>
  load({ element: "i32", base, index: i32(offset / 4) });

export const storeWord = (b: FuncBuilder, base: LoopExpr, offset: number, value: LoopExpr): void =>
  b.store({ element: "i32", base, index: i32(offset / 4) }, value);

const leafPlace = (type: Type, base: LoopExpr, leaf: number) =>
  type.kind === "f64"
    ? ({ element: "f64", base, index: i32(leaf) } as const)
    : ({ element: "i32", base, index: i32(2 * leaf) } as const);

/** Leaf number `leaf` of the leaves that begin at `base`. */
export const loadLeaf = (type: Type, base: LoopExpr, leaf: number): LoopExpr =>
  load(leafPlace(type, base, leaf));

export const storeLeaf = (
  b: FuncBuilder,
  type: Type,
  base: LoopExpr,
  leaf: number,
  value: LoopExpr,
): void => b.store(leafPlace(type, base, leaf), value);

/** Counts one more reference to `p`. The count at address 0 is 0, which is no case of its own. */
export function retain(b: FuncBuilder, p: LoopExpr): void {
  const count = b.let("count", loadWord(p, countAt));
  b.if(compare("gt", count, i32(0)), () => storeWord(b, p, countAt, plus(count, 1)));
}
