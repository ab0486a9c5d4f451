/** Lowers `mapExamples`, which `vmap` is made of. */

import type ts from "typescript";
import { expected } from "../diagnostics/catalog/types.ts";
import { tensorOf, type Value } from "../graph/ir.ts";
import { printType } from "../graph/type.ts";
import type { Dim } from "../ops/dim.ts";
import { type TensorType, tensorType } from "../ops/types.ts";
import { callValue } from "./calls.ts";
import { branch, type Context } from "./context.ts";
import { toTensor } from "./graph-values.ts";
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
  isTensor,
  undefinedValue,
} from "./values.ts";

type Args = readonly AbstractValue[];

/** `mapExamples(f, args, axes, outAxis)` becomes a `vmap` node. */
export function callMapExamples(
  cx: Context,
  [f = failed, given = failed, alongs = failed, outAxis = failed]: Args,
  node: ts.Node,
): AbstractValue {
  const args = listItems(cx, given, node);
  const axes = listItems(cx, alongs, node);
  if (args === undefined || axes === undefined) return failed;
  const all = args.map((x, i) => examplesIn(cx, x, axes[i] ?? undefinedValue, i, node));
  if (all.includes("refused")) return failed;
  const operands = all.filter((x) => x !== "shared" && x !== "refused");
  const count = countOf(cx, operands, node);
  if (count === undefined || outAxis.kind !== "constant") return failed;

  const waiting = cx.exits.length;
  const base = cx.store;
  const { frame } = cx;
  const params: Value[] = [];
  let result: Given = { kind: "other", value: failed };
  const inner = branch(cx, () => {
    const own = all.map((x, i) => {
      if (x === "shared" || x === "refused") return args[i]!;
      const { dtype, shape: sizes } = tensorOf(x);
      const param = cx.unit.definitions.define(tensorType(dtype, sizes.slice(1)), cx.block);
      params.push(param);
      return dynamic(param);
    });
    const value = callValue(cx, f, undefinedValue, own, node);
    if (cx.dead) return undefined;
    result = givenBy(cx, value, node);
    return undefinedValue;
  });
  if (inner.arrival === undefined) {
    inner.block.spliceInto(cx.block);
    cx.die();
    return failed;
  }
  const results = tensorsOf(result);
  const side = { ...inner, value: undefinedValue, node, frame };
  const merge = new Merge(cx, base, cx.block, [side]);
  end(cx, side, "yield", [...results, ...merge.operands(cx, 0)], {});
  const types = results.map((x) => withExamples(tensorOf(x), count));
  const leaves = merge.leaves.map((leaf) => leaf.type);
  const region = inner.block.region(params);
  const attrs = { results: results.length };
  const values = cx.emit("vmap", operands, attrs, [...types, ...leaves], node, [region]);
  const others = values.slice(results.length);
  name(cx, merge, others);
  rejoin(cx, base, waiting);
  merge.apply(cx, others, node);
  let next = 0;
  return rebuilt(cx, result, () => along(cx, values[next++]!, Number(outAxis.value), node), node);
}

const withExamples = ({ dtype, shape }: TensorType, count: Dim): TensorType =>
  tensorType(dtype, [count, ...shape]);

/** An argument with its examples along the first axis. */
function examplesIn(
  cx: Context,
  v: AbstractValue,
  axis: AbstractValue,
  index: number,
  node: ts.Node,
): Value | "shared" | "refused" {
  const refused = (wanted: string, found: string) => {
    cx.report(node, expected(wanted, found));
    return "refused" as const;
  };
  if (axis.kind !== "constant") {
    return refused("axes that are known when compiling in inAxes", describeValue(axis));
  }
  if (axis.value === null) return "shared";
  if (typeof axis.value !== "number") {
    return refused(`an axis or null in inAxes for argument ${index + 1}`, describeValue(axis));
  }
  const x = toTensor(cx, v, node);
  if (x === undefined) {
    return refused(`a tensor as argument ${index + 1}, or null in inAxes`, describeValue(v));
  }
  const rank = tensorOf(x).shape.length;
  const from = axis.value < 0 ? axis.value + rank : axis.value;
  if (from < 0 || from >= rank) {
    return refused(`a tensor with examples along axis ${axis.value}`, printType(x.type));
  }
  return from === 0 ? x : permuted(cx, x, [from, ...axesBut(rank, from)], node);
}

const axesBut = (rank: number, axis: number): readonly number[] =>
  Array.from({ length: rank }, (_, i) => i).filter((i) => i !== axis);

function permuted(cx: Context, x: Value, dims: readonly number[], node: ts.Node): Value {
  const { dtype, shape } = tensorOf(x);
  const type = tensorType(
    dtype,
    dims.map((d) => shape[d]!),
  );
  return cx.emitOne("permute", [x], { dims }, type, node);
}

/** The number of examples: the same in all arguments. */
function countOf(cx: Context, operands: readonly Value[], node: ts.Node): Dim | undefined {
  const [first, ...rest] = operands.map((x) => tensorOf(x).shape[0]!);
  if (first === undefined) {
    cx.report(node, expected("an argument with examples", "none"));
    return undefined;
  }
  for (const other of rest) {
    const message = `vmap: one argument has ${first} examples, another one ${other}`;
    if (typeof first === "number" && typeof other === "number" && first !== other) {
      cx.report(node, expected(`${first} examples in every argument`, String(other)));
      return undefined;
    }
    checkEqualSizes(cx, first, other, message, node);
  }
  return first;
}

/** What a function gives: tensors in lists and records, and what is no tensor as it is. */
type Given =
  | { readonly kind: "tensor"; readonly value: Value }
  | { readonly kind: "list"; readonly items: readonly Given[] }
  | { readonly kind: "record"; readonly fields: ReadonlyMap<string, Given> }
  | { readonly kind: "other"; readonly value: AbstractValue };

function givenBy(cx: Context, v: AbstractValue, node: ts.Node): Given {
  if (isTensor(v)) return { kind: "tensor", value: toTensor(cx, v, node)! };
  if (v.kind === "array" || (v.kind === "ref" && v.object.shape === "list")) {
    const items = listItems(cx, v, node) ?? [];
    return { kind: "list", items: items.map((x) => givenBy(cx, x, node)) };
  }
  if (v.kind === "ref" || (v.kind === "object" && v.className === "Object")) {
    const fields = [...(recordFields(cx, v, node) ?? [])];
    return {
      kind: "record",
      fields: new Map(fields.map(([key, x]) => [key, givenBy(cx, x, node)])),
    };
  }
  return { kind: "other", value: v };
}

function tensorsOf(given: Given): readonly Value[] {
  switch (given.kind) {
    case "tensor":
      return [given.value];
    case "list":
      return given.items.flatMap(tensorsOf);
    case "record":
      return [...given.fields.values()].flatMap(tensorsOf);
    case "other":
      return [];
  }
}

/** The same lists and records, with other tensors in the places of those that were given, in order. */
function rebuilt(
  cx: Context,
  given: Given,
  next: () => AbstractValue,
  node: ts.Node,
): AbstractValue {
  switch (given.kind) {
    case "tensor":
      return next();
    case "list":
      return makeList(
        cx,
        given.items.map((x) => rebuilt(cx, x, next, node)),
        node,
      );
    case "record": {
      const fields = [...given.fields].map(
        ([key, x]) => [key, rebuilt(cx, x, next, node)] as const,
      );
      return makeRecord(cx, new Map(fields), node);
    }
    case "other":
      return given.value;
  }
}

/** The examples along another axis than the first. */
function along(cx: Context, x: Value, axis: number, node: ts.Node): AbstractValue {
  const rank = tensorOf(x).shape.length;
  const to = axis < 0 ? axis + rank : axis;
  if (!(to >= 0 && to < rank)) {
    return cx.report(node, expected(`results with an axis ${axis}`, printType(x.type)));
  }
  if (to === 0) return dynamic(x);
  return dynamic(permuted(cx, x, axesBut(rank, 0).toSpliced(to, 0, 0), node));
}
