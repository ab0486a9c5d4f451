/**
 * Sorting of a row: each element becomes a 64-bit pair, its rank among all values above, its position
 * below. No two pairs are equal, so their ascending order is the stable order of the elements.
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

export const mergeSortName = "mergeSort";

const pairBytes = 8;

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
export const positionAt = (pairs: LoopExpr, index: LoopExpr): LoopExpr =>
  load({ element: "i32", base: pairs, index: times(index, 2) });

/**
 * `(pairs, count)`: sorts `count` pairs in memory that is followed by as much again; returns where the
 * sorted ones are. Runs of 1, 2, 4 … are merged until one is left.
 */
export function buildMergeSort(): LoopFunc {
  const b = new FuncBuilder();
  const from = b.param("pairs", "i32");
  const count = b.param("count", "i32");
  const to = b.let("to", plus(from, times(count, pairBytes)));
  const width = b.let("width", i32(1));
  const passes = b.body(() => {
    b.if(compare("ge", width, count), () => b.emit({ s: "return", value: from }));
    mergeRuns(b, from, to, width, count);
    const other = b.let("other", from);
    b.set(from, to);
    b.set(to, other);
    b.set(width, plus(width, width));
  });
  b.emit({ s: "loop", label: "passes", body: passes });
  b.emit({ s: "return", value: from });
  return b.finish(mergeSortName, { result: "i32" });
}

/** Each two neighbouring runs of `width` pairs become one of twice as many. */
function mergeRuns(
  b: FuncBuilder,
  from: LoopExpr,
  to: LoopExpr,
  width: LoopExpr,
  count: LoopExpr,
): void {
  const start = b.let("start", i32(0));
  const pair = (index: LoopExpr): LoopExpr => load({ element: "i64", base: from, index });
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
      const isLess = binary("or", compare("ge", right, end), compare("lt", l, r));
      const takesLeft = b.let("takesLeft", binary("and", compare("lt", left, middle), isLess));
      b.store({ element: "i64", base: to, index: k }, select(takesLeft, l, r));
      b.set(left, plus(left, takesLeft));
      b.set(right, plus(right, binary("xor", takesLeft, i32(1))));
    });
    b.set(start, end);
  });
  b.emit({ s: "loop", label: "runs", body });
}
