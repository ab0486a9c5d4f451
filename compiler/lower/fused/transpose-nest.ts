/**
 * Nests that read side by side along one axis and write side by side along another: changes of layout,
 * permutations. Four by four elements are read as vectors, turned in registers and written as vectors.
 *
 * Measured on Node 20, 144 channels of 56² to channels last and back: 5 × as fast as element by element.
 */

import {
  binary,
  type FuncBuilder,
  i32,
  knownI32,
  loadVector,
  plus,
  shuffle,
} from "../../loop/build.ts";
import type { LoopExpr } from "../../loop/ir.ts";
import type { Dim } from "../../ops/dim.ts";
import { boolToInt, lowerExpr } from "../expression.ts";
import { elementAddress, elementOf, type KernelParams } from "./kernel.ts";
import { evaluateForm } from "./linear-form.ts";
import { loopOver, type Nest } from "./nest.ts";
import { isVectorizable, type PulledArg } from "./pull.ts";
import { readPoint } from "./read-point.ts";
import { sizeExpr } from "./size-expr.ts";

/** The axes of a nest that are turned: `across` is read side by side, the innermost one is written so. */
interface Turn {
  readonly nest: Nest;
  readonly inner: number;
  readonly across: number;
}

/** Writes the nest, whose axes are collapsed, if it is one of these. */
export function writeTransposed(b: FuncBuilder, params: KernelParams, nest: Nest): boolean {
  const turn = turnOf(nest);
  if (!turn) return false;
  const { inner, across } = turn;
  const others = nest.extents.map((extent, axis) =>
    axis === inner || axis === across ? 1 : extent,
  );
  loopOver(b, params, others, [], (at) => writeBlocks(b, params, turn, at));
  return true;
}

function turnOf(nest: Nest): Turn | undefined {
  const inner = nest.extents.length - 1;
  if (inner < 1 || nest.out.by[inner] !== 1 || !isVectorizable(nest.pulled.expr)) return undefined;
  const turned = nest.pulled.args.filter((a) => isTurned(a, inner));
  const first = turned[0];
  if (first?.kind !== "memory") return undefined;
  const across = first.form.by.findIndex((by, axis) => by === 1 && axis !== inner);
  const fits = nest.pulled.args.every((a) => {
    if (a.kind === "position") return a.at.terms.every((t) => t.axis !== inner);
    if (a.kind === "anchor") return false;
    return !isTurned(a, inner) || (a.form.by[across] === 1 && a.dtype !== "bool");
  });
  const isLong = [inner, across].every((axis) => isAtLeast(nest.extents[axis], 4));
  return across >= 0 && fits && isLong ? { nest, inner, across } : undefined;
}

const isAtLeast = (extent: Dim | undefined, n: number): boolean =>
  extent !== undefined && (typeof extent !== "number" || extent >= n);

const isTurned = (a: PulledArg, inner: number): boolean =>
  a.kind === "memory" && a.form.by[inner] !== 0 && a.form.by[inner] !== 1;

function writeBlocks(
  b: FuncBuilder,
  params: KernelParams,
  turn: Turn,
  outer: readonly LoopExpr[],
): void {
  const { nest, inner, across } = turn;
  const [rows, columns] = [across, inner].map((axis) =>
    sizeExpr(nest.extents[axis]!, params.sizes),
  );
  const place = (row: LoopExpr, column: LoopExpr): LoopExpr[] =>
    outer.map((v, axis) => (axis === across ? row : axis === inner ? column : v));
  const [wholeRows, wholeColumns] = [rows!, columns!].map((size) => {
    const known = knownI32(size);
    return known === undefined ? b.let("whole", binary("and", size, i32(-4))) : i32(known & -4);
  });
  const known = knownI32(wholeRows!);
  // Two blocks side by side use half a line of the cache in each direction before going on.
  const pairs = known === undefined ? 0 : known & -8;
  b.for("r", 0, pairs, 8, (r) => {
    b.for("c", 0, wholeColumns!, 4, (c) => {
      writeBlock(b, params, turn, place(r, c));
      writeBlock(b, params, turn, place(plus(r, 4), c));
    });
  });
  b.for("r", pairs, wholeRows!, 4, (r) => {
    b.for("c", 0, wholeColumns!, 4, (c) => writeBlock(b, params, turn, place(r, c)));
  });
  const single = (row: LoopExpr, column: LoopExpr): void =>
    writeElement(b, params, nest, place(row, column));
  b.for("r", 0, wholeRows!, 1, (r) => {
    b.for("c", wholeColumns!, columns!, 1, (c) => single(r, c));
  });
  b.for("r", wholeRows!, rows!, 1, (r) => b.for("c", 0, columns!, 1, (c) => single(r, c)));
}

/** Four elements along both axes. */
function writeBlock(
  b: FuncBuilder,
  params: KernelParams,
  { nest, inner, across }: Turn,
  at: readonly LoopExpr[],
): void {
  const turned = nest.pulled.args.map((a) =>
    a.kind === "memory" && isTurned(a, inner) ? readTurned(b, params, a, at, inner) : undefined,
  );
  const result = elementAddress(params.out, evaluateForm(nest.out, at, params.sizes), nest.dtype);
  const out = b.let("o", result);
  for (let row = 0; row < 4; row++) {
    const here = at.map((v, axis) => (axis === across ? plus(v, row) : v));
    const args = nest.pulled.args.map(
      (a, n) => turned[n]?.[row] ?? readPoint(b, params, a, here, 4, inner, undefined),
    );
    const value = lowerExpr(b, nest.pulled.expr, { args, lanes: 4, indexOf: noIndex });
    const stored = nest.dtype === "bool" ? boolToInt(value) : value;
    const step = evaluateForm({ by: [nest.out.by[across]!], offset: 0 }, [i32(row)], params.sizes);
    b.store({ element: elementOf(nest.dtype), base: out, index: step }, stored);
  }
}

/** For each of four positions along the axis read side by side, the vector along the innermost one. */
function readTurned(
  b: FuncBuilder,
  params: KernelParams,
  arg: PulledArg & { readonly kind: "memory" },
  at: readonly LoopExpr[],
  inner: number,
): readonly LoopExpr[] {
  const operand = params.operands[arg.param]!;
  const base = b.let(
    "a",
    elementAddress(operand, evaluateForm(arg.form, at, params.sizes), arg.dtype),
  );
  const v = [0, 1, 2, 3].map((k) => {
    const index = evaluateForm({ by: [arg.form.by[inner]!], offset: 0 }, [i32(k)], params.sizes);
    return b.let("v", loadVector({ element: elementOf(arg.dtype), base, index }));
  });
  const mix = (
    x: LoopExpr,
    y: LoopExpr,
    lanes: readonly [number, number, number, number],
  ): LoopExpr => b.let("t", shuffle(x, y, lanes));
  const [low, high] = [
    [mix(v[0]!, v[1]!, [0, 4, 1, 5]), mix(v[2]!, v[3]!, [0, 4, 1, 5])],
    [mix(v[0]!, v[1]!, [2, 6, 3, 7]), mix(v[2]!, v[3]!, [2, 6, 3, 7])],
  ] as const;
  return [
    mix(low[0], low[1], [0, 1, 4, 5]),
    mix(low[0], low[1], [2, 3, 6, 7]),
    mix(high[0], high[1], [0, 1, 4, 5]),
    mix(high[0], high[1], [2, 3, 6, 7]),
  ];
}

function writeElement(
  b: FuncBuilder,
  params: KernelParams,
  nest: Nest,
  at: readonly LoopExpr[],
): void {
  const args = nest.pulled.args.map((a) => readPoint(b, params, a, at, 1, -1, undefined));
  const value = lowerExpr(b, nest.pulled.expr, { args, lanes: 1, indexOf: noIndex });
  const stored = nest.dtype === "bool" ? boolToInt(value) : value;
  const place = evaluateForm(nest.out, at, params.sizes);
  const base = elementAddress(params.out, place, nest.dtype);
  b.store({ element: elementOf(nest.dtype), base, index: i32(0) }, stored);
}

const noIndex = (): never => {
  throw new Error("positions are arguments of a pulled expression");
};
