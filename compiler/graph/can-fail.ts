/** Which pure nodes can stop a call: they must run even where nothing reads their results. */

import { opByName } from "../ops/registry.ts";
import type { Node } from "./ir.ts";
import { tensorOf } from "./ir.ts";

/** Operators that read or write at positions given by data check them; a kernel fails where one of its nodes does. */
export function canFail(node: Node): boolean {
  if (node.op === "kernel") return node.regions.some((r) => r.nodes.some(canFail));
  const op = opByName(node.op);
  const result = node.results[0];
  if (!op || !result) return false;
  const { kind } = op.lower(node.operands.map(tensorOf), node.attrs, tensorOf(result));
  return kind === "index" || kind === "scatter";
}
