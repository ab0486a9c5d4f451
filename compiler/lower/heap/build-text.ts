/** Owns the code that puts texts together: one measure of all pieces, one text, and each piece written where it belongs. */

import type { Node, Value } from "../../graph/ir.ts";
import { constant, i32, plus, times } from "../../loop/build.ts";
import { callHeap } from "../../loop/heap.ts";
import type { Element, LoopExpr } from "../../loop/ir.ts";
import type { FunctionScope } from "../function-scope.ts";
import { headerBytes, lengthAt, loadWord, storeLeaf, unitsAt } from "./heap-layout.ts";
import { leafOf } from "./leaves.ts";
import type { Chain, Piece } from "./text-chains.ts";

const unitBytes = 2;
/** Texts of the source that are not longer are written by stores. */
const mostStored = 8;

/** The result of the chain's last node, or where a field lay, what that is now. */
export function buildText(scope: FunctionScope, node: Node, chain: Chain): void {
  const { begin, pieces, first, storedBy } = chain;
  if (storedBy !== undefined && begin.k === "text") {
    lengthenField(scope, storedBy, begin.value, pieces);
    return;
  }
  const result = node.results[0]!;
  if (begin.k !== "text") {
    scope.define(result, put(scope, [begin, ...pieces]));
    return;
  }
  const a = scope.scalar(begin.value);
  const takes = scope.takes(first) && a.k === "local";
  if (takes || scope.moves(first, begin.value)) {
    scope.define(result, lengthened(scope, a, pieces));
    if (takes) scope.b.set(a, i32(0));
  } else scope.define(result, put(scope, [begin, ...pieces]));
}

/** A text that nothing else refers to becomes longer where it lies. */
function lengthened(scope: FunctionScope, a: LoopExpr, pieces: readonly Piece[]): LoopExpr {
  const [only] = pieces;
  if (pieces.length === 1 && only?.k === "text")
    return callHeap("strAppend", a, scope.scalar(only.value));
  if (pieces.length === 1 && only?.k === "int")
    return callHeap("strAppendInt", a, scope.scalar(only.value));
  const { units, all } = measured(scope, pieces);
  const at = scope.b.let("at", loadWord(a, lengthAt));
  const text = scope.b.let("text", callHeap("strLonger", a, all));
  scope.b.set(at, plus(text, times(at, unitBytes)));
  write(scope, at, pieces, units);
  return text;
}

/** The text that was read from a field, which has it again when it is longer. */
function lengthenField(
  scope: FunctionScope,
  set: Node,
  before: Value,
  pieces: readonly Piece[],
): void {
  const { b } = scope;
  const record = scope.scalar(set.operands[0]!);
  const { units, all } = measured(scope, pieces);
  const a = scope.scalar(before);
  const at = b.let("at", loadWord(a, lengthAt));
  const text = b.let("text", callHeap("strLonger", a, all));
  storeLeaf(b, before.type, plus(record, headerBytes), leafOf(set), text);
  b.set(at, plus(text, times(at, unitBytes)));
  write(scope, at, pieces, units);
}

/** A new text. */
function put(scope: FunctionScope, pieces: readonly Piece[]): LoopExpr {
  const [a, z] = pieces;
  if (pieces.length === 2 && a?.k === "text" && z?.k === "text")
    return callHeap("strConcat", scope.scalar(a.value), scope.scalar(z.value));
  const { units, all } = measured(scope, pieces);
  const text = scope.b.let("text", callHeap("strRaw", all));
  write(scope, scope.b.let("at", text), pieces, units);
  return text;
}

/** The units of each piece, and of all of them. */
function measured(
  scope: FunctionScope,
  pieces: readonly Piece[],
): { readonly units: readonly LoopExpr[]; readonly all: LoopExpr } {
  const units = pieces.map((piece) => {
    switch (piece.k) {
      case "known":
        return i32(piece.text.length);
      case "unit":
        return i32(1);
      case "int":
        return scope.b.let("units", callHeap("intUnits", scope.scalar(piece.value)));
      case "text":
        return scope.b.let("units", loadWord(scope.scalar(piece.value), lengthAt));
    }
  });
  return { units, all: units.reduce((sum, n) => plus(sum, n)) };
}

/** Writes pieces so that the first begins where units begin in a text at the local `at`. */
function write(
  scope: FunctionScope,
  at: LoopExpr,
  pieces: readonly Piece[],
  units: readonly LoopExpr[],
): void {
  const { b } = scope;
  let offset = unitsAt;
  pieces.forEach((piece, i) => {
    const isLast = i === pieces.length - 1;
    const isStored = piece.k === "known" && piece.text.length <= mostStored;
    if (isStored || piece.k === "unit") {
      if (piece.k === "unit") storeUnits(scope, at, offset, "u16", scope.scalar(piece.value));
      else storeText(scope, at, offset, piece.text);
      offset += unitBytes * (piece.k === "unit" ? 1 : piece.text.length);
      return;
    }
    const here = plus(at, offset);
    const end =
      piece.k === "int"
        ? callHeap("strPutInt", here, scope.scalar(piece.value), units[i]!)
        : callHeap(
            "strPut",
            here,
            piece.k === "text" ? scope.scalar(piece.value) : scope.libraries.heap.text(piece.text),
          );
    const next = b.let("next", end);
    if (!isLast) b.set(at, next);
    offset = 0;
  });
}

/** The fewest stores. */
function storeText(scope: FunctionScope, at: LoopExpr, offset: number, text: string): void {
  let done = 0;
  for (const [element, count] of [
    ["i64", 4],
    ["i32", 2],
    ["u16", 1],
  ] as const) {
    while (text.length - done >= count) {
      let bits = 0n;
      for (let i = count - 1; i >= 0; i--) {
        bits = (bits << 16n) | BigInt(text.charCodeAt(done + i));
      }
      const value =
        element === "i64"
          ? constant("i64", BigInt.asIntN(64, bits))
          : i32(Number(BigInt.asIntN(32, bits)));
      storeUnits(scope, at, offset + unitBytes * done, element, value);
      done += count;
    }
  }
}

function storeUnits(
  { b }: FunctionScope,
  at: LoopExpr,
  offset: number,
  element: Element,
  value: LoopExpr,
): void {
  b.store({ element, base: plus(at, offset), index: i32(0) }, value);
}
