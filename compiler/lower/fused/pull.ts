/**
 * Reads the element-wise and movement nodes of a kernel backwards from its result: one scalar
 * expression over the elements of the kernel's parameters, each at a linear place.
 */

import type { Node, Region, Value } from "../../graph/ir.ts";
import { tensorOf } from "../../graph/ir.ts";
import type { Dim } from "../../ops/dim.ts";
import type { Expr } from "../../ops/expr.ts";
import * as ex from "../../ops/expr.ts";
import type { Affine } from "../../ops/lowering.ts";
import { opByName } from "../../ops/registry.ts";
import type { DType } from "../../ops/types.ts";
import { scalarOf } from "../../ops/types.ts";
import { composeAffine, type LinearForm, linearForm } from "./linear-form.ts";

/** What an `arg` of the pulled expression stands for. */
export type PulledArg =
  /** An element of parameter `param` of the kernel. */
  | {
      readonly kind: "memory";
      readonly param: number;
      readonly dtype: DType;
      readonly form: LinearForm;
    }
  /** A position over the iteration axes, as an i32. */
  | { readonly kind: "position"; readonly at: Affine }
  /** The value that the kernel's anchor (its reduction, contraction …) computed. */
  | { readonly kind: "anchor" };

export interface Pulled {
  readonly expr: Expr;
  readonly args: readonly PulledArg[];
}

export interface PullInput {
  readonly region: Region;
  /** Number of iteration axes. */
  readonly axes: number;
  /** The node whose result is given as the `anchor` argument instead of being pulled. */
  readonly anchor: Node | undefined;
}

/** The expression of `value` at `index`: a position over the iteration axes for each logical axis. */
export function pull(input: PullInput, value: Value, index: readonly Affine[]): Pulled {
  const args: PulledArg[] = [];
  const argOf = (type: Expr["type"], arg: PulledArg): Expr => {
    const key = JSON.stringify(arg);
    const known = args.findIndex((a) => JSON.stringify(a) === key);
    return ex.arg(known < 0 ? args.push(arg) - 1 : known, type);
  };
  const makers = new Map<Value, Node>();
  for (const node of input.region.nodes) for (const r of node.results) makers.set(r, node);
  const seen = new Map<Value, Map<string, Expr>>();

  const visit = (v: Value, at: readonly Affine[]): Expr => {
    const key = JSON.stringify(at);
    const known = seen.get(v)?.get(key);
    if (known) return known;
    const result = visitNew(v, at);
    if (!seen.has(v)) seen.set(v, new Map());
    seen.get(v)?.set(key, result);
    return result;
  };

  const visitNew = (v: Value, at: readonly Affine[]): Expr => {
    const type = tensorOf(v);
    const scalar = scalarOf(type.dtype);
    const param = input.region.params.indexOf(v);
    if (param >= 0) {
      const form = linearForm(at, type.shape, v.layout, input.axes);
      return argOf(scalar, { kind: "memory", param, dtype: type.dtype, form });
    }
    const node = makers.get(v);
    if (!node) throw new Error("a kernel reads a value from outside");
    if (node === input.anchor) return argOf(scalar, { kind: "anchor" });
    if (node.op === "layout") return visit(node.operands[0]!, at);
    return visitOperator(node, at);
  };

  const visitOperator = (node: Node, at: readonly Affine[]): Expr => {
    const types = node.operands.map(tensorOf);
    const result = tensorOf(node.results[0]!);
    const lowering = recordOf(node).lower(types, node.attrs, result);
    if (lowering.kind === "map") {
      const operands = node.operands.map((o, i) => {
        const shape = types[i]!.shape;
        return visit(o, broadcastIndex(at, shape, result.shape));
      });
      return substitute(lowering.expr, operands, (axis) =>
        argOf("i32", { kind: "position", at: at[axis]! }),
      );
    }
    if (lowering.kind === "move" && lowering.form === "pieces" && lowering.pieces.length <= 1) {
      const piece = lowering.pieces[0];
      if (!piece) return fillOf(lowering.fill ?? 0, result.dtype, argOf);
      return visit(
        node.operands[piece.operand]!,
        piece.index.map((a) => composeAffine(a, at)),
      );
    }
    throw new Error(`${node.op} cannot be pulled into a kernel`);
  };

  return { expr: visit(value, index), args };
}

/** A number, or a size read where the code runs. */
function fillOf(
  fill: Dim,
  dtype: DType,
  argOf: (type: Expr["type"], arg: PulledArg) => Expr,
): Expr {
  if (typeof fill === "number") return ex.constant(scalarOf(dtype), fill);
  const position = argOf("i32", { kind: "position", at: { terms: [], offset: fill } });
  return ex.convert(position, scalarOf(dtype));
}

export function recordOf(node: Node): NonNullable<ReturnType<typeof opByName>> {
  const op = opByName(node.op);
  if (!op) throw new Error(`${node.op} is not an operator`);
  return op;
}

/** The position in an operand that broadcasts to `shape`: right-aligned, literal 1 reads element 0. */
export function broadcastIndex(
  at: readonly Affine[],
  operand: readonly Dim[],
  shape: readonly Dim[],
): Affine[] {
  const skip = shape.length - operand.length;
  return operand.map((d, i) =>
    d === 1 && shape[i + skip] !== 1 ? { terms: [], offset: 0 } : at[i + skip]!,
  );
}

/** `e` with its arguments and positions replaced; shared nodes stay shared. */
function substitute(e: Expr, args: readonly Expr[], indexOf: (axis: number) => Expr): Expr {
  const done = new Map<Expr, Expr>();
  const visit = (node: Expr): Expr => {
    const known = done.get(node);
    if (known) return known;
    const result = rebuild(node);
    done.set(node, result);
    return result;
  };
  const rebuild = (node: Expr): Expr => {
    switch (node.op) {
      case "arg":
        return args[node.index]!;
      case "index":
        return indexOf(node.axis);
      case "const":
        return node;
      case "select":
        return { ...node, c: visit(node.c), a: visit(node.a), b: visit(node.b) };
      default:
        return "b" in node
          ? { ...node, a: visit(node.a), b: visit(node.b) }
          : { ...node, a: visit(node.a) };
    }
  };
  return visit(e);
}

/** Whether four lanes can compute `e`: WebAssembly has some operations on numbers only. */
export function isVectorizable(e: Expr): boolean {
  const seen = new Set<Expr>();
  const visit = (node: Expr): boolean => {
    if (seen.has(node)) return true;
    seen.add(node);
    return hasVectors(node) && ex.childrenOf(node).every(visit);
  };
  return visit(e);
}

function hasVectors(e: Expr): boolean {
  const isLong = e.type === "i64";
  switch (e.op) {
    case "div":
      return e.type === "f32" || e.type === "f64";
    case "rem":
      return false;
    case "min":
    case "max":
      return !isLong;
    case "shl":
    case "shrS":
    case "shrU":
      return !isLong || e.b.op === "const";
    case "convert":
      return isLong ? e.a.type !== "f32" : e.a.type !== "i64" || e.type !== "f32";
    default:
      return true;
  }
}
