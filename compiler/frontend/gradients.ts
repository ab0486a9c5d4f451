/** Lowers `differentiate`, which all gradients of the library are made of, and training mode. */

import type ts from "typescript";
import { notFloat, notScalar } from "../diagnostics/catalog/gradients.ts";
import { expected } from "../diagnostics/catalog/types.ts";
import type { Value } from "../graph/ir.ts";
import { tensorOf } from "../graph/ir.ts";
import { equalType, printType } from "../graph/type.ts";
import { product } from "../ops/dim.ts";
import { isFloat } from "../ops/types.ts";
import { callValue } from "./calls.ts";
import { type Arrival, branch, type Context } from "./context.ts";
import { stateOfCell, toTensor } from "./graph-values.ts";
import { listItems, makeList, makeRecord } from "./lists.ts";
import { Merge } from "./merge.ts";
import { end, name, rejoin } from "./paths.ts";
import { recordFields } from "./properties.ts";
import { checkEqualSizes } from "./size-checks.ts";
import {
  type AbstractValue,
  describeValue,
  dynamic,
  failed,
  isNothing,
  isTensor,
  type TensorConstant,
  undefinedValue,
} from "./values.ts";

type Args = readonly AbstractValue[];

/** `training(on, f)`: what `f` calls takes itself for trained, or not. */
export function callTraining(
  cx: Context,
  [on = failed, f = failed]: Args,
  node: ts.Node,
): AbstractValue {
  if (on.kind !== "constant") {
    return cx.report(node, expected("a boolean that is known when compiling", describeValue(on)));
  }
  const frame = { ...cx.frame, training: on.value === true };
  return cx.inFrame(frame, cx.scope, () => callValue(cx, f, undefinedValue, [], node));
}

/** `recomputed(f, args)` becomes a `checkpoint` node. */
export function callRecomputed(
  cx: Context,
  [f = failed, given = failed]: Args,
  node: ts.Node,
): AbstractValue {
  const args = listItems(cx, given, node);
  if (args === undefined) return failed;
  const waiting = cx.exits.length;
  const base = cx.store;
  const { frame } = cx;
  const inner = branch(cx, () => callValue(cx, f, undefinedValue, args, node));
  if (inner.arrival === undefined) {
    inner.block.spliceInto(cx.block);
    cx.die();
    return failed;
  }
  const side = { ...inner, value: inner.arrival satisfies Arrival, node, frame };
  const merge = new Merge(cx, base, cx.block, [side], { site: cx.siteOf(node, " gives") });
  end(cx, side, "yield", merge.operands(cx, 0), {});
  const types = merge.leaves.map((leaf) => leaf.type);
  const results = cx.emit("checkpoint", [], {}, types, node, [inner.block.region()]);
  name(cx, merge, results);
  rejoin(cx, base, waiting);
  return merge.apply(cx, results, node);
}

/** `differentiate(f, inputs, cells, cotangent)` becomes a `grad` node. */
export function callDifferentiate(
  cx: Context,
  [f = failed, inputs = failed, cells = failed, cotangent = undefinedValue]: Args,
  node: ts.Node,
): AbstractValue {
  const operands = listItems(cx, inputs, node)?.map((x) => floatTensor(cx, x, node));
  const held = listItems(cx, cells, node)?.map((x) => cellName(cx, x, node));
  const seed = isNothing(cotangent) ? undefined : toTensor(cx, cotangent, node);
  if (operands === undefined || held === undefined) return failed;
  const [known, names] = [
    operands.filter((x) => x !== undefined),
    held.filter((x) => x !== undefined),
  ];
  if (known.length < operands.length || names.length < held.length) return failed;

  const waiting = cx.exits.length;
  const base = cx.store;
  const { frame } = cx;
  const params: Value[] = [];
  let ends: Ends | undefined;
  const inner = branch(cx, () => {
    for (const x of known) params.push(cx.unit.definitions.define(x.type, cx.block));
    const { innerOrder } = cx.frame;
    const around = { ...cx.frame, innerOrder: { ...innerOrder, left: innerOrder.left + 1 } };
    const value = cx.inFrame(around, cx.scope, () =>
      callValue(cx, f, undefinedValue, params.map(dynamic), node),
    );
    if (cx.dead) return undefined;
    ends = endsOf(cx, value, seed, node);
    return value;
  });
  if (inner.arrival === undefined) {
    inner.block.spliceInto(cx.block);
    cx.die();
    return failed;
  }
  if (ends === undefined) return failed;
  const side = { ...inner, value: inner.arrival satisfies Arrival, node, frame };
  const merge = new Merge(cx, base, cx.block, [side], { site: cx.siteOf(node, " gives") });
  end(cx, side, "yield", [ends.output, ends.seed, ...merge.operands(cx, 0)], {});
  const leaves = merge.leaves.map((leaf) => leaf.type);
  const cellTypes = names.map(({ cell }) => cell.tensor.type);
  const types = [...leaves, ...known.map((x) => x.type), ...cellTypes];
  const attrs = { cells: names.map(({ cellName: n }) => n) };
  const results = cx.emit("grad", known, attrs, types, node, [inner.block.region(params)]);
  const values = results.slice(0, leaves.length);
  name(cx, merge, values);
  rejoin(cx, base, waiting);
  const value = merge.apply(cx, values, node);
  const grads = makeList(cx, results.slice(leaves.length).map(dynamic), node, "grads");
  return makeRecord(
    cx,
    new Map([
      ["value", value],
      ["grads", grads],
    ]),
    node,
  );
}

/** `withGradient(forward, backward, args)` becomes a `customGrad` node behind what `forward` computes. */
export function callWithGradient(
  cx: Context,
  [forward = failed, backward = failed, given = failed]: Args,
  node: ts.Node,
): AbstractValue {
  const args = listItems(cx, given, node);
  if (args === undefined) return failed;
  const made = callValue(cx, forward, undefinedValue, args, node);
  if (made.kind === "error" || cx.dead) return failed;
  const fields = recordFields(cx, made, node);
  const [value, saved = undefinedValue] = [fields?.get("value"), fields?.get("saved")];
  const output = value && toTensor(cx, value, node);
  if (output === undefined) {
    return cx.report(node, expected("a record with a tensor `value`", describeValue(made)));
  }
  const { frame } = cx;
  // Nobody will ask for this gradient. A function may call itself in its own rule: this is where that ends.
  const { inRule, left } = frame.innerOrder;
  if (inRule && left === 0) return dynamic(output);
  const rule = { ...frame, innerOrder: { inRule: true, left: Math.max(0, left - 1) } };
  // Cells are read here: what they hold when the gradient is asked for is no matter.
  const tensors = args.map((arg) => toTensor(cx, arg, node));
  const params: Value[] = [];
  const operands: Value[] = [];
  const cotangents: Value[] = [];
  const inner = branch(cx, () => {
    params.push(cx.unit.definitions.define(output.type, cx.block));
    const flows = cx.inFrame(rule, cx.scope, () =>
      callValue(cx, backward, undefinedValue, [saved, dynamic(params[0]!)], node),
    );
    const list = flows.kind === "error" ? undefined : listItems(cx, flows, node);
    list?.forEach((flow, i) => {
      const [cotangent, x] = [toTensor(cx, flow, node), tensors[i]];
      if (cotangent === undefined || x === undefined) return;
      operands.push(x);
      cotangents.push(cotangent);
    });
    return list && undefinedValue;
  });
  if (inner.arrival === undefined) return failed;
  const wrong = cotangents.findIndex((c, i) => !equalType(c.type, operands[i]!.type));
  if (wrong >= 0) {
    const [found, due] = [cotangents[wrong]!.type, operands[wrong]!.type];
    return cx.report(node, expected(`a gradient of type ${printType(due)}`, printType(found)));
  }
  end(cx, { ...inner, node, frame }, "yield", cotangents, {});
  const region = inner.block.region(params);
  const [result] = cx.emit("customGrad", [output, ...operands], {}, [output.type], node, [region]);
  return dynamic(result!);
}

interface Ends {
  readonly output: Value;
  readonly seed: Value;
}

/** The tensor that is gone back from, and its cotangent: 1, if none is given. */
function endsOf(
  cx: Context,
  value: AbstractValue,
  seed: Value | undefined,
  node: ts.Node,
): Ends | undefined {
  if (value.kind === "error") return undefined;
  const found = isTensor(value) ? value : recordFields(cx, value, node)?.get("loss");
  if (found?.kind === "error") return undefined;
  const output = found && toTensor(cx, found, node);
  if (output === undefined) {
    cx.report(node, expected("a tensor, or a record with a tensor `loss`", describeValue(value)));
    return undefined;
  }
  const type = tensorOf(output);
  if (!isFloat(type.dtype)) {
    cx.report(node, notFloat(printType(type)));
    return undefined;
  }
  if (seed !== undefined) {
    const given = tensorOf(seed);
    const message = `vjp: the cotangent is ${printType(given)}, and the result ${printType(type)}`;
    if (given.shape.length !== type.shape.length || given.dtype !== type.dtype) {
      cx.report(node, expected(`a cotangent of type ${printType(type)}`, printType(given)));
      return undefined;
    }
    given.shape.forEach((d, i) => {
      checkEqualSizes(cx, d, type.shape[i]!, message, node);
    });
    return { output, seed };
  }
  if (product(type.shape) !== 1) {
    cx.report(node, notScalar(printType(type)));
    return undefined;
  }
  const attrs = { shape: type.shape, value: 1, dtype: type.dtype };
  return { output, seed: cx.emitOne("full", [], attrs, type, node) };
}

function floatTensor(cx: Context, v: AbstractValue, node: ts.Node): Value | undefined {
  const x = toTensor(cx, v, node);
  if (x === undefined) {
    if (v.kind !== "error") cx.report(node, expected("a tensor", describeValue(v)));
    return undefined;
  }
  if (isFloat(tensorOf(x).dtype)) return x;
  cx.report(node, notFloat(printType(x.type)));
  return undefined;
}

interface CellName {
  readonly cell: TensorConstant;
  readonly cellName: string;
}

/** The name of the state, or constant, that a cell has become. */
function cellName(cx: Context, v: AbstractValue, node: ts.Node): CellName | undefined {
  if (v.kind !== "tensor" || v.tensor.kind !== "cell") {
    if (v.kind !== "error") cx.report(node, expected("a parameter", describeValue(v)));
    return undefined;
  }
  if (!isFloat(v.tensor.type.dtype)) {
    cx.report(node, notFloat(printType(v.tensor.type)));
    return undefined;
  }
  const state = stateOfCell(cx, v);
  return { cell: v, cellName: (state ?? cx.unit.tables.constantOf(v.tensor, v.path)).name };
}
