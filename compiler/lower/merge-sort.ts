/**
 * Sorting of a row: each element becomes a 64-bit pair, its rank among all values above, its position
 * below. No two pairs are equal, so their ascending order is the stable order of the elements. Ranks of
 * f64 take 64 bits: their pairs are wide, two words of 64 bits, and merging itself is stable.
 */

import {
  binary,
  bits,
  compare,
  constant,
  convert,
  FuncBuilder,
  i32,
  load,
  minus,
  plus,
  select,
  times,
} from "../loop/build.ts";
import type { LoopExpr, LoopFunc } from "../loop/ir.ts";
import type { DType } from "../ops/types.ts";

/** Words of 64 bits in a pair. */
export type PairWords = 1 | 2;
export const pairWordsOf = (dtype: DType): PairWords => (dtype === "f64" ? 2 : 1);

export const mergeSortName = "mergeSort";
export const sortFunctionOf = (words: PairWords): string =>
  words === 1 ? mergeSortName : `${mergeSortName}Wide`;

/** The pair of the element `x` at `position`; see docs/numerics.md, rule 4. */
export function sortPair(
  b: FuncBuilder,
  x: LoopExpr,
  position: LoopExpr,
  descending: boolean | LoopExpr,
): LoopExpr {
  const rank = x.type === "f32" ? rankOfFloat(b, x) : x;
  const mask =
    typeof descending === "boolean" ? i32(descending ? -1 : 0) : minus(i32(0), descending);
  const high = convert(binary("xor", rank, mask), "i64");
  return binary("or", binary("shl", high, constant("i64", 32n)), convert(position, "i64"));
}

/** Puts the pair of `x`, the element at `position`, where pairs of as many words lie. */
export function storePair(
  b: FuncBuilder,
  pairs: LoopExpr,
  x: LoopExpr,
  position: LoopExpr,
  descending: boolean,
): void {
  if (x.type !== "f64") {
    const pair = sortPair(b, x, position, descending);
    b.store({ element: "i64", base: pairs, index: position }, pair);
    return;
  }
  const rank = binary("xor", rankOfDouble(b, x), constant("i64", descending ? -1n : 0n));
  const index = times(position, 2);
  b.store({ element: "i64", base: pairs, index }, rank);
  b.store({ element: "i64", base: pairs, index: plus(index, 1) }, convert(position, "i64"));
}

/** As for f32, in 64 bits. */
function rankOfDouble(b: FuncBuilder, value: LoopExpr): LoopExpr {
  const x = b.let("x", value);
  const greatest = constant("i64", 2n ** 63n - 1n);
  const pattern = b.let("pattern", bits(x, "i64"));
  const flip = binary("and", binary("shrS", pattern, constant("i64", 63n)), greatest);
  const isZero = compare("eq", x, constant("f64", 0));
  const ordered = select(isZero, constant("i64", 0n), binary("xor", pattern, flip));
  return select(compare("ne", x, x), greatest, ordered);
}

/** Ascends with the float: zeros are 0, NaN is the greatest i32. */
function rankOfFloat(b: FuncBuilder, value: LoopExpr): LoopExpr {
  const x = b.let("x", value);
  const pattern = b.let("pattern", bits(x, "i32"));
  const flip = binary("and", binary("shrS", pattern, i32(31)), i32(0x7fffffff));
  const ordered = select(
    compare("eq", x, constant("f32", 0)),
    i32(0),
    binary("xor", pattern, flip),
  );
  return select(compare("ne", x, x), i32(0x7fffffff), ordered);
}

/** The position in pair `index`. */
export const positionAt = (pairs: LoopExpr, index: LoopExpr, words: PairWords = 1): LoopExpr =>
  load({
    element: "i32",
    base: pairs,
    index: words === 1 ? times(index, 2) : plus(times(index, 4), 2),
  });

/**
 * `(pairs, count)`: sorts `count` pairs in memory that is followed by as much again; returns where the
 * sorted ones are. Runs of 1, 2, 4 … are merged until one is left.
 */
export function buildMergeSort(words: PairWords = 1): LoopFunc {
  const b = new FuncBuilder();
  const from = b.param("pairs", "i32");
  const count = b.param("count", "i32");
  const to = b.let("to", plus(from, times(count, 8 * words)));
  const width = b.let("width", i32(1));
  const passes = b.body(() => {
    b.if(compare("ge", width, count), () => b.emit({ s: "return", value: from }));
    mergeRuns(b, words, from, to, width, count);
    const other = b.let("other", from);
    b.set(from, to);
    b.set(to, other);
    b.set(width, plus(width, width));
  });
  b.emit({ s: "loop", label: "passes", body: passes });
  b.emit({ s: "return", value: from });
  return b.finish(sortFunctionOf(words), { result: "i32" });
}

/** Each two neighbouring runs of `width` pairs become one of twice as many. */
function mergeRuns(
  b: FuncBuilder,
  words: PairWords,
  from: LoopExpr,
  to: LoopExpr,
  width: LoopExpr,
  count: LoopExpr,
): void {
  const start = b.let("start", i32(0));
  const wordAt = (index: LoopExpr, word: number) =>
    ({ element: "i64", index: plus(times(index, words), word) }) as const;
  const pair = (index: LoopExpr, word = 0): LoopExpr =>
    load({ ...wordAt(index, word), base: from });
  const body = b.body(() => {
    b.if(compare("ge", start, count), () => b.emit({ s: "break", label: "runs" }));
    const left = b.let("left", start);
    const middle = b.let("middle", binary("min", plus(start, width), count));
    const right = b.let("right", middle);
    const end = b.let("end", binary("min", plus(middle, width), count));
    b.for("k", start, end, 1, (k) => {
      // One pair after the last is read where a run has ended; it is not taken.
      const l = b.let("l", pair(left));
      const r = b.let("r", pair(right));
      const isLess = binary(
        "or",
        compare("ge", right, end),
        compare(words === 1 ? "lt" : "le", l, r),
      );
      const takesLeft = b.let("takesLeft", binary("and", compare("lt", left, middle), isLess));
      b.store({ ...wordAt(k, 0), base: to }, select(takesLeft, l, r));
      if (words === 2) {
        b.store({ ...wordAt(k, 1), base: to }, select(takesLeft, pair(left, 1), pair(right, 1)));
      }
      b.set(left, plus(left, takesLeft));
      b.set(right, plus(right, binary("xor", takesLeft, i32(1))));
    });
    b.set(start, end);
  });
  b.emit({ s: "loop", label: "runs", body });
}
