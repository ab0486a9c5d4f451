/** Turns abstract values into graph values: the nodes of numbers, booleans, sizes and constants. */

import type ts from "typescript";
import { boolType, f64Type, type StateCell, strType, type Type, type Value } from "../graph/ir.ts";
import { numberAttr } from "../graph/scalars.ts";
import type { Dim } from "../ops/dim.ts";
import type { TensorType } from "../ops/types.ts";
import type { Context } from "./context.ts";
import { readState } from "./state.ts";
import type { AbstractValue, TensorConstant } from "./values.ts";

export const numberNode = (cx: Context, value: number, node: ts.Node): Value =>
  cx.emitOne("number", [], { value: numberAttr(value) }, f64Type, node);

export const booleanNode = (cx: Context, value: boolean, node: ts.Node): Value =>
  cx.emitOne("boolean", [], { value }, boolType, node);

const sizeNode = (cx: Context, dim: Dim, node: ts.Node): Value =>
  cx.emitOne("size", [], { dim }, f64Type, node);

/** The f64 of a number, a size or a dynamic number; undefined for anything else. */
export function toNumber(cx: Context, v: AbstractValue, node: ts.Node): Value | undefined {
  switch (v.kind) {
    case "constant":
      return typeof v.value === "number" ? numberNode(cx, v.value, node) : undefined;
    case "size":
      return sizeNode(cx, v.dim, node);
    case "quotient": {
      const divisor = numberNode(cx, v.divisor, node);
      return cx.scalar("div", [sizeNode(cx, v.dim, node), divisor], "f64", node);
    }
    case "dynamic":
      return v.value.type.kind === "f64" ? v.value : undefined;
    default:
      return undefined;
  }
}

export function toBoolean(cx: Context, v: AbstractValue, node: ts.Node): Value | undefined {
  if (v.kind === "constant") {
    return typeof v.value === "boolean" ? booleanNode(cx, v.value, node) : undefined;
  }
  return v.kind === "dynamic" && v.value.type.kind === "bool" ? v.value : undefined;
}

export function toText(cx: Context, v: AbstractValue, node: ts.Node): Value | undefined {
  if (v.kind === "constant") {
    if (typeof v.value !== "string") return undefined;
    return cx.emitOne("text", [], { value: v.value }, strType, node);
  }
  return v.kind === "dynamic" && v.value.type.kind === "str" ? v.value : undefined;
}

export function toTensor(cx: Context, v: AbstractValue, node: ts.Node): Value | undefined {
  if (v.kind === "tensor") return tensorNode(cx, v, node);
  return v.kind === "dynamic" && v.value.type.kind === "tensor" ? v.value : undefined;
}

/** The graph value of type `type`; undefined if the abstract value is not of that kind. */
export function toValue(cx: Context, v: AbstractValue, type: Type, node: ts.Node) {
  switch (type.kind) {
    case "f64":
      return toNumber(cx, v, node);
    case "bool":
      return toBoolean(cx, v, node);
    case "str":
      return toText(cx, v, node);
    case "tensor":
      return toTensor(cx, v, node);
    case "ref":
      return v.kind === "dynamic" && v.value.type.kind === "ref" ? v.value : undefined;
  }
}

/** The state that a parameter or buffer has become. */
export function stateOfCell(cx: Context, { tensor, path }: TensorConstant): StateCell | undefined {
  const { tables, cellsChange } = cx.unit;
  const known = tables.stateOf(tensor.identity, cellKey);
  if (known !== undefined || !cellsChange) return known;
  const { identity: owner, name = path, type } = tensor;
  return tables.addState({ owner, key: cellKey, path: name, type, initial: tensor.data() });
}

/** A captured tensor: a constant, or the state that its cell has become. */
function tensorNode(cx: Context, v: TensorConstant, node: ts.Node): Value {
  const state = v.tensor.kind === "cell" ? stateOfCell(cx, v) : undefined;
  if (state !== undefined) return readState(cx, state, node);
  const { name, type } = cx.unit.tables.constantOf(v.tensor, v.path);
  const value = cx.emitOne("const", [], { name }, type, node);
  cx.unit.definitions.suggestName(value, lastName(name));
  return value;
}

/** What a value read from `net.fc1.weight` is called: `weight`; from `net.history.1`: `history_1`. */
export const lastName = (path: string): string =>
  /[^.]*[A-Za-z_$][^.]*(\.\d+)*$/.exec(path)?.[0].replaceAll(".", "_") ?? path;

/** The field under which the state of a cell itself is filed. */
export const cellKey = "";

/** The type that a value has, or will have, in the graph; undefined for values that have none. */
export function graphType(v: AbstractValue): Type | undefined {
  switch (v.kind) {
    case "constant":
      if (typeof v.value === "number") return f64Type;
      if (typeof v.value === "string") return strType;
      return typeof v.value === "boolean" ? boolType : undefined;
    case "size":
    case "quotient":
      return f64Type;
    case "dynamic":
      return v.value.type;
    case "tensor":
      return v.tensor.type;
    default:
      return undefined;
  }
}

/** The type of a tensor, constant or not; undefined for other values. */
export function tensorTypeOf(v: AbstractValue): TensorType | undefined {
  const type = graphType(v);
  return type?.kind === "tensor" ? type : undefined;
}

/** Names the node behind a value after the variable that holds it. */
export function nameAfter(cx: Context, v: AbstractValue, name: string): void {
  if (v.kind === "dynamic") cx.unit.definitions.suggestName(v.value, name);
}
