/** Equality and text of value types and layouts, as both the printer and the verifier read them. */

import { equalShape } from "../ops/dim.ts";
import { printTensorType } from "../ops/types.ts";
import type { Type, Value } from "./ir.ts";
import { equalLayout, isRowMajor, type Layout, printLayout } from "./layout.ts";

export function equalType(a: Type, b: Type): boolean {
  if (a.kind !== "tensor" || b.kind !== "tensor") return a.kind === b.kind;
  return a.dtype === b.dtype && equalShape(a.shape, b.shape);
}

/** Whether one value can stand for the other: same type, and same place of every element in memory. */
export const interchangeable = (a: Value, b: Value): boolean =>
  equalType(a.type, b.type) && equalLayout(a.layout, b.layout);

export const printType = (t: Type): string => (t.kind === "tensor" ? printTensorType(t) : t.kind);

/** `f32[B,6,14,14]{0,2,3,1}`: a type with the layout after it; a row-major layout is not written. */
export function printPlacedType(type: Type, layout: Layout | undefined): string {
  return printType(type) + (layout === undefined || isRowMajor(layout) ? "" : printLayout(layout));
}
