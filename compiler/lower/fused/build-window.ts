/** Pooling: windows over the last axes, with lanes along the innermost axis where it is no window's. */

import type { Node } from "../../graph/ir.ts";
import { tensorOf } from "../../graph/ir.ts";
import { extents, rowMajor } from "../../graph/layout.ts";
import {
  binary,
  compare,
  constant,
  FuncBuilder,
  i32,
  load,
  loadVector,
  select,
  splat,
} from "../../loop/build.ts";
import type { LoopExpr, LoopType } from "../../loop/ir.ts";
import type { Affine, WindowLowering } from "../../ops/lowering.ts";
import { boolToInt, type Lanes, lowerExpr } from "../expression.ts";
import { denseForm } from "./build-map.ts";
import { identityValue } from "./combine.ts";
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
  readonly type: "f32" | "i32";
  readonly operand: LoopExpr;
  /** Positions over the result's physical axes, then one tap axis for each window axis. */
  readonly index: readonly Affine[];
  readonly form: LinearForm;
  /** For each window axis: its logical axis and the operand's size along it. */
  readonly checks: readonly { readonly at: Affine; readonly size: LoopExpr }[];
  readonly axes: number;
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
    type: type.dtype === "f32" ? "f32" : "i32",
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
  const lanes = vector ? 4 : 1;
  const point = (at: readonly LoopExpr[], isInside: boolean): void => {
    const anchor = b.let("w", finishWindow(w, reduceWindow(w, at, lanes, isInside), lanes));
    const value = lowerExpr(b, epilogue.expr, {
      args: epilogue.args.map((a) => readPoint(b, params, a, at, lanes, inner, anchor)),
      lanes,
      indexOf: () => i32(0),
    });
    const stored = result.dtype === "bool" ? boolToInt(value) : value;
    const base = elementAddress(params.out, evaluateForm(out, at, params.sizes), result.dtype);
    b.store({ element, base, index: i32(0) }, stored);
  };
  // Rows are written in ascending order and cover the buffer, so vectors may overrun a row's end.
  loopOver(b, params, physical.slice(0, -1), [], (outer) => {
    const extent = sizeExpr(physical[inner]!, params.sizes);
    const row = (write: (at: readonly LoopExpr[]) => void): void =>
      b.for("c", 0, extent, lanes, (c) => write([...outer, c]));
    // Where windows move along the row, each is tested by itself.
    if (vector) atBorderOrInside(w, outer, (isInside) => row((at) => point(at, isInside)));
    else row((at) => atBorderOrInside(w, at, (isInside) => point(at, isInside)));
  });
}

/** Most windows lie inside, and need no test of each element. */
function atBorderOrInside(
  w: Window,
  at: readonly LoopExpr[],
  write: (isInside: boolean) => void,
): void {
  if (w.checks.length === 0) {
    write(true);
    return;
  }
  const isInside = (taps: readonly LoopExpr[]): LoopExpr => {
    const place = [...at, ...Array.from({ length: w.axes - at.length }, () => i32(0)), ...taps];
    return w.checks
      .map((c) => compare("ltU", positionExpr(c.at, place, w.params), c.size))
      .reduce((x, y) => binary("and", x, y));
  };
  const { kernel } = w.lowering;
  const first = isInside(kernel.map(() => i32(0)));
  const last = isInside(kernel.map((k) => i32(k - 1)));
  w.b.if(
    binary("and", first, last),
    () => write(true),
    () => write(false),
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
  isInside: boolean,
): LoopExpr {
  const { b, lowering, params } = w;
  const vector: LoopType = w.type === "f32" ? "v4f32" : "v4i32";
  const type = lanes === 4 ? vector : w.type;
  const start = constant(type, identityValue(lowering.combine, w.type));
  const sum = b.let("sum", start);
  const isMax = lowering.combine === "max" && type === "v4f32";
  const isNan = isMax ? b.let("nan", constant("v4i32", 0)) : undefined;
  const tap = (taps: readonly LoopExpr[]): void => {
    const place = evaluateForm(w.form, [...at, ...taps], params.sizes);
    const access = {
      element: w.type,
      base: elementAddress(w.operand, place, w.type),
      index: i32(0),
    };
    const x = b.let("x", lanes === 4 ? loadVector(access) : load(access));
    if (lowering.combine === "sum") b.set(sum, binary("add", sum, x));
    else if (isNan) {
      // `pmax(a, b)` is one instruction: a < b ? b : a. So the first of equal values stays.
      b.set(sum, binary("pmax", sum, x));
      b.set(isNan, binary("or", isNan, compare("ne", x, x)));
    } else b.set(sum, greater(sum, x));
  };
  const inside = (taps: readonly LoopExpr[]): void => {
    if (isInside) {
      tap(taps);
      return;
    }
    const within = w.checks
      .map((c) => compare("ltU", positionExpr(c.at, [...at, ...taps], params), c.size))
      .reduce((x, y) => binary("and", x, y));
    b.if(within, () => tap(taps));
  };
  overTaps(b, lowering.kernel, [], inside);
  return isNan ? select(isNan, constant("v4f32", Number.NaN), sum) : sum;
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
