/** Reads what every part of Graph IR text is made of: types, dimensions, attributes, `@` names. */

import { type Dim, parseDim } from "../ops/dim.ts";
import type { Attr } from "../ops/op.ts";
import { isDType } from "../ops/types.ts";
import type { Cell, CellOption, HeapType } from "./heap-types.ts";
import { boolType, f64Type, i32Type, refType, strType, type Type } from "./ir.ts";
import { type Layout, parseLayout } from "./layout.ts";
import { Scanner } from "./scanner.ts";

/** `@name` and the spaces after it. */
export function parseSymbol(s: Scanner, what: string): string {
  if (!s.sees("@")) s.fail(`expected @ and ${what}`);
  s.take("@");
  const name = s.name(what);
  s.space();
  return name;
}

/** `f64`, `bool` or `f32[B,784]`, and the spaces after it. */
export function parseType(s: Scanner): Type {
  const type = parseBareType(s);
  s.space();
  return type;
}

/** A type with the layout that follows it directly: `f32[B,6]{1,0}`. */
export function parsePlacedType(s: Scanner): { type: Type; layout: Layout | undefined } {
  const type = parseBareType(s);
  const at = s.place;
  const text = s.match(/\{[^}\n]*\}/y);
  s.space();
  if (text === undefined) return { type, layout: undefined };
  try {
    return { type, layout: parseLayout(text) };
  } catch (error) {
    return s.fail(error instanceof Error ? error.message : String(error), at);
  }
}

function parseBareType(s: Scanner): Type {
  const at = s.place;
  if (s.match(/@/y) !== undefined) return refType(s.name("the name of a heap type"));
  const name = s.token(/\w+/y, "a type");
  if (!s.sees("[")) {
    if (name === "f64") return f64Type;
    if (name === "i32") return i32Type;
    if (name === "bool") return boolType;
    if (name === "str") return strType;
    s.fail(`${name} is not a type`, at);
  }
  if (!isDType(name)) s.fail(`${name} is not a dtype`, at);
  // The closing bracket is matched alone: after it, spaces tell a layout from a block.
  const shape: Dim[] = [];
  s.match(/\[/y);
  while (!s.sees("]")) {
    if (shape.length > 0) s.expect(",");
    shape.push(parseDimension(s));
    s.space();
  }
  s.match(/\]/y);
  return { kind: "tensor", dtype: name, shape };
}

/** What a cell may hold, as `printCell` writes it. */
function parseCell(s: Scanner): Cell {
  if (s.takeWord("never")) return [];
  const options: CellOption[] = [];
  do {
    if (s.takeWord("undefined")) options.push({ kind: "undefined" });
    else options.push(s.takeWord("null") ? { kind: "null" } : parseType(s));
  } while (s.take("|"));
  return options;
}

/** A heap type as `printHeapType` writes it. */
export function parseHeapType(s: Scanner): HeapType {
  if (s.takeWord("list")) return { kind: "list", element: parseCell(s) };
  if (s.takeWord("record")) {
    const fields = s.list("{", "}", () => {
      const name = s.name("a field's name");
      s.space();
      s.expect(":");
      return [name, parseCell(s)] as const;
    });
    return { kind: "record", fields };
  }
  if (s.takeWord("map")) {
    const key = parseType(s);
    s.expect("->");
    return { kind: "map", key, value: parseCell(s) };
  }
  if (!s.takeWord("box")) s.fail("expected list, record, map or box");
  const at = s.place;
  const tensor = parseType(s);
  return tensor.kind === "tensor" ? { kind: "box", tensor } : s.fail("expected a tensor type", at);
}

function parseDimension(s: Scanner): Dim {
  const at = s.place;
  const text = s.token(/[^\s,[\]{}]+/y, "a dimension");
  try {
    return parseDim(text);
  } catch (error) {
    return s.fail(error instanceof Error ? error.message : String(error), at);
  }
}

/** An attribute's value as `printAttr` writes it. */
export function parseAttr(s: Scanner): Attr {
  if (s.sees('"')) return s.quoted();
  if (s.sees("[")) return s.list("[", "]", () => parseAttr(s));
  for (const word of ["true", "false"]) if (s.takeWord(word)) return word === "true";
  const number = s.match(/(?:-?(?:Infinity|\d+(?:\.\d+)?(?:e[+-]?\d+)?)|NaN)(?=[\s,\]]|$)/y);
  return number === undefined ? parseDimension(s) : Number(number);
}

/** The type that a whole text says. */
export function parseTypeText(text: string): Type {
  const s = new Scanner(text);
  const type = parseType(s);
  if (!s.atEnd) s.fail("expected the end of the type");
  return type;
}
