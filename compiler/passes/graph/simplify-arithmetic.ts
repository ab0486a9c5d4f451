/** Rules of simplify-graph for element-wise operators and reductions. */

import { isNumber, type Node, tensorOf } from "../../graph/ir.ts";
import { isDType, isInteger } from "../../ops/types.ts";
import {
  absorbs,
  idempotent,
  inner,
  involution,
  listOf,
  type Rule,
  type Rules,
} from "./simplify-rule.ts";

/** `op(x, n) ⇒ x`, where n is exactly this number: −0 is not +0. */
const rightIs =
  (n: number): Rule =>
  (node, known) =>
    isExactly(known.uniform(node.operands[1]), n, node) ? node.operands[0] : undefined;

/** `op(n, x) ⇒ x` */
const leftIs =
  (n: number): Rule =>
  (node, known) =>
    isExactly(known.uniform(node.operands[0]), n, node) ? node.operands[1] : undefined;

/** The same number; among integers there is one zero. */
const isExactly = (x: number | undefined, n: number, node: Node): boolean =>
  Object.is(x, n) || (x === 0 && n === 0 && isInteger(tensorOf(node.results[0]!).dtype));

/** `op(x, x) ⇒ x` */
const sameTwice: Rule = (node) =>
  node.operands[0] === node.operands[1] ? node.operands[0] : undefined;

/** `where(true, a, b) ⇒ a`, `where(false, a, b) ⇒ b` */
const knownCondition: Rule = (node, known) => {
  const condition = known.uniform(node.operands[0]);
  return condition === undefined ? undefined : node.operands[condition === 1 ? 1 : 2];
};

/** `where(c, a, a) ⇒ a` */
const sameBranches: Rule = (node) =>
  node.operands[1] === node.operands[2] ? node.operands[1] : undefined;

/** `to(x, its dtype) ⇒ x`: to another dtype the types differ, and nothing is replaced. */
const sameDType: Rule = (node) => node.operands[0];

/** `to(to(x, i32 or f32), d) ⇒ to(x, d)` for a bool x: 0 and 1 are exact in every dtype. */
const throughNumbers: Rule = (node, known) => {
  const first = inner(node, known, "to");
  const x = first?.operands[0];
  if (!x || tensorOf(x).dtype !== "bool" || !isDType(node.attrs.dtype)) return undefined;
  return { ...node, operands: [x] };
};

/** `op(x, axes of size 1) ⇒ reshape(x)`, where the reduction of one element is the element. */
const ofSingles: Rule = (node) => {
  const { shape } = tensorOf(node.operands[0]!);
  if (!listOf(node, "axes", isNumber).every((axis) => shape[axis] === 1)) return undefined;
  return { ...node, op: "reshape", attrs: { shape: tensorOf(node.results[0]!).shape } };
};

export const arithmeticRules: Rules = {
  mul: [rightIs(1), leftIs(1)],
  div: [rightIs(1)],
  // x − (+0) and x + (−0) keep a zero's sign; x + (+0) does not
  sub: [rightIs(0)],
  add: [rightIs(-0), leftIs(-0)],
  minimum: [sameTwice],
  maximum: [sameTwice],
  logicalAnd: [sameTwice, rightIs(1), leftIs(1)],
  logicalOr: [sameTwice, rightIs(0), leftIs(0)],
  logicalNot: [involution],
  neg: [involution],
  // `abs(neg(x)) ⇒ abs(x)`
  abs: [idempotent, absorbs("neg")],
  floor: [idempotent],
  ceil: [idempotent],
  round: [idempotent],
  sign: [idempotent],
  where: [knownCondition, sameBranches],
  to: [sameDType, throughNumbers],
  max: [ofSingles],
  min: [ofSingles],
  prod: [ofSingles],
  // It starts at −0; `sum` and `mean` start at +0
  sumBack: [ofSingles],
};
