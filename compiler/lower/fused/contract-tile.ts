/** One tile of a contraction: sums in registers, blocks of 512 positions, the epilogue at the last store. */

import { tensorOf } from "../../graph/ir.ts";
import {
  address,
  binary,
  compare,
  constant,
  FuncBuilder,
  i32,
  knownI32,
  lane,
  load,
  loadVector,
  minus,
  plus,
  select,
  splat,
  times,
} from "../../loop/build.ts";
import type { LoopExpr, LoopFunc } from "../../loop/ir.ts";
import type { Dim } from "../../ops/dim.ts";
import { intToBool, lowerExpr } from "../expression.ts";
import type { ContractInput, TileShape } from "./contract-input.ts";
import { blockSize, type Segment } from "./contract-plan.ts";
import { elementOf, type KernelParams } from "./kernel.ts";
import type { LinearForm } from "./linear-form.ts";
import { sizeExpr } from "./size-expr.ts";

interface TileContext {
  readonly b: FuncBuilder;
  readonly input: ContractInput;
  readonly shape: TileShape;
  readonly params: KernelParams;
  readonly a: LoopExpr;
  readonly bBase: LoopExpr;
  readonly epilogue: readonly LoopExpr[];
  /** One accumulator for each row and vector, locals of type v4f32. */
  readonly sums: readonly (readonly LoopExpr[])[];
}

/** The function of tiles of one shape. */
export function buildTile(name: string, input: ContractInput, shape: TileShape): LoopFunc {
  const b = new FuncBuilder();
  const out = b.param("out", "i32");
  const a = b.param("a", "i32");
  const bBase = b.param("b", "i32");
  const epilogue = input.epilogue.args.map((arg, i) =>
    arg.kind === "anchor" ? i32(0) : b.param(`e${i}`, "i32"),
  );
  const sizes = new Map(input.kernel.symbols.map((s) => [s, b.param(s, "i32")]));
  const zero = constant("v4f32", 0);
  const sums = range(shape.rows).map((r) =>
    range(shape.vectors).map((v) => b.let(`c${r}${v}`, zero)),
  );
  const params: KernelParams = { out, operands: [], sizes };
  const t: TileContext = { b, input, shape, params, a, bBase, epilogue, sums };
  if (!input.segments) tileOfSymbolicLength(t);
  else if (input.segments.length <= 1) tileOfOneSegment(t, input.segments[0]);
  else tileOfTable(t, input.segments);
  return b.finish(name);
}

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

function tileOfOneSegment(t: TileContext, segment: Segment | undefined): void {
  const inner = t.input.plan.reduce.at(-1);
  if (segment) accumulate(t, t.a, t.bBase, i32(segment.length), inner?.a ?? 0, inner?.b ?? 0);
  finishTile(t);
}

/** Runs through the table of segments; where a block of 512 ends, its sums are added up. */
function tileOfTable(t: TileContext, segments: readonly Segment[]): void {
  const { b } = t;
  const inner = t.input.plan.reduce.at(-1)!;
  const table = address(t.input.table!.name);
  const word = (entry: LoopExpr, n: number): LoopExpr =>
    load({ element: "i32", base: plus(table, entry), index: i32(n) });
  const blocks = segments.filter((s) => s.closes).length;
  const body = (entry: LoopExpr): void => {
    const a = b.let("pa", plus(t.a, word(entry, 0)));
    const p = b.let("pb", plus(t.bBase, word(entry, 1)));
    accumulate(t, a, p, word(entry, 2), inner.a, inner.b);
  };
  if (blocks === 1) {
    b.for("g", 0, segments.length * 16, 16, body);
    finishTile(t);
    return;
  }
  const first = b.let("first", i32(1));
  const end = segments.length * 16;
  b.for("g", 0, end, 16, (entry) => {
    body(entry);
    b.if(word(entry, 3), () => {
      closeBlock(t, first);
      b.if(
        compare("eq", entry, i32(end - 16)),
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
  const total = b.let("total", sizeExpr(axis.extent, t.params.sizes));
  const first = b.let("first", i32(1));
  const stepA = sizeExpr(axis.a, t.params.sizes);
  const stepB = sizeExpr(axis.b, t.params.sizes);
  b.if(compare("le", total, i32(0)), () => finishTile(t));
  b.for("k", 0, total, blockSize, (k) => {
    const left = b.let("left", minus(total, k));
    const isLast = compare("le", left, i32(blockSize));
    const a = b.let("pa", plus(t.a, times(times(k, stepA), 4)));
    const p = b.let("pb", plus(t.bBase, times(times(k, stepB), 4)));
    accumulate(t, a, p, select(isLast, left, i32(blockSize)), axis.a, axis.b);
    closeBlock(t, first);
    b.if(
      isLast,
      () => finishTile(t),
      () => storePartial(t),
    );
  });
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
    const columns = range(shape.vectors).map((v) =>
      b.let("bv", loadVector({ element: "f32", base: p, index: i32(v * 4) })),
    );
    for (let r = 0; r < shape.rows; r++) {
      const at = symbolicRows?.[r] ?? rowOffset(r);
      const splatted = laneRuns
        ? undefined
        : b.let("av", loadVector({ element: "f32", base: a, index: at }, true));
      for (let v = 0; v < shape.vectors; v++) {
        const left = splatted ?? loadVector({ element: "f32", base: a, index: plus(at, v * 4) });
        const sum = sums[r]![v]!;
        b.set(sum, binary("add", sum, binary("mul", left, columns[v]!)));
      }
    }
  };
  if (knownI32(length) === 1) {
    step();
    return;
  }
  const end = b.let("end", plus(p, times(times(length, sizeExpr(stepB, params.sizes)), 4)));
  // The pointers themselves are the loop's counters: no third one is kept.
  const label = b.fresh("k");
  const body = b.body(() => {
    step();
    b.set(a, plus(a, times(sizeExpr(stepA, params.sizes), 4)));
    b.set(p, plus(p, times(sizeExpr(stepB, params.sizes), 4)));
    b.if(compare("lt", p, end), () => b.emit({ s: "continue", label }));
    b.emit({ s: "break", label });
  });
  b.emit({ s: "loop", label, body });
}

/** The place of one row's vector in the tile, relative to the tile's first element. */
function offsetIn(t: TileContext, form: LinearForm, r: number, v: number): LoopExpr {
  const { plan } = t.input;
  const row =
    plan.row === undefined ? i32(0) : times(sizeExpr(form.by[plan.row]!, t.params.sizes), r);
  return plus(row, times(sizeExpr(form.by[plan.lane]!, t.params.sizes), v * 4));
}

/** Adds what earlier blocks left in the result: `sum of blocks + this block`. */
function closeBlock(t: TileContext, first: LoopExpr): void {
  const { b } = t;
  b.if(compare("eq", first, i32(0)), () => {
    eachVector(t, (r, v, sum) => {
      const index = offsetIn(t, t.input.plan.out, r, v);
      const before = loadVector({ element: "f32", base: t.params.out, index });
      b.set(sum, binary("add", before, sum));
    });
  });
  b.set(first, i32(0));
}

/** Leaves the sums so far in the result, and begins the next block at +0. */
function storePartial(t: TileContext): void {
  eachVector(t, (r, v, sum) => {
    storeLanes(t, r, v, sum);
    t.b.set(sum, constant("v4f32", 0));
  });
}

function finishTile(t: TileContext): void {
  eachVector(t, (r, v, sum) => {
    const { epilogue } = t.input;
    const args = epilogue.args.map((arg, i): LoopExpr => {
      if (arg.kind === "anchor") return sum;
      const base = t.epilogue[i]!;
      if (arg.kind === "position") return positionInTile(t, arg.at.terms, base, r);
      const index = offsetIn(t, arg.form, r, v);
      const access = { element: elementOf(arg.dtype), base, index };
      const isFixed = arg.form.by[t.input.plan.lane] === 0;
      if (arg.dtype !== "bool") return loadVector(access, isFixed);
      return intToBool(isFixed ? splat(load(access)) : loadVector(access));
    });
    const value = lowerExpr(t.b, epilogue.expr, {
      args,
      lanes: 4,
      indexOf: () => i32(0),
    });
    storeLanes(t, r, v, value);
  });
}

/** A position that runs along rows; the fusion pass keeps positions along lanes outside. */
function positionInTile(
  t: TileContext,
  terms: readonly { readonly axis: number; readonly by: Dim }[],
  first: LoopExpr,
  r: number,
): LoopExpr {
  const row = terms.find((term) => term.axis === t.input.plan.row);
  if (!row) return splat(first);
  return splat(plus(first, times(sizeExpr(row.by, t.params.sizes), r)));
}

function eachVector(t: TileContext, write: (r: number, v: number, sum: LoopExpr) => void): void {
  for (let r = 0; r < t.shape.rows; r++) {
    for (let v = 0; v < t.shape.vectors; v++) write(r, v, t.sums[r]![v]!);
  }
}

/** Stores a vector, or only its first lanes where the result's columns end. */
function storeLanes(t: TileContext, r: number, v: number, value: LoopExpr): void {
  const { b, shape } = t;
  const index = offsetIn(t, t.input.plan.out, r, v);
  const count = v === shape.vectors - 1 ? shape.tail : 4;
  const access = { element: elementOf(tensorOf(t.input.kernel.result).dtype), base: t.params.out };
  if (count === 4) {
    b.store({ ...access, index }, value);
    return;
  }
  const whole = b.let("v", value);
  for (let l = 0; l < count; l++) b.store({ ...access, index: plus(index, l) }, lane(whole, l));
}
