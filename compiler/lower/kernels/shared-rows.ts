/**
 * The interpreter's reductions of rows and its scans: one function for all ways of combining, which chooses
 * the way in each round. They are what reduce-row.ts and scan.ts have a function for each of.
 */

import {
  bits,
  call,
  FuncBuilder,
  i32,
  lane,
  loadVector,
  minus,
  plus,
  select,
  splat,
  times,
} from "../../loop/build.ts";
import type { LoopExpr, LoopFunc } from "../../loop/ir.ts";
import { scanPlan } from "../../ops/kernel-abi.ts";
import type { ReduceLowering } from "../../ops/lowering.ts";
import { beats, combineOf } from "../fused/combine.ts";
import { advance, and, breakIf, eq, ge, lt, region, repeat, setWord, shl, word } from "./memory.ts";
import { identityBits, type RowReduction, rowLanes } from "./reduce-row.ts";
import type { Scan } from "./scan.ts";
import { caseName, type GeneralQuestion, uses, usesCase } from "./uses.ts";
import { copyRun } from "./walker.ts";

type ElementType = "f32" | "i32";

const values = ["sum", "prod", "max", "min"] as const;
const types = ["f32", "i32"] as const;
/** The cases of `combined`: what two values become. */
const combining = types.flatMap((type) => values.map((combine) => ({ combine, type })));
/** The cases of `better`: whether a value takes the place of the best so far. */
const comparing = types.flatMap((type) =>
  (["argmax", "argmin"] as const).map((combine) => ({ combine, type })),
);

const caseOf = (combine: ReduceLowering["combine"] | "linear", type: ElementType): number => {
  const known = combine === "linear" || combine === "sumBack" ? "sum" : combine;
  const isPosition = known === "argmax" || known === "argmin";
  const all: readonly { combine: string; type: string }[] = isPosition ? comparing : combining;
  return all.findIndex((c) => c.combine === known && c.type === type);
};

/** Bits of a way's number above its case: one lane instead of sixteen, a factor, positions. */
const caseMask = 15;
const oneLane = 16;
const withFactor = 32;
const ofPositions = 64;

/** By which number the interpreter calls for a reduction of rows. */
export function rowNumber(r: RowReduction): number {
  const isPosition = r.combine === "argmax" || r.combine === "argmin";
  const flags = isPosition ? ofPositions : rowLanes(r) === 1 ? oneLane : 0;
  return caseOf(r.combine, r.type) | flags;
}

/** By which number the interpreter calls for a scan. */
export function scanNumber({ combine, type }: Scan): number {
  const isPosition = combine === "argmax" || combine === "argmin";
  const flags = isPosition ? ofPositions : combine === "linear" ? withFactor : 0;
  return caseOf(combine, type) | flags;
}

const combinedName = "combined";
const betterName = "better";

/** All questions about cases. */
export const rowQuestions: readonly string[] = [
  ...combining.map((_, i) => caseName(combinedName, i)),
  ...comparing.map((_, i) => caseName(betterName, i)),
];

/** The questions whether programs use what a reduction of rows, or a scan, has this number for. */
export function questionsOfRow(number: number): string[] {
  const own = number & caseMask;
  if (number >= ofPositions) {
    const positions: GeneralQuestion = "row positions";
    return [caseName(betterName, own), positions];
  }
  const asked = [caseName(combinedName, own)];
  const oneOnly: GeneralQuestion = "one lane";
  if (number & oneLane) asked.push(oneOnly);
  if (number & withFactor) asked.push(caseName(combinedName, own + 1));
  return asked;
}

/** What a scan starts with, as the bits of an i32. */
export function scanIdentity({ combine, type }: Scan): number {
  if (combine === "argmax" || combine === "argmin" || combine === "linear") return 0;
  return identityBits(combine, type);
}

const typed = (x: LoopExpr, type: ElementType): LoopExpr =>
  type === "i32" ? x : bits(x, x.type === "v4i32" ? "v4f32" : "f32");
const untyped = (x: LoopExpr): LoopExpr => (x.type === "v4f32" ? bits(x, "v4i32") : x);

const chosen = (number: LoopExpr): LoopExpr => and(number, caseMask);
const combined = (number: LoopExpr, x: LoopExpr, y: LoopExpr): LoopExpr =>
  call("v4i32", combinedName, [number, x, y]);
const better = (number: LoopExpr, x: LoopExpr, best: LoopExpr): LoopExpr =>
  call("i32", betterName, [number, x, best]);

export const sharedRowFunctions = (): LoopFunc[] => [
  buildCombined(),
  buildBetter(),
  buildRow(),
  buildRowPositions(),
];
export const sharedScanFunctions = (): LoopFunc[] => [buildScan(), buildScanPositions()];

function buildCombined(): LoopFunc {
  const b = new FuncBuilder();
  const number = b.param("number", "i32");
  const x = b.param("x", "v4i32");
  const y = b.param("y", "v4i32");
  writeCases(b, chosen(number), [x], [y]);
  b.emit({ s: "return", value: x });
  return b.finish(combinedName, { result: "v4i32" });
}

/** Combines each of `to` with what stands beside it in `by`. */
function writeCases(
  b: FuncBuilder,
  value: LoopExpr,
  to: readonly LoopExpr[],
  by: readonly LoopExpr[],
): void {
  const cases = combining.map(
    ({ combine, type }, number) =>
      () =>
        b.if(usesCase(combinedName, number), () => {
          for (const [i, x] of to.entries())
            b.set(x, untyped(combineOf(combine, typed(x, type), typed(by[i]!, type))));
        }),
  );
  b.switch(value, cases);
}

function buildBetter(): LoopFunc {
  const b = new FuncBuilder();
  const number = b.param("number", "i32");
  const x = b.param("x", "i32");
  const best = b.param("best", "i32");
  const result = b.let("result", i32(0));
  const cases = comparing.map(
    ({ combine, type }, number) =>
      () =>
        b.if(usesCase(betterName, number), () => {
          const [own, other] = [b.let(type, typed(x, type)), b.let(type, typed(best, type))];
          b.set(result, beats(combine, own, other));
        }),
  );
  b.switch(chosen(number), cases);
  b.emit({ s: "return", value: result });
  return b.finish(betterName, { result: "i32" });
}

const vectorAt = (base: LoopExpr, index = 0): LoopExpr =>
  loadVector({ element: "i32", base, index: i32(index) });
const allOf = (base: LoopExpr): LoopExpr =>
  loadVector({ element: "i32", base, index: i32(0) }, true);

/** `(number, identity, out, from, count, base)`: as the functions of reduce-row.ts. */
function buildRow(): LoopFunc {
  const b = new FuncBuilder();
  const [number, identity, out, from, count, base] = rowParams(b);
  b.if(and(uses("row positions"), ge(number, ofPositions)), () => {
    b.call("rowPositions", [number, out, from, count, base]);
    b.emit({ s: "return", value: undefined });
  });
  const start = b.let("start", splat(identity));
  const partials = [0, 1, 2, 3].map(() => b.let("partial", start));
  const result = partials[0]!;
  b.if(
    and(number, times(uses("one lane"), oneLane)),
    () =>
      b.for("i", 0, count, 1, () => {
        b.set(result, combined(number, result, allOf(from)));
        advance(b, from, 4);
      }),
    () => {
      const last = region("reduceCells");
      b.for("i", 0, count, 16, (i) => {
        const left = b.let("left", minus(count, i));
        b.if(lt(left, 16), () => {
          for (let k = 0; k < 16; k += 4)
            b.store({ element: "i32", base: last, index: i32(k) }, start);
          copyRun(b, { to: last, from, step: 4, count: left, shift: i32(2) });
          b.set(from, last);
        });
        const next = partials.map((_, k) => b.let("next", vectorAt(from, 4 * k)));
        writeCases(b, chosen(number), partials, next);
        advance(b, from, 64);
      });
      writeHorizontal(b, number, partials);
    },
  );
  b.if(base, () => b.set(result, combined(number, allOf(out), result)));
  setWord(b, out, 0, lane(result, 0));
  return b.finish("row");
}

function rowParams(
  b: FuncBuilder,
): readonly [
  number: LoopExpr,
  identity: LoopExpr,
  out: LoopExpr,
  from: LoopExpr,
  count: LoopExpr,
  base: LoopExpr,
] {
  const p = (name: string): LoopExpr => b.param(name, "i32");
  return [p("number"), p("identity"), p("out"), p("from"), p("count"), p("base")];
}

/** `(v0+v1)+(v2+v3)`, then lanes `(l0+l2)+(l1+l3)`: into the first lane of the first. */
function writeHorizontal(b: FuncBuilder, number: LoopExpr, [v0, v1, v2, v3]: LoopExpr[]): void {
  const moved = (first: number): LoopExpr => {
    const lanes = [first, (first + 1) % 4, first, first] as const;
    return { k: "shuffle", type: "v4i32", a: v0!, b: v0!, lanes };
  };
  b.set(v0!, combined(number, combined(number, v0!, v1!), combined(number, v2!, v3!)));
  b.set(v0!, combined(number, v0!, moved(2)));
  b.set(v0!, combined(number, v0!, moved(1)));
}

/** The best value so far stays in a cell between the blocks of one row. */
function buildRowPositions(): LoopFunc {
  const b = new FuncBuilder();
  const number = b.param("number", "i32");
  const out = b.param("out", "i32");
  const from = b.param("from", "i32");
  const count = b.param("count", "i32");
  const base = b.param("base", "i32");
  const cell = region("reduceCells");
  const at = b.let("at", word(out, 0));
  const best = b.let("best", word(cell, 0));
  b.if(eq(base, 0), () => {
    b.set(at, i32(0));
    b.set(best, word(from, 0));
  });
  b.for("i", 0, count, 1, (i) => {
    const x = b.let("x", word(from, 0));
    b.if(better(number, x, best), () => {
      b.set(best, x);
      b.set(at, plus(base, i));
    });
    advance(b, from, 4);
  });
  setWord(b, cell, 0, best);
  setWord(b, out, 0, at);
  return b.finish("rowPositions");
}

const plan = (index: number): LoopExpr => word(region("plan"), index);

/**
 * Elements in the order of memory, each combined with the result that stands `lag` before: four at a time
 * where none of the four is needed for another. What is read past the end is not kept.
 */
function buildScan(): LoopFunc {
  const b = new FuncBuilder();
  const number = b.param("number", "i32");
  const identity = b.param("identity", "i32");
  b.if(and(uses("row positions"), ge(number, ofPositions)), () => {
    b.call("scanPositions", [number]);
    b.emit({ s: "return", value: undefined });
  });
  const out = b.let("out", plan(scanPlan.out));
  const x = b.let("x", plan(scanPlan.x));
  const factor = b.let("factor", plan(scanPlan.factor));
  const lag = b.let("lag", plan(scanPlan.lag));
  const end = b.let("end", times(plan(scanPlan.length), lag));
  const start = b.let("start", splat(identity));
  const step = b.let("step", i32(0));
  b.for("slab", 0, plan(scanPlan.slabs), 1, () => {
    const i = b.let("i", i32(0));
    repeat(b, "elements", () => {
      breakIf(b, "elements", ge(i, end));
      const before = b.let("before", start);
      b.if(ge(i, lag), () => b.set(before, vectorAt(minus(out, shl(lag, 2)))));
      // The product's case follows that of the sum.
      b.if(and(number, withFactor), () =>
        b.set(before, combined(plus(number, 1), vectorAt(factor), before)),
      );
      b.set(before, combined(number, before, vectorAt(x)));
      const last = select(ge(i, lag), end, lag);
      b.if(
        and(ge(lag, 4), ge(last, plus(i, 4))),
        () => {
          b.store({ element: "i32", base: out, index: i32(0) }, before);
          b.set(step, i32(4));
        },
        () => {
          setWord(b, out, 0, lane(before, 0));
          b.set(step, i32(1));
        },
      );
      b.set(i, plus(i, step));
      for (const pointer of [out, x, factor]) advance(b, pointer, shl(step, 2));
    });
  });
  return b.finish("scan", { exported: "scan" });
}

/** Where the best element so far stands, for one column of the slab after another. */
function buildScanPositions(): LoopFunc {
  const b = new FuncBuilder();
  const number = b.param("number", "i32");
  const out = b.let("out", plan(scanPlan.out));
  const x = b.let("x", plan(scanPlan.x));
  const length = b.let("length", plan(scanPlan.length));
  const lag = b.let("lag", plan(scanPlan.lag));
  b.for("slab", 0, plan(scanPlan.slabs), 1, () => {
    b.for("column", 0, lag, 1, (column) => {
      const at = b.let("at", shl(column, 2));
      const where = b.let("where", i32(0));
      const best = b.let("best", word(plus(x, at), 0));
      b.for("i", 0, length, 1, (i) => {
        const value = b.let("value", word(plus(x, at), 0));
        b.if(better(number, value, best), () => {
          b.set(best, value);
          b.set(where, i);
        });
        setWord(b, plus(out, at), 0, where);
        advance(b, at, shl(lag, 2));
      });
    });
    const bytes = b.let("bytes", shl(times(length, lag), 2));
    for (const pointer of [out, x]) advance(b, pointer, bytes);
  });
  return b.finish("scanPositions");
}
