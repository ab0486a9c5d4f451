/** One tile of a contraction: sums in registers, blocks of 512 positions, the epilogue at the last store. */

import {
  address,
  binary,
  compare,
  constant,
  FuncBuilder,
  i32,
  knownI32,
  load,
  loadVector,
  minus,
  plus,
  select,
  times,
} from "../../loop/build.ts";
import type { LoopExpr, LoopFunc } from "../../loop/ir.ts";
import { fourOf } from "../../loop/operation-types.ts";
import type { Dim } from "../../ops/dim.ts";
import { bytesOf } from "../../ops/types.ts";
import { finishTile } from "./contract-epilogue.ts";
import type { ContractInput, TileShape } from "./contract-input.ts";
import {
  blockSize,
  type ContractPlan,
  panelWidth,
  type ReduceAxis,
  type Segment,
} from "./contract-plan.ts";
import { segmentBytes } from "./contract-schedule.ts";
import type { KernelParams } from "./kernel.ts";
import { tileNames } from "./share-tiles.ts";
import { sizeExpr } from "./size-expr.ts";
import { eachVector, offsetIn, range, storeLanes, type TileContext } from "./tile-context.ts";

/** The function of tiles of one shape. */
export function buildTile(name: string, input: ContractInput, shape: TileShape): LoopFunc {
  const b = new FuncBuilder();
  const out = b.param("out", "i32");
  const a = b.param("a", "i32");
  const bBase = b.param("b", "i32");
  const epilogue = input.epilogue.args.map((arg, i) =>
    arg.kind === "anchor" ? i32(0) : b.param(`e${i}`, "i32"),
  );
  const names = [...input.kernel.symbols, ...input.numbers.map((n) => n.name)];
  const sizes = new Map(names.map((s) => [s, b.param(s, "i32")]));
  const zero = constant(fourOf[input.plan.element], 0);
  const sums = range(shape.rows).map((r) =>
    range(shape.vectors).map((v) => b.let(`c${r}${v}`, zero)),
  );
  const params: KernelParams = { out, operands: [], sizes };
  const part = input.parts && { from: b.param("from", "i32"), to: b.param("to", "i32") };
  const t: TileContext = { b, input, shape, params, a, bBase, epilogue, part, sums };
  if (!input.segments) {
    if (input.plan.reduce.length === 1) tileOfSymbolicLength(t);
    else tileOfLoops(t);
  } else if (input.segments.length <= 1) tileOfOneSegment(t, input.segments[0]);
  else tileOfTable(t, input.segments);
  return b.finish(name);
}

function tileOfOneSegment(t: TileContext, segment: Segment | undefined): void {
  const inner = t.input.plan.reduce.at(-1);
  if (segment) {
    const length = t.params.sizes.get(tileNames.length) ?? i32(segment.length);
    accumulate(t, t.a, t.bBase, length, inner?.a ?? 0, inner?.b ?? 0);
  }
  finishTile(t);
}

/** Runs through the table of segments; where a block of 512 ends, its sums are added up. */
function tileOfTable(t: TileContext, segments: readonly Segment[]): void {
  const { b } = t;
  const inner = t.input.plan.reduce.at(-1)!;
  const table = t.params.sizes.get(tileNames.table) ?? address(t.input.table!.name);
  const word = (entry: LoopExpr, n: number): LoopExpr =>
    load({ element: "i32", base: plus(table, entry), index: i32(n) });
  const blocks = segments.filter((s) => s.closes).length;
  const end = t.params.sizes.get(tileNames.end) ?? i32(segments.length * segmentBytes);
  const body = (entry: LoopExpr): void => {
    const a = b.let("pa", plus(t.a, word(entry, 0)));
    const p = b.let("pb", plus(t.bBase, word(entry, 1)));
    accumulate(t, a, p, word(entry, 2), inner.a, inner.b);
  };
  if (blocks === 1) {
    b.for("g", 0, end, segmentBytes, body);
    finishTile(t);
    return;
  }
  const from = t.part?.from ?? i32(0);
  const first = b.let("first", t.part ? compare("eq", from, i32(0)) : i32(1));
  b.for("g", from, t.part?.to ?? end, segmentBytes, (entry) => {
    body(entry);
    b.if(word(entry, 3), () => {
      closeBlock(t, first);
      b.if(
        compare("eq", entry, minus(end, segmentBytes)),
        () => finishTile(t),
        () => storePartial(t),
      );
    });
  });
}

/** One reduced axis of symbolic length, cut into blocks of 512 at run time. */
function tileOfSymbolicLength(t: TileContext): void {
  const { b } = t;
  const axis = t.input.plan.reduce[0]!;
  const bytes = bytesOf[t.input.plan.element];
  const total = b.let("total", sizeExpr(axis.extent, t.params.sizes));
  const first = b.let("first", i32(1));
  const stepA = sizeExpr(axis.a, t.params.sizes);
  const stepB = sizeExpr(axis.b, t.params.sizes);
  b.if(compare("le", total, i32(0)), () => finishTile(t));
  b.for("k", 0, total, blockSize, (k) => {
    const left = b.let("left", minus(total, k));
    const isLast = compare("le", left, i32(blockSize));
    const a = b.let("pa", plus(t.a, times(times(k, stepA), bytes)));
    const p = b.let("pb", plus(t.bBase, times(times(k, stepB), bytes)));
    accumulate(t, a, p, select(isLast, left, i32(blockSize)), axis.a, axis.b);
    closeBlock(t, first);
    b.if(
      isLast,
      () => finishTile(t),
      () => storePartial(t),
    );
  });
}

/** Several reduced axes, as loops: the innermost one is cut where a block of 512 positions ends. */
function tileOfLoops(t: TileContext): void {
  const { b } = t;
  const { reduce, element } = t.input.plan;
  const bytes = bytesOf[element];
  const first = b.let("first", i32(1));
  const position = b.let("position", i32(0));
  const within = binary("and", position, i32(blockSize - 1));
  const stretch = (axis: ReduceAxis, a: LoopExpr, p: LoopExpr): void => {
    const extent = b.let("extent", sizeExpr(axis.extent, t.params.sizes));
    const done = b.let("done", i32(0));
    const step = (by: Dim): LoopExpr => times(times(done, sizeExpr(by, t.params.sizes)), bytes);
    const label = b.fresh("stretches");
    const body = b.body(() => {
      const left = b.let("left", minus(extent, done));
      const room = b.let("room", binary("sub", i32(blockSize), within));
      const length = b.let("length", select(compare("lt", left, room), left, room));
      accumulate(t, plus(a, step(axis.a)), plus(p, step(axis.b)), length, axis.a, axis.b);
      b.set(done, plus(done, length));
      b.set(position, plus(position, length));
      b.if(compare("eq", within, i32(0)), () => {
        closeBlock(t, first);
        storePartial(t);
      });
      b.if(compare("lt", done, extent), () => b.emit({ s: "continue", label }));
      b.emit({ s: "break", label });
    });
    b.if(compare("gt", extent, i32(0)), () => b.emit({ s: "loop", label, body }));
  };
  const over = (axes: readonly ReduceAxis[], a: LoopExpr, p: LoopExpr): void => {
    const [axis, ...rest] = axes;
    if (!axis) return;
    if (rest.length === 0) {
      stretch(axis, a, p);
      return;
    }
    b.for("k", 0, sizeExpr(axis.extent, t.params.sizes), 1, (k) => {
      const at = (by: Dim): LoopExpr => times(times(k, sizeExpr(by, t.params.sizes)), bytes);
      over(rest, b.let("ka", plus(a, at(axis.a))), b.let("kb", plus(p, at(axis.b))));
    });
  };
  over(reduce, t.a, t.bBase);
  const isWhole = binary("and", compare("eq", within, i32(0)), compare("gt", position, i32(0)));
  // A last block that is whole has been left in the result already.
  b.if(
    isWhole,
    () => {
      eachVector(t, (r, v, sum) => {
        const index = offsetIn(t, t.input.plan.out, r, v);
        b.set(sum, loadVector({ element: t.input.plan.element, base: t.params.out, index }));
      });
    },
    () => closeBlock(t, first),
  );
  finishTile(t);
}

/** `sums += a · b` over `length` positions, each one product and one sum per output, ascending. */
function accumulate(
  t: TileContext,
  aStart: LoopExpr,
  bStart: LoopExpr,
  length: LoopExpr,
  stepA: Dim,
  stepB: Dim,
): void {
  const { b, input, shape, sums, params } = t;
  const { plan } = input;
  const { element } = plan;
  const bytes = bytesOf[element];
  const a = b.let("ap", aStart);
  const p = b.let("bp", bStart);
  const laneRuns = plan.a.form.by[plan.lane] === 1;
  const rowStep = plan.row === undefined ? 0 : plan.a.form.by[plan.row]!;
  const rowOffset = (r: number): LoopExpr => times(sizeExpr(rowStep, params.sizes), r);
  const symbolicRows =
    typeof rowStep === "number"
      ? undefined
      : range(shape.rows).map((r) => b.let("ro", rowOffset(r)));
  const step = (): void => {
    const columns = range(shape.vectors).map((v) => {
      const vector = loadVector({ element, base: p, index: columnIndex(plan, v) });
      // For one row it is read where it is used: in locals, the vectors would need more registers than there are.
      return shape.rows === 1 ? vector : b.let("bv", vector);
    });
    for (let r = 0; r < shape.rows; r++) {
      const at = symbolicRows?.[r] ?? rowOffset(r);
      const splatted = laneRuns
        ? undefined
        : b.let("av", loadVector({ element, base: a, index: at }, true));
      for (let v = 0; v < shape.vectors; v++) {
        const left = splatted ?? loadVector({ element, base: a, index: plus(at, v * 4) });
        const sum = sums[r]![v]!;
        b.set(sum, binary("add", sum, binary("mul", left, columns[v]!)));
      }
    }
  };
  if (knownI32(length) === 1) {
    step();
    return;
  }
  const end = b.let("end", plus(p, times(times(length, sizeExpr(stepB, params.sizes)), bytes)));
  // The pointers themselves are the loop's counters: no third one is kept.
  const label = b.fresh("k");
  const body = b.body(() => {
    step();
    b.set(a, plus(a, times(sizeExpr(stepA, params.sizes), bytes)));
    b.set(p, plus(p, times(sizeExpr(stepB, params.sizes), bytes)));
    // Not `<`: the operand may be read backwards, as input gradients read cotangents.
    b.if(compare("ne", p, end), () => b.emit({ s: "continue", label }));
    b.emit({ s: "break", label });
  });
  b.emit({ s: "loop", label, body });
}

/** Where a tile's vector of columns begins: eight columns a panel, panels at their distance. */
function columnIndex(plan: ContractPlan, v: number): LoopExpr {
  const { panel } = plan.b;
  if (panel?.axis !== plan.lane || v * 4 < panelWidth) return i32(v * 4);
  if (typeof panel.stride !== "number") throw new Error("panels side by side at unknown distances");
  const column = v * 4;
  return i32(Math.floor(column / panelWidth) * panel.stride + (column % panelWidth));
}

/** Adds what earlier blocks left in the result: `sum of blocks + this block`. */
function closeBlock(t: TileContext, first: LoopExpr): void {
  const { b } = t;
  b.if(compare("eq", first, i32(0)), () => {
    eachVector(t, (r, v, sum) => {
      const index = offsetIn(t, t.input.plan.out, r, v);
      const before = loadVector({ element: t.input.plan.element, base: t.params.out, index });
      b.set(sum, binary("add", before, sum));
    });
  });
  b.set(first, i32(0));
}

/** Leaves the sums so far in the result, and begins the next block at +0. */
function storePartial(t: TileContext): void {
  eachVector(t, (r, v, sum) => {
    storeLanes(t, r, v, sum);
    t.b.set(sum, constant(sum.type, 0));
  });
}
