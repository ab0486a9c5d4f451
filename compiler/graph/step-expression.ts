/** What a node computes element by element, as the steps of packages do. */

import { constant, type Expr } from "../ops/expr.ts";
import { opByName } from "../ops/registry.ts";
import { type Node, tensorOf } from "./ir.ts";

/** The expression of an element-wise operator, or of a fill with a number; undefined of all others. */
export function stepExpression(node: Node): Expr | undefined {
  const [result] = node.results;
  const op = opByName(node.op);
  if (!op || result?.type.kind !== "tensor") return undefined;
  const lowering = op.lower(node.operands.map(tensorOf), node.attrs, result.type);
  if (lowering.kind === "map") return lowering.expr;
  const isFill =
    lowering.kind === "move" && lowering.form === "pieces" && lowering.pieces.length === 0;
  if (!isFill || typeof lowering.fill !== "number") return undefined;
  return constant(result.type.dtype, lowering.fill);
}
