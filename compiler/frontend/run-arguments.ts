/**
 * Rewrites calls of operators whose arguments are numbers that only a run tells, where these are more than
 * sizes: a value to fill with, a start from which to count, a position counted from the end.
 */

import type ts from "typescript";
import { divideDim, product } from "../ops/dim.ts";
import { isDType } from "../ops/types.ts";
import type { Context } from "./context.ts";
import { tensorTypeOf, toNumber } from "./graph-values.ts";
import { concatList } from "./list-tensors.ts";
import { listItems, makeList } from "./lists.ts";
import { applyScalar } from "./numbers.ts";
import { bindSize } from "./run-sizes.ts";
import { callOperator, scalarTensor } from "./tensor-calls.ts";
import {
  type AbstractValue,
  constant,
  dynamic,
  isBoolean,
  isNumber,
  sizeOf,
  undefinedValue,
} from "./values.ts";

type Args = readonly AbstractValue[];

/** Arguments that the operator itself can take, or the call's result. */
export type Prepared =
  | { readonly kind: "args"; readonly args: Args }
  | { readonly kind: "result"; readonly value: AbstractValue };

const isRunNumber = (v: AbstractValue | undefined): boolean =>
  v?.kind === "dynamic" && v.value.type.kind === "f64";

export function withRunNumbers(cx: Context, op: string, args: Args, node: ts.Node): Prepared {
  const value = rewritten(cx, op, args, node);
  if (value !== undefined) return { kind: "result", value };
  if (op === "narrow") return { kind: "args", args: narrowArguments(cx, args, node) };
  if (op === "reshape") return { kind: "args", args: reshapeArguments(cx, args, node) };
  return { kind: "args", args };
}

function rewritten(cx: Context, op: string, args: Args, node: ts.Node): AbstractValue | undefined {
  switch (op) {
    case "full":
      return fullOf(cx, args, node);
    case "arange":
      return arangeOf(cx, args, node);
    case "cat":
      return concatList(cx, args, node);
    default:
      return undefined;
  }
}

/** `full(shape, value, dtype?)`: one value, expanded. */
function fullOf(cx: Context, args: Args, node: ts.Node): AbstractValue | undefined {
  const [shape, value = undefinedValue, dtype = undefinedValue] = args;
  const isComputed = value.kind === "dynamic" && (isNumber(value) || isBoolean(value));
  if (shape === undefined || !isComputed || dtype.kind !== "constant") return undefined;
  const wanted = dtype.value ?? (isBoolean(value) ? "bool" : "f32");
  if (!isDType(wanted)) return undefined;
  return callOperator(cx, "expand", [scalarTensor(cx, value, wanted, node), shape], node);
}

/** `arange(start, stop, step?, dtype?)`: whole numbers from 0, moved to where they start. */
function arangeOf(cx: Context, args: Args, node: ts.Node): AbstractValue | undefined {
  const [first, second, third = constant(1), fourth = constant("i32")] = args;
  if (first === undefined) return undefined;
  const isShort = second === undefined || !isNumber(second);
  const [start, stop] = isShort ? [constant(0), first] : [first, second];
  const [step, dtype] = isShort ? [constant(1), second ?? constant("i32")] : [third, fourth];
  if (start.kind === "constant" && !isRunNumber(stop)) return undefined;
  if (!isNumber(start) || !isNumber(stop)) return undefined;
  const isPlain = step.kind === "constant" && step.value === 1;
  const isWhole = dtype.kind === "constant" && dtype.value === "i32";
  const fromZero = start.kind === "constant" && start.value === 0;
  if (!isPlain || !(isWhole || fromZero)) return undefined;
  const count = countOf(cx, start, stop, isWhole, node);
  const numbers = callOperator(cx, "arange", [count, dtype], node);
  if (fromZero) return numbers;
  return callOperator(cx, "add", [numbers, scalarTensor(cx, start, "i32", node)], node);
}

/** How many whole steps lie between: none where it would be less than none. */
function countOf(
  cx: Context,
  start: AbstractValue,
  stop: AbstractValue,
  isWhole: boolean,
  node: ts.Node,
): AbstractValue {
  const difference = applyScalar(cx, "sub", [stop, start], node);
  if (!isRunNumber(difference)) return difference;
  if (isWhole) checkWhole(cx, stop, node);
  const steps = isWhole ? difference : applyScalar(cx, "ceil", [difference], node);
  const count = applyScalar(cx, "max", [steps, constant(0)], node);
  return count.kind === "dynamic" ? sizeOf(bindSize(cx, count.value, "arange: stop", node)) : count;
}

function checkWhole(cx: Context, stop: AbstractValue, node: ts.Node): void {
  const whole = applyScalar(cx, "eq", [applyScalar(cx, "trunc", [stop], node), stop], node);
  if (whole.kind !== "dynamic") return;
  const message = 'arange: bounds that are not whole need the dtype "f32"';
  cx.emit("check", [whole.value], { message }, [], node);
}

/** `x.narrow(dim, start, length)`: a negative start counts from the end. */
function narrowArguments(cx: Context, args: Args, node: ts.Node): Args {
  const [x, dim, start, length] = args;
  const type = x && tensorTypeOf(x);
  if (type === undefined || start === undefined || !isRunNumber(start)) return args;
  if (dim?.kind !== "constant" || typeof dim.value !== "number") return args;
  const size = type.shape.at(dim.value);
  if (size === undefined) return args;
  const negative = applyScalar(cx, "lt", [start, constant(0)], node);
  const moved = applyScalar(cx, "add", [start, sizeOf(size)], node);
  const [s, m] = [toNumber(cx, start, node), toNumber(cx, moved, node)];
  if (negative.kind !== "dynamic" || s === undefined || m === undefined) return args;
  const place = dynamic(cx.scalar("choose", [negative.value, m, s], "f64", node));
  return length === undefined ? [x!, dim, place] : [x!, dim, place, length];
}

/** `x.reshape([…, -1, …])`, where sizes of the run decide whether the rest is whole. */
function reshapeArguments(cx: Context, args: Args, node: ts.Node): Args {
  const [x, shape] = args;
  const type = x && tensorTypeOf(x);
  if (type === undefined || shape === undefined) return args;
  const isList = shape.kind === "ref" && shape.object.shape === "list";
  const sizes = isList ? listItems(cx, shape, node) : undefined;
  const isKnown = sizes?.every((s) => s.kind === "constant") && !cx.unit.runSizes.isOfRun(type);
  if (sizes === undefined || isKnown) return args;
  const bound = sizes.map((size) =>
    size.kind === "dynamic" && isNumber(size)
      ? sizeOf(bindSize(cx, size.value, "reshape: shape", node))
      : size,
  );
  const open = bound.findIndex((size) => size.kind === "constant" && size.value === -1);
  const others = bound.map((size, i) => {
    if (size.kind === "size") return size.dim;
    return size.kind === "constant" && typeof size.value === "number" && i !== open
      ? size.value
      : 1;
  });
  const [all, rest] = [product(type.shape), product(others)];
  const isOfRun = cx.unit.runSizes.isOfRun({ ...type, shape: [all, rest] });
  if (open >= 0 && isOfRun && divideDim(all, rest) === undefined) {
    const quotient = applyScalar(cx, "div", [sizeOf(all), sizeOf(rest)], node);
    const count = toNumber(cx, quotient, node);
    if (count !== undefined) {
      const what = "reshape: what -1 stands for";
      const dim = bindSize(cx, count, what, node);
      return [x!, makeList(cx, bound.with(open, sizeOf(dim)), node, "sizes")];
    }
  }
  return [x!, makeList(cx, bound, node, "sizes")];
}
