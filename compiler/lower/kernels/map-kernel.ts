/** One function per scalar expression: `(out, count, slots)` on dense memory, without tails. */

import {
  FuncBuilder,
  i32,
  load,
  loadVector,
  constant as loopConstant,
  times,
} from "../../loop/build.ts";
import type { Element, LoopExpr, LoopFunc, LoopType } from "../../loop/ir.ts";
import { elementBytes } from "../../loop/ir.ts";
import { childrenOf, type Expr, type ScalarType } from "../../ops/expr.ts";
import { inputsOf, liftConstants } from "../../ops/expr-key.ts";
import { boolToInt, intToBool, type Lanes, lowerExpr } from "../expression.ts";
import { advance, shr, word } from "./memory.ts";

/** The types of all map kernels' parameters: `out`, `count`, `slots`, and the number by which it is called. */
export const mapParams: readonly LoopType[] = ["i32", "i32", "i32", "i32"];

/** Vectors per round of cheap expressions; four gain 7 % in cache and nothing beyond, one loses 20 %. */
const mostVectors = 2;
/** Expressions of more operations than this already fill the processor with one vector a round. */
const cheapOperations = 12;

interface Slot {
  readonly element: Element;
  readonly type: ScalarType;
}

const elementOf = (type: ScalarType): Element => (type === "bool" ? "u8" : type);
const bytesOf = (element: Element): number => elementBytes[element];

/**
 * The kernel called `name` for an expression whose equal parts are one node. It computes `count`
 * elements, rounded up to a multiple of 8 where it works on vectors; `slots` points to an address
 * and a step (bytes for four elements, 0 for a repeated one, then 64 bytes long) per operand and
 * per position axis, in ascending order.
 */
export function buildMapKernel(name: string, expr: Expr): LoopFunc {
  const b = new FuncBuilder();
  const out = b.param("out", "i32");
  const count = b.param("count", "i32");
  const slots = b.param("slots", "i32");
  b.param("number", "i32");
  const lanes: Lanes = isVectorizable(expr) ? 4 : 1;
  const vectors = lanes === 4 ? vectorsFor(expr) : 1;
  const { args, axes } = inputsOf(expr);
  const types = argTypes(expr);
  const inputs = [
    ...args.map(
      (index): Slot => ({ element: elementOf(types.get(index)!), type: types.get(index)! }),
    ),
    ...axes.map((): Slot => ({ element: "i32", type: "i32" })),
  ];
  const pointers = inputs.map((_, i) => b.let("from", word(slots, 2 * i)));
  const steps = inputs.map((_, i) => b.let("step", stepOf(word(slots, 2 * i + 1), lanes, vectors)));
  const hoisted = hoistConstants(b, expr, lanes);
  const element = elementOf(expr.type);
  b.for("i", 0, count, lanes * vectors, () => {
    for (let v = 0; v < vectors; v++) {
      const values = inputs.map((slot, i) => loadSlot(b, slot, pointers[i]!, v * 4, lanes));
      const given = [...hoisted.values];
      for (const [i, index] of args.entries()) given[index] = values[i]!;
      const indexOf = (axis: number): LoopExpr => values[args.length + axes.indexOf(axis)]!;
      const value = lowerExpr(b, hoisted.expr, { args: given, lanes, indexOf });
      const stored = expr.type === "bool" ? boolToInt(value) : value;
      b.store({ element, base: out, index: i32(v * 4) }, stored);
    }
    for (const [i, pointer] of pointers.entries()) advance(b, pointer, steps[i]!);
    advance(b, out, lanes * vectors * bytesOf(element));
  });
  return b.finish(name);
}

const stepOf = (step: LoopExpr, lanes: Lanes, vectors: number): LoopExpr =>
  lanes === 1 ? shr(step, 2) : times(step, vectors);

function loadSlot(
  b: FuncBuilder,
  { element, type }: Slot,
  base: LoopExpr,
  offset: number,
  lanes: Lanes,
): LoopExpr {
  const at = { element, base, index: i32(offset) };
  const value = b.let("x", lanes === 4 ? loadVector(at) : load(at));
  return type === "bool" && lanes === 4 ? b.let("x", intToBool(value)) : value;
}

/**
 * Constants become locals set before the loop: newer V8s rebuild a vector constant at each use, and
 * a constant takes 18 bytes of code.
 */
function hoistConstants(
  b: FuncBuilder,
  root: Expr,
  lanes: Lanes,
): { readonly expr: Expr; readonly values: LoopExpr[] } {
  if (lanes === 1) return { expr: root, values: [] };
  const { expr, constants } = liftConstants(root);
  const values: LoopExpr[] = [];
  const first = (inputsOf(root).args.at(-1) ?? -1) + 1;
  for (const [i, { type, value }] of constants.entries()) {
    const lane = type === "bool" ? -Number(value) : value;
    values[first + i] = b.let("c", loopConstant(type === "f32" ? "v4f32" : "v4i32", lane));
  }
  return { expr, values };
}

function nodesOf(root: Expr): Expr[] {
  const seen = new Set<Expr>();
  const visit = (e: Expr): void => {
    if (seen.has(e)) return;
    for (const child of childrenOf(e)) visit(child);
    seen.add(e);
  };
  visit(root);
  return [...seen];
}

/** Types of eight bytes and integers of eight bits have no vector of four; integer division by the garbage after the end may trap. */
export const isVectorizable = (root: Expr): boolean =>
  nodesOf(root).every(
    ({ op, type }) =>
      !["f64", "i64", "u8", "i8"].includes(type) &&
      !(type === "i32" && (op === "div" || op === "rem")),
  );

function vectorsFor(root: Expr): number {
  const operations = nodesOf(root).filter((e) => childrenOf(e).length > 0).length;
  return operations <= cheapOperations ? mostVectors : 1;
}

/** Of each operand, by its number. */
export function argTypes(root: Expr): ReadonlyMap<number, ScalarType> {
  const types = new Map<number, ScalarType>();
  for (const e of nodesOf(root)) if (e.op === "arg") types.set(e.index, e.type);
  return types;
}
