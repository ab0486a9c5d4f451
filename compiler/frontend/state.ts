/**
 * Owns state: fields of captured objects, elements of captured lists and cells that the program
 * writes. The first write that is found makes a location state; the walk then starts again, because
 * reads before it took the location for constant.
 */

import type ts from "typescript";
import { internal } from "../diagnostics/catalog/bugs.ts";
import { stateType } from "../diagnostics/catalog/types.ts";
import { stateKind } from "../diagnostics/catalog/unsupported.ts";
import { boolType, f64Type, type StateCell, type Type, type Value } from "../graph/ir.ts";
import { equalDim } from "../ops/dim.ts";
import { printTensorType, type TensorType } from "../ops/types.ts";
import type { Context } from "./context.ts";
import { cellKey, graphType, toValue } from "./graph-values.ts";
import { checkEqualSizes } from "./size-checks.ts";
import { type AbstractValue, describeType, describeValue, type TensorConstant } from "./values.ts";

export function readState(cx: Context, cell: StateCell, node: ts.Node): Value {
  const value = cx.emitOne("state.get", [], { name: cell.name }, cell.type, node);
  cx.unit.definitions.suggestName(value, cell.name.slice(cell.name.lastIndexOf(".") + 1));
  return value;
}

/** A place that a program can write. */
export interface StateLocation {
  readonly owner: object;
  readonly key: string;
  readonly path: string;
  /** What it holds now. */
  readonly current: AbstractValue;
}

/** Writes a location, which becomes state. */
export function writeState(
  cx: Context,
  location: StateLocation,
  value: AbstractValue,
  node: ts.Node,
): void {
  const { tables } = cx.unit;
  const cell = tables.stateOf(location.owner, location.key) ?? declareState(cx, location, node);
  if (cell === undefined || value.kind === "error") return;
  const type = graphType(value);
  if (type === undefined || !fits(cx, cell, type, node)) {
    const written = type === undefined ? describeValue(value) : describeType(type);
    cx.report(node, stateType(cell.name, describeType(cell.type), written));
    return;
  }
  const made = toValue(cx, value, type, node);
  if (made === undefined) cx.report(node, internal("a value has no graph value of its own type"));
  else cx.emit("state.set", [made], { name: cell.name }, [], node);
}

function declareState(cx: Context, location: StateLocation, node: ts.Node): StateCell | undefined {
  const { names, written } = cx.unit.tables;
  const { owner, key, path, current } = location;
  const wanted = current.kind === "tensor" ? (current.tensor.name ?? path) : path;
  const initial = initialOf(current);
  if (initial === undefined) {
    if (current.kind !== "error") cx.report(node, stateKind(path, describeValue(current)));
    return undefined;
  }
  const cell: StateCell = { name: names.of(owner, key, wanted), ...initial };
  written.add(owner, key, cell);
  return cx.unit.tables.stateOf(owner, key);
}

function initialOf(v: AbstractValue): Omit<StateCell, "name"> | undefined {
  if (v.kind === "tensor") return { type: v.tensor.type, initial: v.tensor.data() };
  if (v.kind !== "constant") return undefined;
  if (typeof v.value === "number") return { type: f64Type, initial: v.value };
  return typeof v.value === "boolean" ? { type: boolType, initial: v.value } : undefined;
}

/** Whether a value of type `type` can be kept; sizes that only running shows are checked then. */
function fits(cx: Context, cell: StateCell, type: Type, node: ts.Node): boolean {
  if (cell.type.kind !== "tensor" || type.kind !== "tensor") return cell.type.kind === type.kind;
  return sameDimensions(cx, cell, cell.type, type, node);
}

function sameDimensions(
  cx: Context,
  cell: StateCell,
  kept: TensorType,
  written: TensorType,
  node: ts.Node,
): boolean {
  if (kept.dtype !== written.dtype || kept.shape.length !== written.shape.length) return false;
  const pairs = kept.shape.map((d, i) => [d, written.shape[i]!] as const);
  const differ = pairs.some(
    ([a, b]) => typeof a === "number" && typeof b === "number" && !equalDim(a, b),
  );
  if (differ) return false;
  const message = `${cell.name} holds ${printTensorType(kept)}, and ${printTensorType(written)} is written to it`;
  for (const [a, b] of pairs) checkEqualSizes(cx, b, a, message, node);
  return true;
}

/** The location of a parameter or buffer. */
export const cellLocation = (v: TensorConstant): StateLocation => ({
  owner: v.tensor.identity,
  key: cellKey,
  path: v.path,
  current: v,
});
