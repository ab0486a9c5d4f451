/** Types of the tensors that evaluated programs compute, by the operators' own rules. */

import { GraphRule, RefusedCall } from "../../compiler/graph/infer.ts";
import { type CallHost, callOp } from "../../compiler/ops/call.ts";
import type { Argument } from "../../compiler/ops/op.ts";
import { opByName } from "../../compiler/ops/registry.ts";
import { type DType, isDType, type TensorType, tensorType } from "../../compiler/ops/types.ts";
import { fieldsOf, itemsOf } from "./host-values.ts";
import type { Machine } from "./machine.ts";
import {
  isPrimitive,
  StaticArray,
  StaticObject,
  StaticTensor,
  StaticThrow,
  unclear,
} from "./static-values.ts";

const typeOf = (t: StaticTensor): TensorType => tensorType(t.dtype, t.shape);

const host: CallHost<StaticTensor> = {
  isTensor: (v): v is StaticTensor => v instanceof StaticTensor,
  isNumber: (v) => typeof v === "number",
  typeOf,
  scalar: (_value, dtype) => new StaticTensor(dtype, []),
  apply: (_op, _operands, _attrs, type) => ofType(type),
  toArgument: (v) => toArgument(v),
};

function ofType({ dtype, shape }: TensorType): StaticTensor {
  const sizes = shape.filter((d) => typeof d === "number");
  if (sizes.length < shape.length) throw new Error("a size of an evaluated program has a name");
  return new StaticTensor(dtype, sizes);
}

function toArgument(v: unknown): Argument {
  if (v === undefined || v === null) return v;
  if (typeof v === "number" || typeof v === "string" || typeof v === "boolean") return v;
  if (Array.isArray(v)) return v.map(toArgument);
  if (typeof v !== "object") throw new Error("an argument of another kind");
  return Object.fromEntries(Object.entries(v).map(([k, item]) => [k, toArgument(item)]));
}

/** Thrown where an argument is not known. */
class UnclearArgument extends Error {}

/** The result of operator `name`; unclear where an argument is. */
export function applyOperator(m: Machine, name: string, args: readonly unknown[]): unknown {
  const op = opByName(name);
  if (op === undefined) return unclear;
  try {
    return callOp(
      host,
      op,
      args.map((arg) => give(m, arg)),
      new GraphRule(),
    );
  } catch (error) {
    if (error instanceof UnclearArgument) return unclear;
    if (error instanceof RefusedCall) throw new StaticThrow();
    throw error;
  }
}

/** What the front door to operators is given. */
function give(m: Machine, v: unknown): unknown {
  if (v === unclear || typeof v === "bigint") throw new UnclearArgument();
  if (isPrimitive(v) || v instanceof StaticTensor) return v;
  if (v instanceof StaticObject) {
    const fields = fieldsOf(m, v);
    if (fields === undefined) throw new UnclearArgument();
    return Object.fromEntries([...fields].map(([key, item]) => [String(key), give(m, item)]));
  }
  const items = itemsOf(m, v);
  if (!Array.isArray(v) || items === undefined) throw new UnclearArgument();
  return items.map((item) => give(m, item));
}

/** `tensor(data, …)`: of a typed array and a shape, or of nested lists and a dtype. */
export function tensorOf(m: Machine, [data, second]: readonly unknown[]): unknown {
  if (data instanceof StaticArray) {
    const dtype = arrayTypes.get(data.type);
    if (dtype === undefined) return unclear;
    const shape = second === undefined ? data.length && [data.length] : itemsOf(m, second);
    const sizes = Array.isArray(shape) ? shape.filter((n) => typeof n === "number") : [];
    const isKnown = Array.isArray(shape) && sizes.length === shape.length;
    return isKnown ? new StaticTensor(dtype, sizes) : unclear;
  }
  const shape: number[] = [];
  let first = data;
  while (Array.isArray(first) && !m.certainty.isBlurred(first)) {
    shape.push(first.length);
    first = first[0];
  }
  if (second !== undefined) return isDType(second) ? new StaticTensor(second, shape) : unclear;
  if (typeof first !== "number" && typeof first !== "boolean") return unclear;
  return new StaticTensor(typeof first === "boolean" ? "bool" : "f32", shape);
}

const arrayTypes: ReadonlyMap<string, DType> = new Map([
  ["Float32Array", "f32"],
  ["Float64Array", "f64"],
  ["Int32Array", "i32"],
  ["Uint8Array", "u8"],
  ["Int8Array", "i8"],
]);
