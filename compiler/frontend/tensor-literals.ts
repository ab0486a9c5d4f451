/** Lowers `tensor([…], dtype?)`: a constant where all values are known, else put together at run time. */

import type ts from "typescript";
import { refused } from "../diagnostics/catalog/types.ts";
import { makeData } from "../graph/data-text.ts";
import type { TensorData } from "../graph/ir.ts";
import { type DType, dtypes, isDType, isValueOf } from "../ops/types.ts";
import type { Context } from "./context.ts";
import { isHeapList } from "./heap/access.ts";
import { tensorOfList } from "./list-tensors.ts";
import { listItems, makeList } from "./lists.ts";
import { callOperator, scalarTensor } from "./tensor-calls.ts";
import {
  type AbstractValue,
  constant,
  failed,
  isBoolean,
  isNumber,
  undefinedValue,
} from "./values.ts";

/** Values in row-major order, and the shape of the lists that they stood in. */
interface Nested {
  readonly shape: readonly number[];
  readonly values: readonly AbstractValue[];
}

export function callTensor(
  cx: Context,
  [data = undefinedValue, dtype = undefinedValue]: readonly AbstractValue[],
  node: ts.Node,
): AbstractValue {
  if (isHeapList(cx, data)) {
    const given = dtype.kind === "constant" ? dtype.value : dtype.kind;
    if (given === undefined || isDType(given)) return tensorOfList(cx, data, given, node);
  }
  const nested = flatten(cx, data, node);
  if (nested === undefined) return failed;
  const wrong = nested.values.find((v) => !isNumber(v) && !isBoolean(v));
  if (wrong !== undefined) return refuse(cx, "every value must be a number or a boolean", node);
  const wanted = dtype.kind === "constant" ? dtype.value : dtype.kind;
  if (wanted !== undefined && !isDType(wanted)) {
    return refuse(
      cx,
      `beside a list the second argument is one of the dtypes ${dtypes.join(", ")}`,
      node,
    );
  }
  const { values } = nested;
  const isMask = values.length > 0 && values.every(isBoolean);
  const type = wanted ?? (isMask ? "bool" : "f32");
  return known(cx, nested, type, node) ?? joined(cx, nested, type, node);
}

const refuse = (cx: Context, text: string, node: ts.Node): AbstractValue =>
  cx.report(node, refused("argument", `tensor: ${text}`));

/** Undefined (and reported) where lists side by side have different lengths. */
function flatten(cx: Context, v: AbstractValue, node: ts.Node): Nested | undefined {
  const isList = v.kind === "array" || (v.kind === "ref" && v.object.shape === "list");
  if (!isList) return v.kind === "error" ? undefined : { shape: [], values: [v] };
  const items = listItems(cx, v, node)?.map((item) => flatten(cx, item, node));
  const parts = items?.filter((part) => part !== undefined);
  if (items === undefined || parts === undefined || parts.length < items.length) return undefined;
  const inner = parts[0]?.shape ?? [];
  if (parts.some((part) => part.shape.join() !== inner.join())) {
    refuse(cx, "lists side by side have different lengths", node);
    return undefined;
  }
  return { shape: [parts.length, ...inner], values: parts.flatMap((part) => part.values) };
}

/** A constant of the module; undefined where a value is not known when compiling. */
function known(
  cx: Context,
  { shape, values }: Nested,
  dtype: DType,
  node: ts.Node,
): AbstractValue | undefined {
  const numbers: number[] = [];
  for (const v of values) {
    if (v.kind !== "constant") return undefined;
    const number = Number(v.value);
    if (!isValueOf(number, dtype))
      return cx.report(node, refused("dtype", `tensor: ${number} is no value of ${dtype}`));
    numbers.push(number);
  }
  const type = { kind: "tensor", dtype, shape } as const;
  const tensor = cx.unit.tables.literal(type, dataOf(dtype, numbers));
  return { kind: "tensor", tensor, path: "literal" };
}

function dataOf(dtype: DType, numbers: readonly number[]): TensorData {
  const data = makeData(dtype, numbers.length);
  data.set(numbers);
  return data;
}

/** One value after another along one axis, and then the shape. */
function joined(
  cx: Context,
  { shape, values }: Nested,
  dtype: DType,
  node: ts.Node,
): AbstractValue {
  const ones = (): AbstractValue => makeList(cx, [constant(1)], node, "ones");
  const parts = values.map((v) =>
    callOperator(cx, "reshape", [scalarTensor(cx, v, dtype, node), ones()], node),
  );
  const row = callOperator(cx, "cat", [makeList(cx, parts, node, "parts")], node);
  return callOperator(cx, "reshape", [row, makeList(cx, shape.map(constant), node, "shape")], node);
}
