/** `read.T()` for each type that parameters have: makes the value that the host wrote as bytes. */

import {
  type Cell,
  type HeapType,
  isNothing,
  isOpen,
  leavesOf,
  leavesOfCell,
} from "../../graph/heap-types.ts";
import type { Type } from "../../graph/ir.ts";
import {
  binary,
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
import { product } from "../../ops/dim.ts";
import { bytesOf, type TensorType } from "../../ops/types.ts";
import { sizeExpr } from "../fused/size-expr.ts";
import { nested, padded, take, wordBytes } from "./border.ts";
import { trap } from "./heap-failures.ts";
import {
  boxedAt,
  elementsAt,
  headerBytes,
  leafBytes,
  loadWord,
  localType,
  storeLeaf,
  unitsAt,
} from "./heap-layout.ts";
import type { HeapLibrary } from "./heap-library.ts";
import { bytesOfBox, codeOf, forElements, isNumbers, sizesOfBox, strideOf } from "./heap-walk.ts";
import { mapCall } from "./map-calls.ts";

const what = "an argument";
const mostBytes = 0x7fffff00;

/** The next value, of the type. */
export function readValue(heap: HeapLibrary, b: FuncBuilder, type: Type): LoopExpr {
  if (type.kind === "f64") return readWord(heap, b);
  if (type.kind === "bool") return b.let("bool", compare("ne", readWord(heap, b), noNumber));
  return b.let("p", { k: "call", type: "i32", callee: reader(heap, type), args: [] });
}

const noNumber = constant("f64", 0);

function readWord(heap: HeapLibrary, b: FuncBuilder): LoopExpr {
  const at = take(heap, b, i32(wordBytes));
  return b.let("word", load({ element: "f64", base: at, index: i32(0) }));
}

const readCount = (heap: HeapLibrary, b: FuncBuilder): LoopExpr =>
  b.let("count", convert(readWord(heap, b), "i32"));

function readBytes(heap: HeapLibrary, b: FuncBuilder, to: LoopExpr, bytes: LoopExpr): void {
  const from = take(heap, b, padded(bytes));
  b.emit({ s: "copyBytes", to, from, bytes });
}

/** The function that reads values of the type. */
function reader(heap: HeapLibrary, type: Type): string {
  const name = `read.${type.kind === "ref" ? `@${type.name}` : type.kind}`;
  return heap.define(name, (): LoopFunc => {
    const b = new FuncBuilder();
    if (type.kind !== "ref") b.emit({ s: "return", value: readText(heap, b) });
    else {
      const p = b.let("p", i32(0));
      nested(heap, b, type.name, what, () => b.set(p, readObject(heap, b, heap.typeOf(type))));
      b.emit({ s: "return", value: p });
    }
    return b.finish(name, { result: localType(type) });
  });
}

function readText(heap: HeapLibrary, b: FuncBuilder): LoopExpr {
  const length = readCount(heap, b);
  const p = b.let("text", callHeap("strNew", length));
  readBytes(heap, b, plus(p, unitsAt), times(length, 2));
  return p;
}

function readObject(heap: HeapLibrary, b: FuncBuilder, type: HeapType): LoopExpr {
  switch (type.kind) {
    case "record": {
      const bytes = i32(leavesOf(type).length * leafBytes);
      const p = b.let("record", callHeap("alloc", bytes));
      let leaf = 0;
      for (const [, cell] of type.fields) {
        readCell(heap, b, cell, plus(p, headerBytes), leaf);
        leaf += leavesOfCell(cell).length;
      }
      return p;
    }
    case "list":
      return readList(heap, b, type.element);
    case "map":
      return readMap(heap, b, type);
    case "box":
      return readBox(heap, b, type.tensor);
  }
}

function readList(heap: HeapLibrary, b: FuncBuilder, element: Cell): LoopExpr {
  const stride = i32(strideOf(element));
  const length = readCount(heap, b);
  const p = b.let("list", callHeap("listNew", length, stride));
  b.call("heap.listResize", [p, length, stride]);
  if (isNumbers(element)) {
    const to = plus(loadWord(p, elementsAt), headerBytes);
    readBytes(heap, b, to, times(length, wordBytes));
  } else {
    forElements(b, p, strideOf(element), i32(0), length, (at) => readCell(heap, b, element, at, 0));
  }
  return p;
}

function readMap(heap: HeapLibrary, b: FuncBuilder, type: HeapType & { kind: "map" }): LoopExpr {
  const count = readCount(heap, b);
  const p = b.let("map", callHeap("mapNew", i32(leavesOf(type).length)));
  b.for("i", i32(0), count, 1, () => {
    const key = readValue(heap, b, type.key);
    readCell(heap, b, type.value, b.let("value", mapCall("Put", type, p, key)), 0);
  });
  return p;
}

function readCell(
  heap: HeapLibrary,
  b: FuncBuilder,
  cell: Cell,
  base: LoopExpr,
  leaf: number,
): void {
  const typed = cell.filter((option) => !isNothing(option));
  const read = (type: Type, at: number): void =>
    storeLeaf(b, type, base, at, readValue(heap, b, type));
  if (cell.length <= 1) {
    for (const type of typed) read(type, leaf);
    return;
  }
  const tag = readWord(heap, b);
  b.store({ element: "f64", base, index: i32(leaf) }, tag);
  typed.forEach((type, i) => {
    const isIt = compare("eq", tag, constant("f64", codeOf(heap, type)));
    b.if(isIt, () => read(type, leaf + 1 + i));
  });
}

function readBox(heap: HeapLibrary, b: FuncBuilder, tensor: TensorType): LoopExpr {
  const sizes = sizesOfBox(heap, tensor).map((size) => {
    const given = readCount(heap, b);
    if (size === undefined) return given;
    b.if(compare("ne", given, size), () => trap(heap, b, `${what} has a tensor of other sizes`));
    return size;
  });
  const open = sizes.filter((_, axis) => isOpen(tensor.shape[axis]!));
  checkOpen(heap, b, tensor, open);
  const bytes = b.let("bytes", bytesOfBox(heap, tensor, open));
  const p = heap.newBox(b, tensor, bytes, sizes);
  readBytes(heap, b, plus(p, boxedAt(tensor)), bytes);
  return p;
}

/** Sizes that only the host says are counts, and of a tensor that memory can have. */
function checkOpen(
  heap: HeapLibrary,
  b: FuncBuilder,
  { dtype, shape }: TensorType,
  open: readonly LoopExpr[],
): void {
  if (open.length === 0) return;
  const least = open.reduce((x, y) => binary("or", x, y));
  const known = sizeExpr(product(shape.filter((d) => !isOpen(d))), heap.sizes);
  const wide = [known, ...open].map((size) => convert(size, "f64"));
  const count = wide.reduce((x, y) => binary("mul", x, y));
  const most = constant("f64", mostBytes / bytesOf[dtype]);
  const isTensor = binary("and", compare("ge", least, i32(0)), compare("le", count, most));
  b.if(compare("eq", isTensor, i32(0)), () =>
    trap(heap, b, `${what} has a tensor of such sizes that there is none`),
  );
}
