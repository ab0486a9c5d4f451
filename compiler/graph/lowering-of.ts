/** What a node computes, from its operator's record. */

import type { Lowering } from "../ops/lowering.ts";
import { opByName } from "../ops/registry.ts";
import { type Node, tensorOf } from "./ir.ts";

/** Undefined for what is no operator, or gives no tensor. */
export function loweringOf(node: Node): Lowering | undefined {
  const op = opByName(node.op);
  const result = node.results[0];
  if (!op || result?.type.kind !== "tensor") return undefined;
  return op.lower(node.operands.map(tensorOf), node.attrs, result.type);
}
