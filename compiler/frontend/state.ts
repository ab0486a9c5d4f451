/**
 * Owns state: fields of captured objects, elements of captured lists and cells that the program
 * writes. The first write that is found makes a location state; the walk then starts again, because
 * reads before it took the location for constant.
 */

import type ts from "typescript";
import { escapingClosure } from "../diagnostics/catalog/subset.ts";
import { stateType } from "../diagnostics/catalog/types.ts";
import { stateKind } from "../diagnostics/catalog/unsupported.ts";
import { boolType, f64Type, type StateCell, type Type, type Value } from "../graph/ir.ts";
import { equalDim, equalShape } from "../ops/dim.ts";
import { printTensorType } from "../ops/types.ts";
import type { Context } from "./context.ts";
import { cellKey, graphType, lastName, toValue } from "./graph-values.ts";
import { demandHeap } from "./heap/allocate.ts";
import { readKept, writeKept } from "./heap/kept-state.ts";
import { joinTensors } from "./heap/shapes.ts";
import { makeList } from "./lists.ts";
import { checkEqualSizes } from "./size-checks.ts";
import { callOperator } from "./tensor-calls.ts";
import {
  type AbstractValue,
  describeType,
  describeValue,
  dynamic,
  sizeOf,
  type TensorConstant,
} from "./values.ts";

export function readState(cx: Context, cell: StateCell, node: ts.Node): Value {
  const value = cx.emitOne("state.get", [], { name: cell.name }, cell.type, node);
  cx.unit.definitions.suggestName(value, lastName(cell.name));
  return value;
}

/** What a captured place holds, if the program is known to write it. */
export function readOfState(
  cx: Context,
  owner: object,
  key: string,
  node: ts.Node,
): AbstractValue | undefined {
  if (cx.isStart) return undefined;
  const kept = cx.unit.kept.field(owner, key);
  if (kept !== undefined) return readKept(cx, kept, node);
  const cell = cx.unit.tables.stateOf(owner, key);
  return cell && dynamic(readState(cx, cell, node));
}

/** A place that a program can write. */
export interface StateLocation {
  readonly owner: object;
  readonly key: string;
  readonly path: string;
  /** What it holds now. */
  readonly current: AbstractValue;
  /** The same, asked for by the function that makes what the instance keeps. */
  readonly initial: (start: Context) => AbstractValue;
}

/** Writes a location, which becomes state. */
export function writeState(
  cx: Context,
  location: StateLocation,
  value: AbstractValue,
  node: ts.Node,
): void {
  const { tables, kept } = cx.unit;
  if (value.kind === "closure") {
    cx.report(node, escapingClosure(`\`${value.name}\``));
    return;
  }
  const place = kept.field(location.owner, location.key);
  if (place !== undefined) {
    writeKept(cx, place, value, node);
    return;
  }
  const cell = tables.stateOf(location.owner, location.key) ?? declareState(cx, location, node);
  if (cell === undefined || value.kind === "error") return;
  if (cell.type.kind !== "tensor" && graphType(value)?.kind !== cell.type.kind) {
    keepField(cx, location, node);
    return;
  }
  if (location.key !== cellKey && changesSizes(cell.type, value)) {
    keepField(cx, location, node);
    return;
  }
  const { current } = location;
  if (current.kind === "tensor" && current.tensor.parameter) tables.parameters.add(cell.name);
  const fitting = shaped(cx, cell, value, node);
  if (fitting?.kind === "error") return;
  const made = fitting && toValue(cx, fitting, cell.type, node);
  if (made === undefined) {
    cx.report(node, stateType(cell.name, describeType(cell.type), describeValue(value)));
  } else cx.emit("state.set", [made], { name: cell.name }, [], node);
}

function declareState(cx: Context, location: StateLocation, node: ts.Node): StateCell | undefined {
  const { current } = location;
  const path = current.kind === "tensor" ? (current.tensor.name ?? location.path) : location.path;
  const initial = initialOf(current);
  if (initial !== undefined) return cx.unit.tables.addState({ ...location, path, ...initial });
  if (current.kind === "error") return undefined;
  if (mayBeKept(current)) keepField(cx, location, node);
  else cx.report(node, stateKind(path, describeValue(current)));
  return undefined;
}

/** Whether a place with this value is a cell of state by itself, and not on the heap. */
export const hasPlainState = (v: AbstractValue): boolean => initialOf(v) !== undefined;

const mayBeKept = (v: AbstractValue): boolean =>
  ["constant", "dynamic", "union", "array", "object"].includes(v.kind);

/** The place is on the heap from the next walk on; silences this one. */
function keepField(cx: Context, location: StateLocation, node: ts.Node): void {
  const { owner, key, path, initial } = location;
  const { name } = cx.unit.kept.addField(owner, key, { path, initial, node, frame: cx.frame });
  demandHeap(cx, [`kept ${name}`], node);
}

function initialOf(v: AbstractValue): Omit<StateCell, "name"> | undefined {
  if (v.kind === "tensor") return { type: v.tensor.type, initial: v.tensor.data() };
  if (v.kind !== "constant") return undefined;
  if (typeof v.value === "number") return { type: f64Type, initial: v.value };
  return typeof v.value === "boolean" ? { type: boolType, initial: v.value } : undefined;
}

/** Whether a tensor is written that differs from what is kept in nothing but its sizes. */
function changesSizes(kept: Type, value: AbstractValue): boolean {
  const written = graphType(value);
  if (kept.kind !== "tensor" || written?.kind !== "tensor") return false;
  return joinTensors(kept, written) !== undefined && !equalShape(kept.shape, written.shape);
}

/** The value with the very shape that the cell keeps; undefined if it cannot have it. */
function shaped(
  cx: Context,
  cell: StateCell,
  value: AbstractValue,
  node: ts.Node,
): AbstractValue | undefined {
  const [kept, written] = [cell.type, graphType(value)];
  if (kept.kind !== "tensor" || written?.kind !== "tensor") return value;
  if (kept.dtype !== written.dtype || kept.shape.length !== written.shape.length) return undefined;
  if (equalShape(kept.shape, written.shape)) return value;
  const pairs = kept.shape.map((d, i) => [d, written.shape[i]!] as const);
  const known = pairs.some(([, d]) => typeof d !== "number");
  const differs = pairs.some(([a, b]) => typeof b === "number" && !equalDim(a, b));
  if (!known || differs) return undefined;
  const message = `${cell.name} holds ${printTensorType(kept)}, and ${printTensorType(written)} is written to it`;
  for (const [a, b] of pairs) checkEqualSizes(cx, b, a, message, node);
  // The sizes are equal from here on; the reshape only states it.
  return callOperator(cx, "reshape", [value, makeList(cx, kept.shape.map(sizeOf), node)], node);
}

/** The location of a parameter or buffer. */
export const cellLocation = (v: TensorConstant): StateLocation => ({
  owner: v.tensor.identity,
  key: cellKey,
  path: v.path,
  current: v,
  initial: () => v,
});
