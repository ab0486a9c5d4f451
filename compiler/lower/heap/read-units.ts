/** Owns what is done with single units of texts without a call: reading one at an integer, comparing first ones. */

import type { Type, Value } from "../../graph/ir.ts";
import {
  binary,
  compare,
  constant,
  convert,
  i32,
  load,
  plus,
  select,
  times,
} from "../../loop/build.ts";
import { callHeap } from "../../loop/heap.ts";
import type { LoopExpr } from "../../loop/ir.ts";
import type { FunctionScope } from "../function-scope.ts";
import { lengthAt, loadWord, unitsAt } from "./heap-layout.ts";
import { letterBytes, letterCount } from "./text-constants.ts";

const unitBytes = 2;

/** What a function of texts gives; undefined where it is to be called. */
export function readUnits(
  scope: FunctionScope,
  fn: string,
  first: Value,
  second: Value,
  result: Type,
): LoopExpr | undefined {
  const [text, other] = [scope.scalar(first), scope.scalar(second)];
  if (fn === "equal") return equal(scope, text, other);
  if (second.type.kind !== "i32") return undefined;
  switch (fn) {
    case "charCodeAt": {
      if (result.kind === "i32") return loadUnit(text, other);
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
  // Outside, one is read at address 0, where memory always is.
  const place = b.let("place", select(inside, plus(text, times(at, unitBytes)), i32(0)));
  return { inside, unit: b.let("unit", loadUnit(place, i32(0))) };
}

/** The unit at a place of the text that it has. */
const loadUnit = (text: LoopExpr, at: LoopExpr): LoopExpr =>
  load({ element: "u16", base: text, index: plus(at, unitsAt / unitBytes) });

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
