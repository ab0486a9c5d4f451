/** Nests of independent elements: maps, copies, changes of layout, and what is fused into them. */

import { tensorOf } from "../../graph/ir.ts";
import { extents, rowMajor } from "../../graph/layout.ts";
import { binary, constant, FuncBuilder, i32, knownI32 } from "../../loop/build.ts";
import type { LoopExpr } from "../../loop/ir.ts";
import type { Dim } from "../../ops/dim.ts";
import { equalDim, mulDim } from "../../ops/dim.ts";
import type { Affine } from "../../ops/lowering.ts";
import { type DType, scalarOf } from "../../ops/types.ts";
import { boolToInt, type Lanes, loopType, lowerExpr } from "../expression.ts";
import { writeFixedChoice } from "./fixed-choice.ts";
import type { Kernel, KernelParams, LoweredKernel } from "./kernel.ts";
import { elementAddress, elementOf, kernelParams } from "./kernel.ts";
import { evaluateForm, type LinearForm } from "./linear-form.ts";
import { loopOver, type Nest, positionExpr } from "./nest.ts";
import { isVectorizable, type PulledArg, pull } from "./pull.ts";
import { noIndex, readArg, scaled } from "./read-argument.ts";
import { sizeExpr } from "./size-expr.ts";
import { writeTransposed } from "./transpose-nest.ts";

export function buildMap(kernel: Kernel): LoweredKernel {
  const b = new FuncBuilder();
  const params = kernelParams(b, kernel);
  const { nest, paddedFrom } = resultNest(kernel);
  if (paddedFrom) writeGuardedNest(b, params, nest, paddedFrom);
  else writeNest(b, params, nest);
  return { funcs: [b.finish(kernel.name)], data: [] };
}

/** Rounding up a split axis leaves positions outside it: they are written as 0. */
interface Guard {
  readonly at: Affine;
  readonly size: Dim;
}

export function resultNest(kernel: Kernel): {
  nest: Nest;
  paddedFrom: readonly Guard[] | undefined;
} {
  const type = tensorOf(kernel.result);
  const layout = kernel.result.layout ?? rowMajor(type.shape.length);
  const index: Affine[] = type.shape.map(() => ({ terms: [], offset: 0 }));
  const guards: Guard[] = [];
  layout.forEach((p, axis) => {
    const by = p.part === "outer" ? p.size : 1;
    const old = index[p.axis]!;
    index[p.axis] = { terms: [...old.terms, { axis, by }], offset: old.offset };
  });
  for (const p of layout) {
    const size = type.shape[p.axis]!;
    const exact = p.part === "whole" || (typeof size === "number" && size % p.size === 0);
    if (!exact && p.part === "outer") guards.push({ at: index[p.axis]!, size });
  }
  const physical = extents(layout, type.shape);
  // Elements that pad a whole axis are never read: the nest leaves them alone.
  const box = layout.map((p, i) => (p.part === "whole" ? type.shape[p.axis]! : physical[i]!));
  const pulled = pull(
    { region: kernel.region, axes: layout.length, anchor: kernel.anchor },
    kernel.result,
    index,
  );
  const out = denseForm(physical);
  const covers = box.every((d, i) => equalDim(d, physical[i]!));
  const nest: Nest = { extents: box, pulled, out, dtype: type.dtype, covers };
  return { nest, paddedFrom: guards.length > 0 ? guards : undefined };
}

/** The place of each element of a dense buffer with these physical dimensions. */
export function denseForm(physical: readonly Dim[]): LinearForm {
  const by: Dim[] = [];
  let stride: Dim = 1;
  for (let i = physical.length - 1; i >= 0; i--) {
    by[i] = stride;
    stride = mulDim(stride, physical[i]!);
  }
  return { by, offset: 0 };
}

/** Writes the loops of a nest into `b`. */
export function writeNest(b: FuncBuilder, params: KernelParams, nest: Nest): void {
  const flat = collapse(nest);
  if (writeTransposed(b, params, flat)) return;
  const inner = flat.extents.length - 1;
  const outer = flat.extents.slice(0, -1);
  const vector = canVectorize(flat, inner);
  loopOver(b, params, outer, [], (at) => {
    writeInner(b, params, flat, at, inner, vector);
  });
}

function canVectorize(nest: Nest, inner: number): boolean {
  if (inner < 0 || nest.out.by[inner] !== 1 || nest.extents[inner] === 1) return false;
  const fits = nest.pulled.args.every((a) => {
    if (a.kind === "position") return a.at.terms.every((t) => t.axis !== inner);
    if (a.kind === "anchor") return false;
    return a.form.by[inner] === 0 || a.form.by[inner] === 1;
  });
  return fits && isVectorizable(nest.pulled.expr);
}

/** The innermost loop: pointers to its first elements, then vectors and what remains. */
function writeInner(
  b: FuncBuilder,
  params: KernelParams,
  nest: Nest,
  outer: readonly LoopExpr[],
  inner: number,
  vector: boolean,
): void {
  const isChosen = writeFixedChoice(b, params, nest, outer, inner, (branch) =>
    writeInner(b, params, branch, outer, inner, vector),
  );
  if (isChosen) return;
  const start = (base: LoopExpr, form: LinearForm, dtype: DType): LoopExpr =>
    pointer(b, elementAddress(base, evaluateForm(form, outer, params.sizes), dtype));
  const out = start(params.out, nest.out, nest.dtype);
  const bases = nest.pulled.args.map((a) =>
    a.kind === "memory" ? start(params.operands[a.param]!, a.form, a.dtype) : undefined,
  );
  /** Arguments that stay the same along the inner axis are read before its loop. */
  const hold = (lanes: Lanes): readonly (LoopExpr | undefined)[] =>
    nest.pulled.args.map((a, n) =>
      a.kind === "memory" && inner >= 0 && a.form.by[inner] === 0
        ? b.let("s", readArg(a, bases[n], outer, inner, i32(0), lanes, params))
        : undefined,
    );
  const point = (i: LoopExpr, lanes: Lanes, held: readonly (LoopExpr | undefined)[]): void => {
    const args = nest.pulled.args.map(
      (a, n) => held[n] ?? readArg(a, bases[n], [...outer, i], inner, i, lanes, params),
    );
    const value = lowerExpr(b, nest.pulled.expr, { args, lanes, indexOf: noIndex });
    const stored = nest.dtype === "bool" ? boolToInt(value) : value;
    const index = inner < 0 ? i : scaled(i, nest.out.by[inner]!, params);
    b.store({ element: elementOf(nest.dtype), base: out, index }, stored);
  };
  const run = (from: LoopExpr, to: LoopExpr, lanes: Lanes): void => {
    const held = hold(lanes);
    b.for("j", from, to, lanes, (i) => point(i, lanes, held));
  };
  if (inner < 0) {
    point(i32(0), 1, []);
    return;
  }
  const extent = nest.extents[inner]!;
  const size = sizeExpr(extent, params.sizes);
  const count = typeof extent === "number" ? size : b.let("n", size);
  const known = knownI32(count);
  if (!vector) run(i32(0), count, 1);
  else if (nest.covers || (known !== undefined && known % 4 === 0)) run(i32(0), count, 4);
  else {
    const rounded =
      known === undefined ? b.let("m", binary("and", count, i32(-4))) : i32(known & -4);
    run(i32(0), rounded, 4);
    run(rounded, count, 1);
  }
}

/** Whether vectors at the ends of rows write elements of the next row, which it then writes again. */
export function overruns(nest: Nest): boolean {
  const flat = collapse(nest);
  const inner = flat.extents.length - 1;
  const extent = flat.extents[inner];
  if (!flat.covers || inner < 1 || !canVectorize(flat, inner)) return false;
  return !(typeof extent === "number" && extent % 4 === 0);
}

const pointer = (b: FuncBuilder, e: LoopExpr): LoopExpr =>
  e.k === "local" || e.k === "const" ? e : b.let("a", e);

/**
 * Merges neighbouring axes through which every access runs as through one, and drops axes of
 * extent 1, so that dense nests become one long loop.
 */
export function collapse(nest: Nest): Nest {
  const forms = [
    nest.out,
    ...nest.pulled.args.flatMap((a) => (a.kind === "memory" ? [a.form] : [])),
  ];
  const pinned = new Set(
    nest.pulled.args.flatMap((a) => (a.kind === "position" ? a.at.terms.map((t) => t.axis) : [])),
  );
  /** Groups of old axes, each becoming one new axis. */
  const groups: { axes: number[]; extent: Dim }[] = [];
  nest.extents.forEach((extent, axis) => {
    if (extent === 1 && !pinned.has(axis)) return;
    const last = groups.at(-1);
    const before = last?.axes.at(-1);
    const runs =
      last !== undefined &&
      before !== undefined &&
      !pinned.has(axis) &&
      !pinned.has(before) &&
      forms.every((f) => equalDim(f.by[before]!, mulDim(f.by[axis]!, extent)));
    if (runs) {
      last.axes.push(axis);
      last.extent = mulDim(last.extent, extent);
    } else groups.push({ axes: [axis], extent });
  });
  const lead = groups.map((g) => g.axes.at(-1)!);
  const shrink = (f: LinearForm): LinearForm => ({
    by: lead.map((a) => f.by[a]!),
    offset: f.offset,
  });
  const args = nest.pulled.args.map((a): PulledArg => {
    if (a.kind === "memory") return { ...a, form: shrink(a.form) };
    if (a.kind === "anchor") return a;
    const terms = a.at.terms
      .filter((t) => lead.includes(t.axis))
      .map((t) => ({ axis: lead.indexOf(t.axis), by: t.by }));
    return { kind: "position", at: { terms, offset: a.at.offset } };
  });
  return {
    ...nest,
    extents: groups.map((g) => g.extent),
    out: shrink(nest.out),
    pulled: { expr: nest.pulled.expr, args },
  };
}

/** Element by element, with 0 where a split axis was rounded up. */
function writeGuardedNest(
  b: FuncBuilder,
  params: KernelParams,
  nest: Nest,
  guards: readonly Guard[],
): void {
  const element = elementOf(nest.dtype);
  loopOver(b, params, nest.extents, [], (at) => {
    const index = b.let("o", evaluateForm(nest.out, at, params.sizes));
    const inside = guards
      .map((g) => {
        const a = positionExpr(g.at, at, params);
        return {
          k: "compare",
          type: "i32",
          op: "lt",
          a,
          b: sizeExpr(g.size, params.sizes),
        } as const;
      })
      .reduce<LoopExpr>((all, c) => binary("and", all, c), i32(1));
    const zero = (): void =>
      b.store({ element, base: params.out, index }, constant(loopType(scalarOf(nest.dtype), 1), 0));
    const point = (): void => {
      const args = nest.pulled.args.map((a) => {
        const place = a.kind === "memory" ? evaluateForm(a.form, at, params.sizes) : i32(0);
        const base =
          a.kind === "memory"
            ? elementAddress(params.operands[a.param]!, place, a.dtype)
            : undefined;
        return readArg(a, base, at, -1, i32(0), 1, params);
      });
      const value = lowerExpr(b, nest.pulled.expr, { args, lanes: 1, indexOf: noIndex });
      b.store({ element, base: params.out, index }, value);
    };
    b.if(inside, point, zero);
  });
}
