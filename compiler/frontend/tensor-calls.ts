/** Calls operators: through their records' one front door, and as methods of tensors. */

import type ts from "typescript";
import { unknownMethod } from "../diagnostics/catalog/tensors.ts";
import { expected, notKnown, oneElement, refused } from "../diagnostics/catalog/types.ts";
import { capturedKind, library } from "../diagnostics/catalog/unsupported.ts";
import { GraphRule, RefusedCall } from "../graph/infer.ts";
import { boolType, f64Type, type Value } from "../graph/ir.ts";
import { type CallHost, callOp } from "../ops/call.ts";
import { DimExpr, product } from "../ops/dim.ts";
import type { Argument, ParameterSpec } from "../ops/op.ts";
import { opByName } from "../ops/registry.ts";
import {
  type DType,
  type IntegerDType,
  isInteger,
  printTensorType,
  type TensorType,
  tensorType,
} from "../ops/types.ts";
import { callStage, callValue } from "./calls.ts";
import { fromCaptured } from "./captured.ts";
import { usable } from "./conflicts.ts";
import type { Context } from "./context.ts";
import {
  booleanNode,
  numberNode,
  tensorTypeOf,
  toBoolean,
  toNumber,
  toTensor,
} from "./graph-values.ts";
import { somethingIn } from "./heap/narrow.ts";
import { fieldsOf, listItems } from "./lists.ts";
import { originsOf, withLines } from "./origins.ts";
import { recordFields } from "./properties.ts";
import { withRunNumbers } from "./run-arguments.ts";
import { bindSize } from "./run-sizes.ts";
import { checkDemands } from "./size-checks.ts";
import { cellLocation, writeState } from "./state.ts";
import { eagerOnlyMessage, isOperatorMethod, tensorSuggestion } from "./tensor-methods.ts";
import {
  type AbstractValue,
  describeValue,
  dynamic,
  failed,
  isBoolean,
  undefinedValue,
} from "./values.ts";

/** Thrown when an argument has been reported already. */
class ReportedArgument extends Error {}

export function callTensorMethod(
  cx: Context,
  receiver: AbstractValue,
  name: string,
  args: readonly AbstractValue[],
  node: ts.Node,
): AbstractValue {
  if (args.some((arg) => arg.kind === "error")) return failed;
  switch (name) {
    case "item":
      return callItem(cx, receiver, node);
    case "toList":
      return callToList(cx, receiver, node);
    case "pipe":
      return args.reduce((x, stage) => callStage(cx, stage, x, node), receiver);
    case "assign":
      if (receiver.kind === "tensor" && receiver.tensor.kind === "cell") {
        writeState(cx, cellLocation(receiver), args[0] ?? undefinedValue, node);
        return undefinedValue;
      }
      break;
    default:
      break;
  }
  if (isOperatorMethod(name)) return callOperator(cx, name, [receiver, ...args], node);
  const method: unknown = cx.unit.environment.method(name);
  if (method !== undefined) {
    cx.unit.operatorCalls.add(node);
    const callee = fromCaptured(cx, method, name, node);
    return callValue(cx, callee, undefinedValue, [receiver, ...args], node);
  }
  const message = eagerOnlyMessage(name);
  return cx.report(node, message ?? unknownMethod(name, tensorSuggestion(cx, name)));
}

/** The elements of a tensor of one axis, as a list of the run. */
function callToList(cx: Context, receiver: AbstractValue, node: ts.Node): AbstractValue {
  const operand = toTensor(cx, receiver, node);
  const type = tensorTypeOf(receiver);
  if (operand === undefined || type === undefined) return failed;
  if (type.shape.length !== 1) {
    const text = `toList: ${printTensorType(type)} is not of rank 1`;
    return cx.report(node, refused("shape", text));
  }
  const { heap } = cx.unit;
  const shape = heap.at(cx.siteOf(node, "toList"), "list");
  heap.add(shape.element, type.dtype === "bool" ? boolType : f64Type);
  return dynamic(cx.emitOne("list.ofTensor", [operand], {}, heap.refTo(shape), node));
}

function callItem(cx: Context, receiver: AbstractValue, node: ts.Node): AbstractValue {
  const operand = toTensor(cx, receiver, node);
  const type = tensorTypeOf(receiver);
  if (operand === undefined || type === undefined) return failed;
  if (product(type.shape) !== 1) return cx.report(node, oneElement(printTensorType(type)));
  return dynamic(
    cx.emitOne("item", [operand], {}, type.dtype === "bool" ? boolType : f64Type, node),
  );
}

/** Applies the operator called `name` to what the user wrote; a receiver comes first. */
export function callOperator(
  cx: Context,
  name: string,
  args: readonly AbstractValue[],
  node: ts.Node,
): AbstractValue {
  if (args.some((arg) => arg.kind === "error")) return failed;
  const op = opByName(name);
  if (op === undefined) return cx.report(node, library(name));
  cx.unit.operatorCalls.add(node);
  const rule = new GraphRule();
  const host = new GraphHost(cx, node, rule, name);
  try {
    const prepared = withRunNumbers(cx, name, args, node);
    if (prepared.kind === "result") return prepared.value;
    const given = prepared.args.map((arg) => host.give(somethingIn(cx, arg, node), name));
    return dynamic(callOp<Value>(host, op, given, rule));
  } catch (error) {
    if (error instanceof ReportedArgument) return failed;
    if (!(error instanceof RefusedCall)) throw error;
    const origins = error.kind === "shape" ? originsOf(cx, args, cx.span(node)) : [];
    return cx.report(node, refused(error.kind, error.message), origins);
  }
}

/** A rank-0 tensor of a number or boolean, rounded to `dtype`. */
export function scalarTensor(
  cx: Context,
  v: AbstractValue,
  dtype: DType,
  node: ts.Node,
): AbstractValue {
  const boolean = isBoolean(v) ? toBoolean(cx, v, node) : undefined;
  if (dtype === "bool" && boolean === undefined) {
    return cx.report(node, refused("dtype", "a number is no value of bool"));
  }
  const host = new GraphHost(cx, node, new GraphRule(), "tensor");
  if (boolean === undefined) return dynamic(host.scalar(host.give(v, "tensor"), dtype));
  const operand = dtype === "bool" ? boolean : cx.scalar("toNumber", [boolean], "f64", node);
  return dynamic(host.scalar(operand, dtype));
}

/** Graph values as the front door to operators sees them. */
class GraphHost implements CallHost<Value> {
  readonly #cx: Context;
  readonly #node: ts.Node;
  readonly #rule: GraphRule;
  readonly #op: string;

  constructor(cx: Context, node: ts.Node, rule: GraphRule, op: string) {
    this.#op = op;
    this.#cx = cx;
    this.#node = node;
    this.#rule = rule;
  }

  isTensor(v: unknown): v is Value {
    return isValue(v) && v.type.kind === "tensor";
  }

  isNumber(v: unknown): boolean {
    return typeof v === "number" || v instanceof DimExpr || (isValue(v) && v.type.kind === "f64");
  }

  typeOf(v: Value): TensorType {
    if (v.type.kind !== "tensor") throw new Error("an operand is no tensor");
    return v.type;
  }

  scalar(value: unknown, dtype: DType): Value {
    const operand = this.#number(value);
    if (isInteger(dtype) && typeof value !== "number") this.#checkWhole(operand, dtype);
    return this.#cx.emitOne("splat", [operand], {}, tensorType(dtype, []), this.#node);
  }

  #number(value: unknown): Value {
    const [cx, node] = [this.#cx, this.#node];
    if (typeof value === "number") return numberNode(cx, value, node);
    if (typeof value === "boolean") return booleanNode(cx, value, node);
    if (value instanceof DimExpr) return toNumber(cx, { kind: "size", dim: value }, node)!;
    if (isValue(value)) return value;
    throw new Error("an operand is neither a tensor nor a number");
  }

  /** A number that meets an integer tensor must be whole and fit in its bits. */
  #checkWhole(operand: Value, dtype: IntegerDType): void {
    const [cx, node] = [this.#cx, this.#node];
    const by = (fn: string, x: Value, n: number): Value =>
      cx.scalar(fn, [x, numberNode(cx, n, node)], "f64", node);
    const places = 24;
    const whole = {
      i32: () => by("bitOr", operand, 0),
      u8: () => by("bitAnd", operand, 255),
      i8: () => by("shr", by("shl", operand, places), places),
    }[dtype]();
    const same = cx.scalar("eq", [operand, whole], "bool", node);
    const message = `a number that meets ${dtype === "u8" ? "a" : "an"} ${dtype} tensor must be whole and fit in ${dtype === "i32" ? 32 : 8} bits`;
    cx.emit("check", [same], { message }, [], node);
  }

  apply(...[op, operands, attrs, type]: Parameters<CallHost<Value>["apply"]>): Value {
    const demands = this.#rule.demands.splice(0).map((d) => withLines(this.#cx, d, operands));
    checkDemands(this.#cx, demands, this.#node);
    return this.#cx.emitOne(op.name, operands, attrs, type, this.#node);
  }

  toArgument(v: unknown, parameter?: ParameterSpec): Argument {
    if (v === undefined || v === null || v instanceof DimExpr) return v;
    if (typeof v === "number" || typeof v === "string" || typeof v === "boolean") return v;
    if (Array.isArray(v)) return v.map((item: unknown) => this.toArgument(item, parameter));
    if (isValue(v)) {
      if (v.type.kind === "f64" && parameter?.isSize === true) {
        return bindSize(this.#cx, v, `${this.#op}: ${parameter.name}`, this.#node);
      }
      const what = v.type.kind === "tensor" ? "a tensor" : "this argument";
      this.#cx.report(this.#node, notKnown(what));
      throw new ReportedArgument();
    }
    if (typeof v !== "object") throw new Error("an argument of another kind");
    return Object.fromEntries(Object.entries(v).map(([k, item]) => [k, this.toArgument(item)]));
  }

  /** What the front door is given for an abstract value. */
  give(v: AbstractValue, operator: string): unknown {
    const [cx, node] = [this.#cx, this.#node];
    switch (v.kind) {
      case "constant":
        return v.value;
      case "size":
        return v.dim;
      case "quotient":
        return toNumber(cx, v, node);
      case "dynamic":
        return v.value;
      case "tensor":
        return toTensor(cx, v, node);
      case "array":
        return listItems(cx, v, node)?.map((item) => this.give(item, operator));
      case "ref":
      case "object":
        return this.#giveFields(v, operator);
      case "conflict":
        usable(cx, v, "an argument", node);
        throw new ReportedArgument();
      case "error":
        throw new ReportedArgument();
      case "other":
        cx.report(node, capturedKind(v.what));
        throw new ReportedArgument();
      default:
        cx.report(node, expected(`an argument of \`${operator}\``, describeValue(v)));
        throw new ReportedArgument();
    }
  }

  #giveFields(v: AbstractValue, operator: string): unknown {
    const [cx, node] = [this.#cx, this.#node];
    const isList = v.kind === "ref" && v.object.shape === "list";
    const fields = v.kind === "ref" ? fieldsOf(cx, v, node) : recordFields(cx, v, node);
    if (fields === undefined) throw new ReportedArgument();
    const given = [...fields].map(([k, item]) => [k, this.give(item, operator)] as const);
    return isList ? given.map(([, item]) => item) : Object.fromEntries(given);
  }
}

const isValue = (v: unknown): v is Value =>
  typeof v === "object" && v !== null && "type" in v && "hint" in v && "layout" in v;
