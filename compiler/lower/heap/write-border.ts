/** `write.T(p)` for each type that results have: the value as bytes, objects inside it where they are met. */

import {
  type Cell,
  type HeapType,
  isHidden,
  isNothing,
  leavesOfCell,
} from "../../graph/heap-types.ts";
import type { Type } from "../../graph/ir.ts";
import {
  compare,
  constant,
  convert,
  FuncBuilder,
  i32,
  load,
  plus,
  times,
} from "../../loop/build.ts";
import { callHeap } from "../../loop/heap.ts";
import type { LoopExpr, LoopFunc } from "../../loop/ir.ts";
import type { TensorType } from "../../ops/types.ts";
import { nested, padded, room, wordBytes } from "./border.ts";
import { trap } from "./heap-failures.ts";
import {
  boxedAt,
  elementsAt,
  headerBytes,
  lengthAt,
  loadLeaf,
  loadWord,
  localType,
  openSizeAt,
  unitsAt,
} from "./heap-layout.ts";
import type { HeapLibrary } from "./heap-library.ts";
import {
  bytesOfBox,
  codeOf,
  forElements,
  forEntries,
  isNumbers,
  sizesOfBox,
  strideOf,
} from "./heap-walk.ts";

const what = "a result";

/** Writes a value of the type, a local. */
export function writeValue(heap: HeapLibrary, b: FuncBuilder, type: Type, value: LoopExpr): void {
  if (type.kind === "f64" || type.kind === "bool") writeWord(heap, b, convert(value, "f64"));
  else b.call(writer(heap, type), [value]);
}

function writeWord(heap: HeapLibrary, b: FuncBuilder, value: LoopExpr): void {
  const at = room(heap, b, i32(wordBytes));
  b.store({ element: "f64", base: at, index: i32(0) }, value);
}

const writeCount = (heap: HeapLibrary, b: FuncBuilder, count: LoopExpr): void =>
  writeWord(heap, b, convert(count, "f64"));

function writeBytes(heap: HeapLibrary, b: FuncBuilder, from: LoopExpr, bytes: LoopExpr): void {
  const to = room(heap, b, padded(bytes));
  b.emit({ s: "copyBytes", to, from, bytes });
}

/** The function that writes values of the type. */
function writer(heap: HeapLibrary, type: Type): string {
  const name = `write.${type.kind === "ref" ? `@${type.name}` : type.kind}`;
  return heap.define(name, (): LoopFunc => {
    const b = new FuncBuilder();
    const p = b.param("p", localType(type));
    b.if(compare("eq", p, i32(0)), () =>
      trap(heap, b, `${what} has a place that nothing was put into`),
    );
    if (type.kind !== "ref") writeText(heap, b, p);
    else nested(heap, b, type.name, what, () => writeObject(heap, b, heap.typeOf(type), p));
    return b.finish(name);
  });
}

function writeText(heap: HeapLibrary, b: FuncBuilder, p: LoopExpr): void {
  const length = b.let("length", loadWord(p, lengthAt));
  writeCount(heap, b, length);
  writeBytes(heap, b, plus(p, unitsAt), times(length, 2));
}

function writeObject(heap: HeapLibrary, b: FuncBuilder, type: HeapType, p: LoopExpr): void {
  switch (type.kind) {
    case "record":
      writeFields(heap, b, type.fields, plus(p, headerBytes));
      return;
    case "list":
      writeList(heap, b, type.element, p);
      return;
    case "map":
      writeCount(heap, b, convert(callHeap("mapSize", p), "i32"));
      forEntries(b, p, (place) => {
        const key = b.let("key", callHeap("mapKeyAt", p, place));
        writeKey(heap, b, type.key, key);
        writeCell(heap, b, type.value, b.let("value", callHeap("mapValueAt", p, place)), 0);
      });
      return;
    case "box":
      writeBox(heap, b, type.tensor, p);
  }
}

/** Booleans are numbers where they are keys. */
function writeKey(heap: HeapLibrary, b: FuncBuilder, type: Type, at: LoopExpr): void {
  const stored: Type = type.kind === "bool" ? { kind: "f64" } : type;
  writeValue(heap, b, stored, b.let("key", loadLeaf(stored, at, 0)));
}

function writeFields(
  heap: HeapLibrary,
  b: FuncBuilder,
  fields: readonly (readonly [string, Cell])[],
  base: LoopExpr,
): void {
  let leaf = 0;
  for (const [name, cell] of fields) {
    if (!isHidden(name)) writeCell(heap, b, cell, base, leaf);
    leaf += leavesOfCell(cell).length;
  }
}

function writeList(heap: HeapLibrary, b: FuncBuilder, element: Cell, p: LoopExpr): void {
  const length = b.let("length", loadWord(p, lengthAt));
  writeCount(heap, b, length);
  if (isNumbers(element)) {
    writeBytes(heap, b, plus(loadWord(p, elementsAt), headerBytes), times(length, wordBytes));
    return;
  }
  forElements(b, p, strideOf(element), i32(0), length, (at) => writeCell(heap, b, element, at, 0));
}

/** The tag where there is one, then the option that it says. */
function writeCell(
  heap: HeapLibrary,
  b: FuncBuilder,
  cell: Cell,
  base: LoopExpr,
  leaf: number,
): void {
  const typed = cell.filter((option) => !isNothing(option));
  const write = (type: Type, at: number): void =>
    writeValue(heap, b, type, b.let("leaf", loadLeaf(type, base, at)));
  if (cell.length <= 1) {
    for (const type of typed) write(type, leaf);
    return;
  }
  const tag = b.let("tag", load({ element: "f64", base, index: i32(leaf) }));
  writeWord(heap, b, tag);
  typed.forEach((type, i) => {
    const isIt = compare("eq", tag, constant("f64", codeOf(heap, type)));
    b.if(isIt, () => write(type, leaf + 1 + i));
  });
}

function writeBox(heap: HeapLibrary, b: FuncBuilder, tensor: TensorType, p: LoopExpr): void {
  const open: LoopExpr[] = [];
  sizesOfBox(heap, tensor).forEach((known, axis) => {
    const size = known ?? b.let("size", loadWord(p, openSizeAt(tensor, axis)));
    if (known === undefined) open.push(size);
    writeCount(heap, b, size);
  });
  writeBytes(heap, b, plus(p, boxedAt(tensor)), bytesOfBox(heap, tensor, open));
}
