/** What a rule of simplify-graph sees and gives. */

import type { Node, Value } from "../../graph/ir.ts";
import type { Attr } from "../../ops/op.ts";

export interface Known {
  /** The node that a value is the only result of. */
  maker(v: Value | undefined): Node | undefined;
  /** Whether boxes of a type say some of their sizes themselves. */
  isOpenBox(box: Value | undefined): boolean;
  /** The value of all elements of a tensor, where it is one and known; bools are 0 and 1. */
  uniform(v: Value | undefined): number | undefined;
  /** The code of a text of one unit, where that has been read. */
  code(v: Value): Value | undefined;
}

/**
 * A value that the node's result may be replaced by (not done where their types or layouts differ), a
 * node with the same results, several of which the last has the same results, or undefined where the rule does not apply.
 */
export type Rule = (node: Node, known: Known) => Value | Node | readonly Node[] | undefined;

export type Rules = Readonly<Record<string, readonly Rule[]>>;

/** The operand itself: for rules that hold wherever the types are equal. */
export const operand: Rule = (node) => node.operands[0];

/** The node that makes operand 0, if it is an `op`. */
export function inner(node: Node, known: Known, op: string): Node | undefined {
  const made = known.maker(node.operands[0]);
  return made?.op === op ? made : undefined;
}

/** `f(f(x)) ⇒ f(x)` */
export const idempotent: Rule = (node, known) =>
  inner(node, known, node.op) ? node.operands[0] : undefined;

/** `f(f(x)) ⇒ x` */
export const involution: Rule = (node, known) => inner(node, known, node.op)?.operands[0];

/** `outer(op(x)) ⇒ outer(x)` */
export const absorbs =
  (op: string): Rule =>
  (node, known) => {
    const made = inner(node, known, op);
    return made && { ...node, operands: made.operands };
  };

const isList = (a: Attr | undefined): a is readonly Attr[] => Array.isArray(a);

/** An attribute that is a list of what `is` accepts; anything else is a bug in Glim. */
export function listOf<T extends Attr>(
  node: Node,
  name: string,
  is: (a: Attr) => a is T,
): readonly T[] {
  const list = node.attrs[name];
  if (!isList(list) || !list.every(is)) throw new Error(`${node.op}: ${name} is no such list`);
  return list;
}
