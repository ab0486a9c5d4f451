/**
 * `y = op x … ⇒ y = op x …; check that y has no NaN`, for every operator that computes floats; what is given,
 * and what state holds, is looked at before.
 *
 * `max` propagates NaN, and only NaN differs from itself.
 */

import {
  attrOf,
  boolType,
  type Func,
  f64Type,
  isText,
  makeNode,
  type Node,
  type Span,
  tensorOf,
  type Value,
  value,
} from "../../graph/ir.ts";
import { rebuildFunc } from "../../graph/rebuild.ts";
import { opByName } from "../../ops/registry.ts";
import { isFloat, printTensorType, tensorType } from "../../ops/types.ts";
import type { GraphPass } from "./pass.ts";

export const checkNaN: GraphPass = {
  name: "check-nan",
  doc: "Stops calls where the first NaN is computed, and says which operator made it.",
  run: (m) => ({ ...m, funcs: m.funcs.map(checkFunc) }),
};

function checkFunc(func: Func): Func {
  const { params, nodes } = rebuildFunc(func, (node, rewriter) => {
    rewriter.emit(node);
    const [result] = node.results;
    const message = result && isFloatTensor(result) ? messageOf(node) : undefined;
    if (message !== undefined)
      for (const n of checksOf(result!, message, node.span)) rewriter.emit(n);
  }).body;
  const given = func.entry ? func.params.filter((p) => isFloatTensor(p.value)) : [];
  const first = given.flatMap((p) => checksOf(p.value, `${p.name} has NaN already`, func.span));
  return { ...func, body: { params, nodes: [...first, ...nodes] } };
}

const isFloatTensor = ({ type }: Value): boolean => type.kind === "tensor" && isFloat(type.dtype);

/** What there is to say of a NaN in a node's result; undefined where it only moves what is known already. */
function messageOf(node: Node): string | undefined {
  const { op, attrs, operands, results, span } = node;
  if (op === "state.get") return `${attrOf(node, "name", isText)} has NaN already`;
  const record = opByName(op);
  if (record === undefined) return undefined;
  const type = tensorOf(results[0]!);
  const { kind } = record.lower(operands.map(tensorOf), attrs, type);
  if (kind === "move" || kind === "index") return undefined;
  const back = span?.back === undefined ? "" : ` on the way back through ${span.back}`;
  return `${op}: the first NaN${back} is in ${printTensorType(type)}`;
}

function checksOf(v: Value, message: string, span: Span | undefined): readonly Node[] {
  const { dtype, shape } = tensorOf(v);
  const greatest = value(tensorType(dtype, []));
  const number = value(f64Type);
  const isThere = value(boolType);
  const axes = shape.map((_, i) => i);
  const attrs = { axes, keepDim: false, lanes: 16 };
  return [
    ...(axes.length > 0 ? [makeNode("max", [v], attrs, [greatest], span)] : []),
    makeNode("item", [axes.length > 0 ? greatest : v], {}, [number], span),
    makeNode("scalar", [number, number], { fn: "eq" }, [isThere], span),
    makeNode("check", [isThere], { message }, [], span),
  ];
}
