/**
 * Pooling: windows over the last axes. Lanes run along the innermost axis, be it of channels or the last one that
 * windows move along; there, a stride of 2 takes every other lane of two vectors.
 */

import type { Node } from "../../graph/ir.ts";
import { tensorOf } from "../../graph/ir.ts";
import { extents, rowMajor } from "../../graph/layout.ts";
import {
  type Access,
  binary,
  compare,
  constant,
  FuncBuilder,
  i32,
  knownI32,
  load,
  loadVector,
  plus,
  select,
  shuffle,
  splat,
} from "../../loop/build.ts";
import type { LoopExpr } from "../../loop/ir.ts";
import { fourOf } from "../../loop/operation-types.ts";
import type { Affine, WindowLowering } from "../../ops/lowering.ts";
import { boolToInt, type Lanes, lowerExpr } from "../expression.ts";
import { denseForm } from "./build-map.ts";
import { type Accumulator, accumulatorOf, identityValue } from "./combine.ts";
import type { Kernel, KernelParams, LoweredKernel } from "./kernel.ts";
import { elementAddress, elementOf, kernelParams } from "./kernel.ts";
import { evaluateForm, type LinearForm, linearForm } from "./linear-form.ts";
import { loopOver, positionExpr } from "./nest.ts";
import { isVectorizable, type Pulled, pull } from "./pull.ts";
import { readPoint } from "./read-point.ts";
import { sizeExpr } from "./size-expr.ts";

/** Windows of at most this many taps are written out. */
const unrolledTaps = 9;

interface Window {
  readonly b: FuncBuilder;
  readonly params: KernelParams;
  readonly lowering: WindowLowering;
  readonly type: Accumulator;
  readonly operand: LoopExpr;
  /** Positions over the result's physical axes, then one tap axis for each window axis. */
  readonly index: readonly Affine[];
  readonly form: LinearForm;
  /** What tells whether an element is inside, where there is padding: one for each window axis. */
  readonly checks: readonly Check[];
  readonly axes: number;
}

/** A position along an axis of the operand, and the operand's size there. */
interface Check {
  readonly at: Affine;
  readonly size: LoopExpr;
}

export function buildWindow(kernel: Kernel, anchor: Node, lowering: WindowLowering): LoweredKernel {
  const operand = anchor.operands[0]!;
  const type = tensorOf(operand);
  const result = tensorOf(kernel.result);
  const rank = result.shape.length;
  const layout = kernel.result.layout ?? rowMajor(rank);
  const b = new FuncBuilder();
  const params = kernelParams(b, kernel);
  const logical: Affine[] = Array.from({ length: rank }, (_, axis) => ({
    terms: [{ axis: layout.findIndex((p) => p.axis === axis), by: 1 }],
    offset: 0,
  }));
  const first = rank - lowering.kernel.length;
  const index = logical.map((at, axis): Affine => {
    const w = axis - first;
    if (w < 0) return at;
    const terms = [
      { axis: at.terms[0]!.axis, by: lowering.stride[w]! },
      { axis: rank + w, by: lowering.dilation[w]! },
    ];
    return { terms, offset: -lowering.padding[w]! };
  });
  const axes = rank + lowering.kernel.length;
  const isPadded = lowering.padding.some((p) => p > 0);
  const window: Window = {
    b,
    params,
    lowering,
    type: accumulatorOf(type.dtype),
    operand: params.operands[kernel.region.params.indexOf(operand)]!,
    index,
    form: linearForm(index, type.shape, operand.layout, axes),
    checks: isPadded
      ? lowering.kernel.map((_, w) => ({
          at: index[first + w]!,
          size: sizeExpr(type.shape[first + w]!, params.sizes),
        }))
      : [],
    axes: rank,
  };
  const epilogue = pull({ region: kernel.region, axes, anchor }, kernel.result, logical);
  writeWindows(window, kernel, epilogue);
  return { funcs: [b.finish(kernel.name)], data: [] };
}

function writeWindows(w: Window, kernel: Kernel, epilogue: Pulled): void {
  const { b, params } = w;
  const result = tensorOf(kernel.result);
  const physical = extents(kernel.result.layout ?? rowMajor(w.axes), result.shape);
  const out = denseForm(physical);
  const inner = w.axes - 1;
  const epilogueRuns = epilogue.args.every(
    (a) =>
      a.kind === "anchor" ||
      (a.kind === "memory" && (a.form.by[inner] === 0 || a.form.by[inner] === 1)),
  );
  const vector =
    w.form.by[inner] === 1 &&
    w.form.by.slice(w.axes).every((_, i) => !runsOver(w, i, inner)) &&
    epilogueRuns &&
    physical[inner] !== 1 &&
    isVectorizable(epilogue.expr);
  const element = elementOf(result.dtype);
  const point = (at: readonly LoopExpr[], lanes: Lanes, checks: readonly Check[]): void => {
    const anchor = b.let("w", finishWindow(w, reduceWindow(w, at, lanes, checks), lanes));
    const value = lowerExpr(b, epilogue.expr, {
      args: epilogue.args.map((a) => readPoint(b, params, a, at, lanes, inner, anchor)),
      lanes,
      indexOf: () => i32(0),
    });
    const stored = result.dtype === "bool" ? boolToInt(value) : value;
    const base = elementAddress(params.out, evaluateForm(out, at, params.sizes), result.dtype);
    b.store({ element, base, index: i32(0) }, stored);
  };
  const extent = sizeExpr(physical[inner]!, params.sizes);
  const whole =
    epilogueRuns && isVectorizable(epilogue.expr) ? columnsInside(w, extent) : undefined;
  // Rows are written in ascending order and cover the buffer, so vectors may overrun a row's end.
  loopOver(b, params, physical.slice(0, -1), [], (outer) => {
    const run = (from: number, to: LoopExpr, lanes: Lanes, checks: readonly Check[]): void =>
      b.for("c", from, to, lanes, (c) => point([...outer, c], lanes, checks));
    if (vector) atBorderOrInside(w, w.checks, outer, (checks) => run(0, extent, 4, checks));
    else if (whole) {
      // Columns at the ends of a row may lie outside by themselves; those between only as their row does.
      const [from, to] = whole;
      const ofRow = w.checks.filter((c) => c.at.terms.every((t) => t.axis !== inner));
      const vectors = from + ((to - from) & -4);
      run(0, i32(from), 1, w.checks);
      atBorderOrInside(w, ofRow, outer, (checks) => {
        run(from, i32(vectors), 4, checks);
        run(vectors, i32(to), 1, checks);
      });
      run(to, extent, 1, w.checks);
    } else {
      b.for("c", 0, extent, 1, (c) => {
        const at = [...outer, c];
        atBorderOrInside(w, w.checks, at, (checks) => point(at, 1, checks));
      });
    }
  });
}

/** The columns whose windows have all their columns inside, where windows move along rows and lanes can. */
function columnsInside(w: Window, extent: LoopExpr): readonly [number, number] | undefined {
  const inner = w.axes - 1;
  const last = w.lowering.kernel.length - 1;
  const step = w.form.by[inner];
  const columns = knownI32(extent);
  const [stride, padding] = [w.lowering.stride[last]!, w.lowering.padding[last]!];
  if (!runsOver(w, last, inner) || (step !== 1 && step !== 2) || columns === undefined) {
    return undefined;
  }
  if (w.checks.length === 0) return [0, columns];
  const size = knownI32(w.checks[last]!.size);
  if (size === undefined) return undefined;
  const reach = w.lowering.dilation[last]! * (w.lowering.kernel[last]! - 1);
  const from = Math.min(columns, Math.ceil(padding / stride));
  const to = Math.floor((size - 1 - reach + padding) / stride) + 1;
  return [from, Math.max(from, Math.min(columns, to))];
}

/** Most windows lie inside, and need no test of each element: `write` is given the tests that are needed. */
function atBorderOrInside(
  w: Window,
  checks: readonly Check[],
  at: readonly LoopExpr[],
  write: (checks: readonly Check[]) => void,
): void {
  if (checks.length === 0) {
    write([]);
    return;
  }
  const isInside = (taps: readonly LoopExpr[]): LoopExpr => {
    const place = [...at, ...Array.from({ length: w.axes - at.length }, () => i32(0)), ...taps];
    return checks
      .map((c) => compare("ltU", positionExpr(c.at, place, w.params), c.size))
      .reduce((x, y) => binary("and", x, y));
  };
  const { kernel } = w.lowering;
  const first = isInside(kernel.map(() => i32(0)));
  const last = isInside(kernel.map((k) => i32(k - 1)));
  w.b.if(
    binary("and", first, last),
    () => write([]),
    () => write(checks),
  );
}

/** Whether window axis `i` moves along the physical axis `inner`. */
function runsOver(w: Window, i: number, inner: number): boolean {
  const at = w.index[w.axes - w.lowering.kernel.length + i]!;
  return at.terms.some((t) => t.axis === inner);
}

function reduceWindow(
  w: Window,
  at: readonly LoopExpr[],
  lanes: Lanes,
  checks: readonly Check[],
): LoopExpr {
  const { b, lowering, params } = w;
  const type = lanes === 4 ? fourOf[w.type] : w.type;
  const start = constant(type, identityValue(lowering.combine, w.type));
  const sum = b.let("sum", start);
  const isMax = lowering.combine === "max" && (type === "v4f32" || type === "v4f64");
  const isNan = isMax ? b.let("nan", constant("v4i32", 0)) : undefined;
  const tap = (taps: readonly LoopExpr[]): void => {
    const place = evaluateForm(w.form, [...at, ...taps], params.sizes);
    const access = {
      element: w.type,
      base: elementAddress(w.operand, place, w.type),
      index: i32(0),
    };
    const x = b.let("x", lanes === 4 ? loadLanes(w, access) : load(access));
    if (lowering.combine === "sum") b.set(sum, binary("add", sum, x));
    else if (isNan) {
      // `pmax(a, b)` is one instruction: a < b ? b : a. So the first of equal values stays.
      b.set(sum, binary("pmax", sum, x));
      b.set(isNan, binary("or", isNan, compare("ne", x, x)));
    } else b.set(sum, greater(sum, x));
  };
  const inside = (taps: readonly LoopExpr[]): void => {
    if (checks.length === 0) {
      tap(taps);
      return;
    }
    const within = checks
      .map((c) => compare("ltU", positionExpr(c.at, [...at, ...taps], params), c.size))
      .reduce((x, y) => binary("and", x, y));
    b.if(within, () => tap(taps));
  };
  overTaps(b, lowering.kernel, [], inside);
  return isNan ? select(isNan, constant(type, Number.NaN), sum) : sum;
}

/** Four elements along the innermost axis: neighbours, or every other one. */
function loadLanes(w: Window, access: Access): LoopExpr {
  if (w.form.by[w.axes - 1] !== 2) return loadVector(access);
  const a = w.b.let("x", loadVector(access));
  const b = w.b.let("x", loadVector({ ...access, index: plus(access.index, 4) }));
  return shuffle(a, b, [0, 2, 4, 6]);
}

/** `x` where it is greater or a NaN and `best` is none; so the first of equal values stays. */
function greater(best: LoopExpr, x: LoopExpr): LoopExpr {
  if (best.type === "i32" || best.type === "v4i32") return binary("max", best, x);
  return select(binary("or", compare("lt", best, x), compare("ne", x, x)), x, best);
}

function overTaps(
  b: FuncBuilder,
  kernel: readonly number[],
  taps: readonly LoopExpr[],
  write: (taps: readonly LoopExpr[]) => void,
): void {
  const extent = kernel[taps.length];
  if (extent === undefined) {
    write(taps);
    return;
  }
  const next = (t: LoopExpr): void => overTaps(b, kernel, [...taps, t], write);
  if (kernel.reduce((n, k) => n * k, 1) <= unrolledTaps) {
    for (let t = 0; t < extent; t++) next(i32(t));
  } else b.for("t", 0, extent, 1, next);
}

function finishWindow(w: Window, sum: LoopExpr, lanes: Lanes): LoopExpr {
  const { lowering } = w;
  if (!lowering.finish) return sum;
  const count = constant(
    w.type,
    lowering.kernel.reduce((n, k) => n * k, 1),
  );
  const args = [sum, lanes === 4 ? splat(count) : count];
  return lowerExpr(w.b, lowering.finish, { args, lanes, indexOf: () => i32(0) });
}
