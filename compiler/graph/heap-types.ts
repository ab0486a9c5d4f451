/**
 * Types of what lies on the heap when a program runs: lists, records, maps, and boxed tensors. What one
 * place of the heap holds is a cell: one kind of value, or one of several with a tag that says which.
 */

import { type Dim, type DimExpr, equalDim, symbol } from "../ops/dim.ts";
import type { TensorType } from "../ops/types.ts";
import type { Type } from "./ir.ts";

/** Nothing at run time but its name: `undefined` and `null` are told apart by a tag alone. */
export type Nothing = { readonly kind: "undefined" } | { readonly kind: "null" };

/** One kind of value that a cell may hold. A tensor is a reference to its box. */
export type CellOption = Nothing | Type;

/** What a place may hold, in the order of `optionCode`; empty where nothing was ever put. */
export type Cell = readonly CellOption[];

export type HeapType =
  | { readonly kind: "list"; readonly element: Cell }
  | { readonly kind: "record"; readonly fields: readonly (readonly [name: string, cell: Cell])[] }
  | { readonly kind: "map"; readonly key: Type; readonly value: Cell }
  | { readonly kind: "box"; readonly tensor: TensorType };

/** In the type of a box: a size that each box of the type says by itself. */
export const openSize: DimExpr = symbol("_");

export const isOpen = (size: Dim): boolean =>
  typeof size !== "number" && size.text === openSize.text;

/** Whether a box of `box` can have a tensor of type `held` in it. */
export const fitsBox = (box: TensorType, held: TensorType): boolean =>
  box.dtype === held.dtype &&
  box.shape.length === held.shape.length &&
  box.shape.every((d, axis) => isOpen(d) || equalDim(d, held.shape[axis]!));

/** Private fields, which hosts do not see. */
export const isHidden = (field: string): boolean => field.startsWith("#");

export const isNothing = (option: CellOption): option is Nothing =>
  option.kind === "undefined" || option.kind === "null";

/** The tag of an option. References have the code of what they refer to, so `kindOf` finds that. */
export function optionCode(option: CellOption, kindOf: (name: string) => HeapType["kind"]): number {
  switch (option.kind) {
    case "undefined":
      return 0;
    case "null":
      return 1;
    case "bool":
      return 2;
    case "f64":
      return 3;
    case "str":
      return 4;
    case "ref":
      return { list: 5, record: 6, map: 7, box: 8 }[kindOf(option.name)];
    case "tensor":
      throw new Error("a cell holds tensors in boxes");
    case "i32":
      throw new Error("a cell holds numbers as f64");
  }
}

export const tagType: Type = { kind: "f64" };

/** The values that a cell takes on the heap, eight bytes each: its tag if it needs one, its options. */
export function leavesOfCell(cell: Cell): readonly Type[] {
  const typed: Type[] = [];
  for (const option of cell) if (!isNothing(option)) typed.push(option);
  return cell.length > 1 ? [tagType, ...typed] : typed;
}

/** The values of an element, of a record's fields one after the other, of a map's value, in order. */
export function leavesOf(type: HeapType): readonly Type[] {
  switch (type.kind) {
    case "list":
      return leavesOfCell(type.element);
    case "record":
      return type.fields.flatMap(([, cell]) => leavesOfCell(cell));
    case "map":
      return leavesOfCell(type.value);
    case "box":
      return [];
  }
}

/** The types of all that objects of the type hold. */
export function partsOf(type: HeapType): readonly Type[] {
  if (type.kind === "box") return [type.tensor];
  return type.kind === "map" ? [type.key, ...leavesOf(type)] : leavesOf(type);
}

/** Whether objects of type `outer` can refer to objects of type `inner`, directly or through others. */
export function contains(
  types: ReadonlyMap<string, HeapType>,
  outer: string,
  inner: string,
  seen: Set<string> = new Set(),
): boolean {
  const type = types.get(outer);
  if (type === undefined || seen.has(outer)) return false;
  seen.add(outer);
  return partsOf(type).some(
    (part) =>
      part.kind === "ref" && (part.name === inner || contains(types, part.name, inner, seen)),
  );
}
