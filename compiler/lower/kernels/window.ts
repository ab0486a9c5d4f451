/** Pooling: for each row of results, each element of the window in ascending order. */

import {
  binary,
  compare,
  constant,
  FuncBuilder,
  i32,
  load,
  loadVector,
  minus,
  plus,
  select,
  times,
} from "../../loop/build.ts";
import type { LoopExpr, LoopFunc } from "../../loop/ir.ts";
import { windowPlan } from "../../ops/kernel-abi.ts";
import type { WindowLowering } from "../../ops/lowering.ts";
import { advance, breakIf, eq, least, lt, region, repeat, shl, word } from "./memory.ts";
import { fillOffsets } from "./offsets.ts";

type Combine = WindowLowering["combine"];

const plan = (index: number, axis = 0): LoopExpr => word(region("plan"), index + axis);
const spatialAxes = { depth: 0, height: 1, width: 2 } as const;

/** `isShared`: one function for both ways of combining, which calls that of a row; else a function for each. */
export const windowFunctions = (isShared: boolean): LoopFunc[] =>
  isShared
    ? [buildNeighbours("max"), buildNeighbours("sum"), buildWindow(undefined)]
    : [buildWindow("max"), buildWindow("sum")];

const neighboursName = (combine: Combine): string => `window ${combine}`;

/** The name under which the host calls the pooling that combines so. */
export const windowExport = (combine: Combine): string =>
  combine === "max" ? "windowMax" : "windowSum";

/** Without `combine` the way is a parameter. */
function buildWindow(combine: Combine | undefined): LoopFunc {
  const b = new FuncBuilder();
  const isMax = combine ? i32(combine === "max" ? 1 : 0) : b.param("isMax", "i32");
  const { depth, height, width } = spatialAxes;
  const out = b.let("out", plan(windowPlan.out));
  const results = b.let("results", plan(windowPlan.outSizes, width));
  b.for("image", 0, plan(windowPlan.count), 1, (image) => {
    const from = b.let("from", imageAt(b, image));
    b.for("placeD", 0, plan(windowPlan.outSizes, depth), 1, (placeD) =>
      b.for("placeH", 0, plan(windowPlan.outSizes, height), 1, (placeH) => {
        const [least, zero] = [Number.NEGATIVE_INFINITY, 0].map((n) => constant("f32", n));
        const first = combine ? (combine === "max" ? least! : zero!) : select(isMax, least!, zero!);
        const start = b.let("start", first);
        b.for("w", 0, results, 1, (index) => b.store({ element: "f32", base: out, index }, start));
        forElements(b, depth, placeD, from, (plane) =>
          forElements(b, height, placeH, plane, (line) =>
            b.for("element", 0, plan(windowPlan.kernel, width), 1, (element) =>
              combineRow(b, combine, isMax, { out, results, line, element }),
            ),
          ),
        );
        advance(b, out, shl(results, 2));
      }),
    );
  });
  const name = combine ? windowExport(combine) : "window";
  return b.finish(name, { exported: name });
}

function imageAt(b: FuncBuilder, image: LoopExpr): LoopExpr {
  fillOffsets(b, {
    to: region("batchCells"),
    axes: region("plan", windowPlan.axes * 4),
    axisCount: plan(windowPlan.axisCount),
    sum: 0,
    first: image,
    count: i32(1),
    start: plan(windowPlan.from),
  });
  return word(region("batchCells"), 0);
}

/** The window's elements along one axis that lie inside, for the result at `place`. */
function forElements(
  b: FuncBuilder,
  axis: number,
  place: LoopExpr,
  from: LoopExpr,
  write: (from: LoopExpr) => void,
): void {
  const of = (index: number): LoopExpr => plan(index, axis);
  b.for("element", 0, of(windowPlan.kernel), 1, (element) => {
    const moved = plus(
      times(place, of(windowPlan.strides)),
      times(element, of(windowPlan.dilation)),
    );
    const at = b.let("at", minus(moved, of(windowPlan.padding)));
    b.if(compare("ltU", at, of(windowPlan.sizes)), () =>
      write(b.let("line", plus(from, times(at, of(windowPlan.steps))))),
    );
  });
}

interface Row {
  readonly out: LoopExpr;
  readonly results: LoopExpr;
  readonly line: LoopExpr;
  readonly element: LoopExpr;
}

/** One element of the window along a row: the results from `first` to `end` find it inside. */
function combineRow(b: FuncBuilder, combine: Combine | undefined, isMax: LoopExpr, row: Row): void {
  const of = (index: number): LoopExpr => plan(index, spatialAxes.width);
  const stride = b.let("stride", of(windowPlan.strides));
  const reach = times(row.element, of(windowPlan.dilation));
  const shift = b.let("shift", minus(reach, of(windowPlan.padding)));
  const size = of(windowPlan.sizes);
  const first = b.let("first", i32(0));
  const end = b.let("end", row.results);
  const last = plus(times(minus(row.results, 1), stride), shift);
  // Divisions are slow, and most rows need none.
  b.if(lt(shift, 0), () => b.set(first, binary("div", minus(minus(stride, 1), shift), stride)));
  b.if(compare("ge", last, size), () => {
    const reached = plus(minus(size, shift), minus(stride, 1));
    b.set(end, least(binary("div", reached, stride), row.results));
  });
  const step = b.let("step", of(windowPlan.steps));
  const start = plus(times(first, stride), shift);
  const from = b.let("from", plus(row.line, times(start, step)));
  b.set(step, times(step, stride));
  const args = [row.out, from, step, first, end];
  if (combine) combineNeighbours(b, combine, { out: row.out, from, step, at: first, end });
  else
    b.if(
      isMax,
      () => b.call(neighboursName("max"), args),
      () => b.call(neighboursName("sum"), args),
    );
}

/** `combineNeighbours` as a function. */
function buildNeighbours(combine: Combine): LoopFunc {
  const b = new FuncBuilder();
  const [out, from, step, at, end] = ["out", "from", "step", "at", "end"].map((name) =>
    b.param(name, "i32"),
  );
  combineNeighbours(b, combine, { out: out!, from: from!, step: step!, at: at!, end: end! });
  return b.finish(neighboursName(combine));
}

interface Neighbours {
  readonly out: LoopExpr;
  readonly from: LoopExpr;
  readonly step: LoopExpr;
  /** The first result, and the one after the last. */
  readonly at: LoopExpr;
  readonly end: LoopExpr;
}

/** Strides of one and two, which almost all pools have, are done four results at a time. */
function combineNeighbours(b: FuncBuilder, combine: Combine, row: Neighbours): void {
  const { from, step, at, end } = row;
  const next = (offset: number): LoopExpr =>
    loadVector({ element: "f32", base: from, index: i32(offset) });
  const [single, pairs] = [eq(step, 4), eq(step, 8)];
  b.if(single, () => combineVectors(b, combine, row, next(0)));
  const even: LoopExpr = {
    k: "shuffle",
    type: "v4f32",
    a: next(0),
    b: next(4),
    lanes: [0, 2, 4, 6],
  };
  b.if(pairs, () => combineVectors(b, combine, row, even));
  b.for("w", at, end, 1, (index) => {
    const to = { element: "f32", base: row.out, index } as const;
    const x = b.let("x", load({ element: "f32", base: from, index: i32(0) }));
    b.store(to, combined(combine, b.let("value", load(to)), x));
    advance(b, from, step);
  });
}

function combineVectors(
  b: FuncBuilder,
  combine: Combine,
  { out, from, step, at, end }: Neighbours,
  four: LoopExpr,
): void {
  repeat(b, "fours", () => {
    breakIf(b, "fours", compare("gt", plus(at, 4), end));
    const to = { element: "f32", base: out, index: at } as const;
    const xs = b.let("xs", four);
    b.store(to, combined(combine, b.let("values", loadVector(to)), xs));
    advance(b, at, 4);
    advance(b, from, shl(step, 2));
  });
}

/** Of equals the first stays; the first NaN is greatest. */
function combined(combine: Combine, value: LoopExpr, x: LoopExpr): LoopExpr {
  if (combine === "sum") return binary("add", value, x);
  const isNewNan = binary("and", compare("ne", x, x), compare("eq", value, value));
  return select(binary("or", compare("gt", x, value), isNewNan), x, value);
}
