/**
 * The one front door to the operators, for eager mode and the compiler alike: separates operands from
 * parameters and options, converts operands by the numeric contract's rule 7, binds, types, applies.
 */

import { convertOperands, fitsAsItIs, isGroup, numberOperand } from "./convert-operands.ts";
import type { Argument, Attrs, Op, ParameterSpec } from "./op.ts";
import { noAttrs } from "./op.ts";
import { separateArguments } from "./separate-arguments.ts";
import { type DType, maxRank, printTensorType, type Rule, type TensorType } from "./types.ts";

/** What calls need of the values that they are about. */
export interface CallHost<V> {
  isTensor(v: unknown): v is V;
  /** A number, or a value that will be one at run time. */
  isNumber(v: unknown): boolean;
  typeOf(v: V): TensorType;
  /** A rank-0 tensor of `value`, a number or boolean, rounded to `dtype`; refuses fractions for i32. */
  scalar(value: unknown, dtype: DType): V;
  apply(op: Op, operands: readonly V[], attrs: Attrs, type: TensorType): V;
  /** What a parameter was given; refuses what must be known when compiling and is not. */
  toArgument(v: unknown, parameter?: ParameterSpec): Argument;
}

/** Calls `op` with what a user wrote, in the order that a user writes it; the receiver comes first. */
export function callOp<V>(host: CallHost<V>, op: Op, args: readonly unknown[], rule: Rule): V {
  if (op.parameters.length === 0 && op.options.length === 0 && !op.variadic) {
    const result = callPlainly(host, op, args, rule);
    if (result !== undefined) return result;
  }
  const { operands: values, parameters } = separateArguments(host, op, args, rule);
  const operands = convertOperands(host, op, values, rule);
  const types = operands.map((v) => host.typeOf(v));
  const attrs = op.bind(parameters, types, rule);
  return host.apply(op, operands, attrs, resultType(op, types, attrs, rule));
}

/** The usual call: tensors that need no conversion, perhaps a number beside them. Undefined where it is not that. */
function callPlainly<V>(
  host: CallHost<V>,
  op: Op,
  args: readonly unknown[],
  rule: Rule,
): V | undefined {
  const count = op.operands.length;
  if (args.length !== count) return undefined;
  let common: DType | undefined;
  let numbers = 0;
  for (let i = 0; i < count; i++) {
    const v = args[i];
    const { dtype: mode } = op.operands[i]!;
    if (!host.isTensor(v)) {
      numbers++;
      if (!isGroup(mode) || !host.isNumber(v)) return undefined;
    } else {
      const { dtype } = host.typeOf(v);
      if (!fitsAsItIs(mode, dtype, common)) return undefined;
      if (isGroup(mode)) common = dtype;
    }
  }
  if (numbers > 0 && common === undefined) return undefined;
  const operands: V[] = [];
  const types: TensorType[] = [];
  for (let i = 0; i < count; i++) {
    const v = args[i];
    const operand = host.isTensor(v) ? v : numberOperand(host, op, i, v, common!, rule);
    operands.push(operand);
    types.push(host.typeOf(operand));
  }
  return host.apply(op, operands, noAttrs, resultType(op, types, noAttrs, rule));
}

function resultType(op: Op, types: readonly TensorType[], attrs: Attrs, rule: Rule): TensorType {
  const type = op.type(types, attrs, rule);
  if (type.shape.length > maxRank) {
    rule.fail(
      "shape",
      `${op.name}: the result ${printTensorType(type)} has ${type.shape.length} axes; at most ${maxRank} are possible`,
    );
  }
  let elements = 1;
  for (const size of type.shape) if (typeof size === "number") elements *= size;
  if (elements > mostElements && !type.shape.includes(0)) {
    rule.fail(
      "shape",
      `${op.name}: the result ${printTensorType(type)} has more than ${mostElements} elements`,
    );
  }
  return type;
}

/** Positions are 32-bit integers. */
export const mostElements = 2 ** 31;
