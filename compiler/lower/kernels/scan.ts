/** Scans of dense operands: each element combined with the result that stands a fixed distance before. */

import {
  constant,
  FuncBuilder,
  i32,
  load,
  loadVector,
  minus,
  plus,
  times,
} from "../../loop/build.ts";
import type { LoopExpr, LoopFunc } from "../../loop/ir.ts";
import { scanExport, scanPlan } from "../../ops/kernel-abi.ts";
import type { ScanLowering } from "../../ops/lowering.ts";
import { beats, type Scanned, scanStart, scanStep } from "../fused/combine.ts";
import { advance, and, eq, ge, region, setWord, shl, word } from "./memory.ts";

export interface Scan {
  readonly combine: ScanLowering["combine"];
  readonly type: "f32" | "i32";
}

const plan = (index: number): LoopExpr => word(region("plan"), index);

/**
 * A slab is `length` positions of the axis, `lag` elements each: what the inner axes have. Slabs lie
 * one after another.
 */
interface Slab {
  readonly out: LoopExpr;
  readonly x: LoopExpr;
  readonly factor: LoopExpr;
  readonly length: LoopExpr;
  readonly lag: LoopExpr;
}

export function buildScan(scan: Scan): LoopFunc {
  const b = new FuncBuilder();
  const out = b.let("out", plan(scanPlan.out));
  const x = b.let("x", plan(scanPlan.x));
  const factor = b.let("factor", plan(scanPlan.factor));
  const length = b.let("length", plan(scanPlan.length));
  const lag = b.let("lag", plan(scanPlan.lag));
  const bytes = b.let("bytes", shl(times(length, lag), 2));
  b.for("slab", 0, plan(scanPlan.slabs), 1, () => {
    const slab = { out, x, factor, length, lag };
    const { combine, type } = scan;
    if (combine === "argmax" || combine === "argmin") writePositions(b, combine, type, slab);
    else writeSlab(b, combine, type, slab);
    advance(b, out, bytes);
    advance(b, x, bytes);
    if (scan.combine === "linear") advance(b, factor, bytes);
  });
  const name = scanExport(scan.combine, scan.type);
  return b.finish(name, { exported: name });
}

function writeSlab(b: FuncBuilder, combine: Scanned, type: "f32" | "i32", slab: Slab): void {
  const { out, x, factor, length, lag } = slab;
  const start = constant(type, scanStart(combine, type));
  const end = b.let("end", times(length, lag));
  const step = (before: LoopExpr, index: LoopExpr): LoopExpr => {
    const at = { element: type, index } as const;
    const own = combine === "linear" ? load({ ...at, base: factor }) : undefined;
    return scanStep(combine, before, load({ ...at, base: x }), own);
  };
  const put = (index: LoopExpr, value: LoopExpr): void =>
    b.store({ element: type, base: out, index }, value);
  // Four at a time, where no result is needed for one of the three after it.
  const vectors = (done: LoopExpr): void => {
    b.set(done, plus(lag, and(minus(end, lag), -4)));
    b.for("v", lag, done, 4, (index) => {
      const of = (base: LoopExpr): LoopExpr => loadVector({ element: type, base, index });
      const before = of(minus(out, shl(lag, 2)));
      put(index, scanStep(combine, before, of(x), combine === "linear" ? of(factor) : undefined));
    });
  };
  b.if(
    eq(lag, 1),
    () => {
      const so = b.let("so", start);
      b.for("i", 0, length, 1, (i) => {
        b.set(so, step(so, i));
        put(i, so);
      });
    },
    () => {
      b.for("i", 0, lag, 1, (i) => put(i, step(start, i)));
      const done = b.let("done", lag);
      if (type === "f32") {
        b.if(ge(lag, 4), () => vectors(done));
      }
      b.for("rest", done, end, 1, (index) => {
        const before = load({ element: type, base: minus(out, shl(lag, 2)), index });
        put(index, step(before, index));
      });
    },
  );
}
/** Where the best element so far stands, for one column of the slab after another. */
function writePositions(
  b: FuncBuilder,
  combine: "argmax" | "argmin",
  type: "f32" | "i32",
  slab: Slab,
): void {
  b.for("column", 0, slab.lag, 1, (column) => {
    const at = b.let("at", shl(column, 2));
    const where = b.let("where", i32(0));
    const first = { element: type, base: plus(slab.x, at), index: i32(0) };
    const best = b.let("best", load(first));
    b.for("i", 0, slab.length, 1, (i) => {
      const value = b.let("value", load({ ...first, base: plus(slab.x, at) }));
      b.if(beats(combine, value, best), () => {
        b.set(best, value);
        b.set(where, i);
      });
      setWord(b, plus(slab.out, at), 0, where);
      advance(b, at, shl(slab.lag, 2));
    });
  });
}
