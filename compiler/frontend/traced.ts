/** Lowers calls of traced functions: the operators that were recorded, on other tensors. */

import type ts from "typescript";
import { expected, refused } from "../diagnostics/catalog/types.ts";
import { tensorOf, type Value } from "../graph/ir.ts";
import type { Trace, TracePlace, TraceResult } from "../ops/trace.ts";
import { printTensorType, type TensorType, tensorType } from "../ops/types.ts";
import { fromCaptured } from "./captured.ts";
import type { Context } from "./context.ts";
import { numberNode, toTensor } from "./graph-values.ts";
import { makeList, makeRecord } from "./lists.ts";
import { checkEqualSizes } from "./size-checks.ts";
import {
  type AbstractValue,
  constant,
  describeValue,
  dynamic,
  failed,
  undefinedValue,
} from "./values.ts";

export function callTraced(
  cx: Context,
  name: string,
  trace: Trace,
  args: readonly AbstractValue[],
  node: ts.Node,
): AbstractValue {
  const inputs: Value[] = [];
  for (const [i, type] of trace.inputs.entries()) {
    const input = fitting(cx, args[i] ?? undefinedValue, type, i, node);
    if (input === undefined) return failed;
    inputs.push(input);
  }
  const outside = trace.outside.map((x, i) => outsideTensor(cx, x, `${name}.outside.${i}`, node));
  const steps: Value[] = [];
  const at = ([from, index]: TracePlace): Value => ({ inputs, outside, steps })[from][index]!;
  for (const { op, attrs, operands, type } of trace.steps) {
    steps.push(cx.emitOne(op, operands.map(at), attrs, type, node));
  }
  return resultOf(cx, trace.result, at, node);
}

/** The argument, if it is a tensor as the example was. */
function fitting(
  cx: Context,
  v: AbstractValue,
  type: TensorType,
  index: number,
  node: ts.Node,
): Value | undefined {
  const x = toTensor(cx, v, node);
  const wanted = printTensorType(type);
  if (x === undefined) {
    cx.report(node, expected(`${wanted} as argument ${index + 1}`, describeValue(v)));
    return undefined;
  }
  const { dtype, shape } = tensorOf(x);
  const message = `argument ${index + 1} is ${printTensorType(tensorOf(x))}, and the example was ${wanted}`;
  const fits = shape.map((size, axis) => typeof size !== "number" || size === type.shape[axis]);
  if (dtype !== type.dtype || shape.length !== type.shape.length || fits.includes(false)) {
    cx.report(node, refused("shape", `trace: ${message}`));
    return undefined;
  }
  shape.forEach((size, axis) => {
    checkEqualSizes(cx, size, type.shape[axis]!, `trace: ${message}`, node);
  });
  return x;
}

/** A constant or a cell. A single number is written as one, so that it can be computed with early. */
function outsideTensor(cx: Context, captured: unknown, path: string, node: ts.Node): Value {
  const v = fromCaptured(cx, captured, path, node);
  if (v.kind === "tensor" && v.tensor.kind === "tensor" && v.tensor.type.shape.length === 0) {
    const { dtype } = v.tensor.type;
    const [value = 0] = v.tensor.data();
    if (dtype !== "bool") {
      const number = numberNode(cx, Number(value), node);
      return cx.emitOne("splat", [number], {}, tensorType(dtype, []), node);
    }
  }
  const x = toTensor(cx, v, node);
  if (x === undefined) throw new Error(`a trace holds ${describeValue(v)} as a tensor`);
  return x;
}

function resultOf(
  cx: Context,
  result: TraceResult,
  at: (place: TracePlace) => Value,
  node: ts.Node,
  role = "",
): AbstractValue {
  switch (result.kind) {
    case "tensor":
      return dynamic(at(result.place));
    case "primitive":
      return constant(result.value);
    case "list": {
      const items = result.items.map((x, i) => resultOf(cx, x, at, node, `${role}.${i}`));
      return makeList(cx, items, node, role);
    }
    case "record": {
      const fields = result.fields.map(
        ([key, x]) => [key, resultOf(cx, x, at, node, `${role}.${key}`)] as const,
      );
      return makeRecord(cx, new Map(fields), node, role);
    }
  }
}
