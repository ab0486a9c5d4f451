/** Reductions of at most 4,096 neighbours to one value: `(out, from, count, base)`. */

import { constant, FuncBuilder, i32, load, loadVector, plus } from "../../loop/build.ts";
import type { LoopExpr, LoopFunc, LoopType } from "../../loop/ir.ts";
import type { Combine } from "../../ops/kernel-abi.ts";
import { beats, combineOf, horizontal, identityValue } from "../fused/combine.ts";
import { advance, and, eq, region, setWord, word } from "./memory.ts";
import { copyRun } from "./walker.ts";

/** `base` is the number of elements before these: 0 starts a result, others add to it. */
export const rowParams: readonly LoopType[] = ["i32", "i32", "i32", "i32"];

export interface RowReduction {
  readonly combine: Combine;
  readonly type: "f32" | "i32";
  readonly lanes: 1 | 16;
}

/** Only sums and products of floats depend on their order; for others 16 lanes serve both. */
export const rowLanes = ({ combine, type, lanes }: RowReduction): 1 | 16 =>
  type === "f32" && (combine === "sum" || combine === "sumBack" || combine === "prod") ? lanes : 16;

export function buildRow(name: string, r: RowReduction): LoopFunc {
  const { combine, type } = r;
  if (combine === "argmax" || combine === "argmin") return buildRowPosition(name, combine, type);
  return rowLanes(r) === 16 ? buildRow16(name, r) : buildRow1(name, r);
}

interface RowParams {
  readonly out: LoopExpr;
  readonly from: LoopExpr;
  readonly count: LoopExpr;
  readonly base: LoopExpr;
}

const rowParamsOf = (b: FuncBuilder): RowParams => ({
  out: b.param("out", "i32"),
  from: b.param("from", "i32"),
  count: b.param("count", "i32"),
  base: b.param("base", "i32"),
});

const first = i32(0);

/** Sixteen partials as four vectors; what is missing in the last sixteen is filled up with identities. */
function buildRow16(name: string, { combine, type }: RowReduction): LoopFunc {
  const b = new FuncBuilder();
  const p = rowParamsOf(b);
  const start = constant(type === "f32" ? "v4f32" : "v4i32", identityValue(combine, type));
  const identity = b.let("identity", start);
  const partials = [0, 1, 2, 3].map(() => b.let("partial", identity));
  const addSixteen = (from: LoopExpr): void => {
    for (const [i, partial] of partials.entries()) {
      const next = loadVector({ element: type, base: from, index: i32(i * 4) });
      b.set(partial, combineOf(combine, partial, next));
    }
  };
  b.for("i", 0, and(p.count, -16), 16, () => {
    addSixteen(p.from);
    advance(b, p.from, 64);
  });
  const rest = b.let("rest", and(p.count, 15));
  b.if(rest, () => {
    const last = region("reduceCells");
    for (let i = 0; i < 16; i += 4) b.store({ element: type, base: last, index: i32(i) }, identity);
    copyRun(b, { to: last, from: p.from, step: 4, count: rest, shift: i32(2) });
    addSixteen(last);
  });
  storeResult(b, p, combine, type, horizontal(b, combine, partials));
  return b.finish(name);
}

function buildRow1(name: string, { combine, type }: RowReduction): LoopFunc {
  const b = new FuncBuilder();
  const p = rowParamsOf(b);
  const partial = b.let("partial", constant(type, identityValue(combine, type)));
  b.for("i", 0, p.count, 1, (index) =>
    b.set(partial, combineOf(combine, partial, load({ element: type, base: p.from, index }))),
  );
  storeResult(b, p, combine, type, partial);
  return b.finish(name);
}

/** The first block's result stands alone; later ones are added to it. */
function storeResult(
  b: FuncBuilder,
  { out, base }: RowParams,
  combine: Combine,
  type: "f32" | "i32",
  value: LoopExpr,
): void {
  const at = { element: type, base: out, index: first };
  const result = b.let("result", value);
  b.if(base, () => b.set(result, combineOf(combine, load(at), result)));
  b.store(at, result);
}

/** The best value so far stays in a cell between the blocks of one row. */
function buildRowPosition(
  name: string,
  combine: "argmax" | "argmin",
  type: "f32" | "i32",
): LoopFunc {
  const b = new FuncBuilder();
  const p = rowParamsOf(b);
  const cell = { element: type, base: region("reduceCells"), index: first };
  const element = (index: LoopExpr): LoopExpr => load({ element: type, base: p.from, index });
  const at = b.let("at", word(p.out, 0));
  const best = b.let("best", load(cell));
  b.if(eq(p.base, 0), () => {
    b.set(at, i32(0));
    b.if(p.count, () => b.set(best, element(first)));
  });
  b.for("i", 0, p.count, 1, (i) => {
    const x = b.let("x", element(i));
    b.if(beats(combine, x, best), () => {
      b.set(best, x);
      b.set(at, plus(p.base, i));
    });
  });
  b.store(cell, best);
  setWord(b, p.out, 0, at);
  return b.finish(name);
}

/** What accumulators start with, as the bits of an i32. */
export function identityBits(combine: Combine, type: "f32" | "i32"): number {
  const value = identityValue(combine, type);
  if (type === "i32") return value;
  return new Int32Array(Float32Array.of(value).buffer)[0]!;
}
