/** Owns what is done with single units of texts without a call: reading one at an integer, comparing first ones. */

import type { Value } from "../../graph/ir.ts";
import { binary, compare, constant, convert, i32, plus, select, times } from "../../loop/build.ts";
import { callHeap } from "../../loop/heap.ts";
import type { LoopExpr } from "../../loop/ir.ts";
import type { FunctionScope } from "../function-scope.ts";
import { lengthAt, loadWord, unitsAt } from "./heap-layout.ts";
import { letterBytes, letterCount } from "./text-constants.ts";

/** What a function of texts gives; undefined where it is to be called. */
export function readUnits(
  scope: FunctionScope,
  fn: string,
  first: Value,
  second: Value,
): LoopExpr | undefined {
  const [text, other] = [scope.scalar(first), scope.scalar(second)];
  if (fn === "equal") return equal(scope, text, other);
  if (second.type.kind !== "i32") return undefined;
  switch (fn) {
    case "charCodeAt": {
      const { inside, unit } = unitAt(scope, text, other);
      return select(inside, convert(unit, "f64"), constant("f64", Number.NaN));
    }
    case "at":
      return letterAt(scope, text, other, i32(0), "strAt");
    case "charAt":
      return letterAt(scope, text, other, scope.libraries.heap.text(""), "strCharAt");
    default:
      return undefined;
  }
}

interface Unit {
  readonly inside: LoopExpr;
  /** Anything where the place is not inside. */
  readonly unit: LoopExpr;
}

function unitAt({ b }: FunctionScope, text: LoopExpr, at: LoopExpr): Unit {
  const inside = b.let("inside", compare("ltU", at, loadWord(text, lengthAt)));
  // Two units are one word. Outside, one is read at address 0, where memory always is.
  const pair = plus(text, times(binary("shrU", at, i32(1)), 4));
  const word = loadWord(b.let("pair", select(inside, pair, i32(0))), unitsAt);
  const shifted = binary("shrU", word, times(binary("and", at, i32(1)), 16));
  return { inside, unit: b.let("unit", binary("and", shifted, i32(0xffff))) };
}

/** The text of one unit: most need not be made. */
function letterAt(
  scope: FunctionScope,
  text: LoopExpr,
  at: LoopExpr,
  outside: LoopExpr,
  called: "strAt" | "strCharAt",
): LoopExpr {
  const { b, libraries } = scope;
  const { inside, unit } = unitAt(scope, text, at);
  const letter = b.let("letter", outside);
  b.if(inside, () =>
    b.if(
      compare("ltU", unit, i32(letterCount)),
      () => b.set(letter, plus(libraries.heap.letters(), times(unit, letterBytes))),
      () => b.set(letter, callHeap(called, text, convert(at, "f64"))),
    ),
  );
  return letter;
}

/** Texts of other lengths, or of another first unit, are told apart at once. */
function equal({ b }: FunctionScope, left: LoopExpr, right: LoopExpr): LoopExpr {
  const same = b.let("same", compare("eq", left, right));
  const length = b.let("length", loadWord(left, lengthAt));
  const difference = binary("xor", loadWord(left, unitsAt), loadWord(right, unitsAt));
  const begins = compare("eq", binary("and", difference, i32(0xffff)), i32(0));
  b.if(compare("eq", length, loadWord(right, lengthAt)), () =>
    b.if(binary("or", begins, compare("eq", length, i32(0))), () =>
      b.set(same, callHeap("strEqual", left, right)),
    ),
  );
  return same;
}
