/** Equality and text of value types and layouts, as both the printer and the verifier read them. */

import { equalShape } from "../ops/dim.ts";
import { printTensorType } from "../ops/types.ts";
import { type Cell, type HeapType, isNothing } from "./heap-types.ts";
import type { Type, Value } from "./ir.ts";
import { equalLayout, isRowMajor, type Layout, printLayout } from "./layout.ts";
import { printName } from "./scanner.ts";

export function equalType(a: Type, b: Type): boolean {
  if (a.kind === "ref" && b.kind === "ref") return a.name === b.name;
  if (a.kind !== "tensor" || b.kind !== "tensor") return a.kind === b.kind;
  return a.dtype === b.dtype && equalShape(a.shape, b.shape);
}

/** Whether one value can stand for the other: same type, and same place of every element in memory. */
export const interchangeable = (a: Value, b: Value): boolean =>
  equalType(a.type, b.type) && equalLayout(a.layout, b.layout);

export function printType(t: Type): string {
  if (t.kind === "tensor") return printTensorType(t);
  return t.kind === "ref" ? `@${printName(t.name)}` : t.kind;
}

/** `f64`, `undefined|f64`; a cell that nothing was put into is `never`. */
export const printCell = (cell: Cell): string =>
  cell.length === 0 ? "never" : cell.map((o) => (isNothing(o) ? o.kind : printType(o))).join("|");

/** `list f64`, `record {text: str}`, `map str -> f64`, `box f32[3]`. */
export function printHeapType(t: HeapType): string {
  switch (t.kind) {
    case "list":
      return `list ${printCell(t.element)}`;
    case "record":
      return `record {${t.fields.map(([k, c]) => `${printName(k)}: ${printCell(c)}`).join(", ")}}`;
    case "map":
      return `map ${printType(t.key)} -> ${printCell(t.value)}`;
    case "box":
      return `box ${printType(t.tensor)}`;
  }
}

/** `f32[B,6,14,14]{0,2,3,1}`: a type with the layout after it; a row-major layout is not written. */
export function printPlacedType(type: Type, layout: Layout | undefined): string {
  return printType(type) + (layout === undefined || isRowMajor(layout) ? "" : printLayout(layout));
}
