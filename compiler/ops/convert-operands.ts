/**
 * Brings operands to the dtypes that an operator takes (the numeric contract, rule 7). Tensors of a
 * group are promoted to one dtype, as in PyTorch. A number takes that dtype and never changes it: it
 * must be a value of it where it is an integer's, and is refused beside bools, where PyTorch would widen
 * the tensor. Beside `float` operands it takes their float dtype, because integers become f32 there
 * whatever it is. Without any tensor in its group a number is f32.
 */

import { showArgument } from "./arguments.ts";
import type { CallHost } from "./call.ts";
import type { Op, OperandSpec } from "./op.ts";
import { to } from "./to.ts";
import {
  bytesOf,
  type DType,
  floatOf,
  isFloat,
  isInteger,
  isNarrow,
  isValueOf,
  printTensorType,
  promote,
  type Rule,
  sumOf,
} from "./types.ts";

type Mode = OperandSpec["dtype"];

/** Whether an operand of `dtype` needs no conversion, `common` being the dtype of those before it. */
export function fitsAsItIs(mode: Mode, dtype: DType, common: DType | undefined): boolean {
  if (mode === "any" || mode === dtype) return true;
  if (!isGroup(mode) || (common !== undefined && common !== dtype)) return false;
  if (mode === "float") return isFloat(dtype);
  if (mode === "sum") return sumOf(dtype) === dtype;
  return mode === "same" || dtype !== "bool";
}

/** Whether an operand shares its dtype with the others. */
export const isGroup = (mode: Mode): boolean =>
  mode === "same" || mode === "float" || mode === "number" || mode === "sum";

const specOf = (op: Op, i: number): OperandSpec =>
  op.operands[Math.min(i, op.operands.length - 1)]!;

export function convertOperands<V>(
  host: CallHost<V>,
  op: Op,
  values: readonly unknown[],
  rule: Rule,
): readonly V[] {
  const group = commonDType(host, op, values);
  return values.map((value, i) => {
    const { name, dtype: mode } = specOf(op, i);
    if (host.isTensor(value)) {
      return isGroup(mode) ? cast(host, value, group) : exactly(host, op, name, mode, value, rule);
    }
    if (mode === "any" || !(host.isNumber(value) || typeof value === "boolean")) {
      return refuseOperand(op, name, mode, value, rule);
    }
    const dtype = mode === "bool" || mode === "i32" || mode === "f32" ? mode : group;
    return numberOperand(host, op, i, value, dtype, rule);
  });
}

/** A number or boolean as operand `i`, in the dtype that it must fit. */
export function numberOperand<V>(
  host: CallHost<V>,
  op: Op,
  i: number,
  value: unknown,
  dtype: DType,
  rule: Rule,
): V {
  checkNumber(op, specOf(op, i).name, value, dtype, rule);
  return host.scalar(value, dtype);
}

/** The dtype that the operands of a group take. */
function commonDType<V>(host: CallHost<V>, op: Op, values: readonly unknown[]): DType {
  let promoted: DType | undefined;
  let onlyBooleans = true;
  let mode: Mode = "same";
  for (const [i, value] of values.entries()) {
    const spec = specOf(op, i);
    if (!isGroup(spec.dtype)) continue;
    mode = spec.dtype;
    if (host.isTensor(value)) {
      const { dtype } = host.typeOf(value);
      promoted = promoted === undefined ? dtype : promote(promoted, dtype);
    } else if (typeof value !== "boolean") onlyBooleans = false;
  }
  if (mode === "float") return floatOf(promoted ?? "f32");
  promoted ??= onlyBooleans ? "bool" : "f32";
  if (mode === "sum") return sumOf(promoted);
  return mode === "number" && promoted === "bool" ? "i32" : promoted;
}

function cast<V>(host: CallHost<V>, value: V, dtype: DType): V {
  const type = host.typeOf(value);
  if (type.dtype === dtype) return value;
  return host.apply(to, [value], { dtype }, { kind: "tensor", dtype, shape: type.shape });
}

function exactly<V>(host: CallHost<V>, op: Op, name: string, mode: Mode, value: V, rule: Rule): V {
  const type = host.typeOf(value);
  if (mode === "any" || type.dtype === mode) return value;
  return rule.fail(
    "dtype",
    `${op.name}: ${name} must be ${mode}, not ${printTensorType(type)}; convert it with to("${mode}")`,
  );
}

function checkNumber(op: Op, name: string, value: unknown, dtype: DType, rule: Rule): void {
  const isBoolean = typeof value === "boolean";
  if (dtype === "bool" && !isBoolean) {
    rule.fail(
      "dtype",
      `${op.name}: ${name} is a number beside bools, and a number never changes a tensor's dtype; write true or false, or convert the tensor with to("i32") or to("f32")`,
    );
  }
  if (dtype !== "bool" && isBoolean) {
    rule.fail("dtype", `${op.name}: ${name} is ${value} beside ${dtype}; write ${value ? 1 : 0}`);
  }
  if (!isInteger(dtype) || typeof value !== "number" || isValueOf(value, dtype)) return;
  const bits = dtype === "u8" ? "8 bits without a sign" : `${bytesOf[dtype] * 8} bits`;
  const isWhole = Number.isInteger(value);
  const problem = isWhole ? `does not fit in ${bits}` : "is not an integer";
  const wider = isWhole && isNarrow(dtype) ? "i32" : "f32";
  rule.fail(
    "dtype",
    `${op.name}: ${name} is ${value}, which ${problem}, beside ${dtype} tensors; convert them with to("${wider}")`,
  );
}

function refuseOperand(op: Op, name: string, mode: Mode, value: unknown, rule: Rule): never {
  const wanted = mode === "any" ? "a tensor" : "a tensor or a number";
  const shown = Array.isArray(value)
    ? "a list (make a tensor of it with tensor())"
    : describe(value);
  return rule.fail("argument", `${op.name}: ${name} must be ${wanted}, not ${shown}`);
}

function describe(value: unknown): string {
  switch (typeof value) {
    case "string":
    case "number":
    case "boolean":
      return showArgument(value);
    default:
      return value === null ? "null" : `a value of type ${typeof value}`;
  }
}
