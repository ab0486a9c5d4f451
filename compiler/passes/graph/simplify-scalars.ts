/** Rules of simplify-graph for numbers and booleans, and for where they meet tensors. */

import { tensorOf } from "../../graph/ir.ts";
import { inner, type Rule, type Rules } from "./simplify-rule.ts";

/** `f(f(x)) ⇒ x` for these, `f(f(x)) ⇒ f(x)` for those. */
const involutions: ReadonlySet<string> = new Set(["neg", "not"]);
const idempotents: ReadonlySet<string> = new Set([
  "abs",
  "floor",
  "ceil",
  "round",
  "trunc",
  "sign",
  "fround",
]);

const repeated: Rule = (node, known) => {
  const fn = String(node.attrs.fn);
  const first = inner(node, known, "scalar");
  if (first?.attrs.fn !== fn) return undefined;
  if (involutions.has(fn)) return first.operands[0];
  return idempotents.has(fn) ? node.operands[0] : undefined;
};

/** `toBoolean(toNumber(b)) ⇒ b` */
const thereAndBack: Rule = (node, known) => {
  const first = inner(node, known, "scalar");
  const matches = node.attrs.fn === "toBoolean" && first?.attrs.fn === "toNumber";
  return matches ? first.operands[0] : undefined;
};

/** `item(splat(b)) ⇒ b` for a bool, `item(splat(x)) ⇒ fround(x)` for a number that became f32 */
const itemOfSplat: Rule = (node, known) => {
  const splat = inner(node, known, "splat");
  const x = splat?.operands[0];
  if (!x) return undefined;
  const { dtype } = tensorOf(node.operands[0]!);
  if (x.type.kind === "bool") return dtype === "bool" ? x : undefined;
  return dtype === "f32"
    ? { ...node, op: "scalar", operands: [x], attrs: { fn: "fround" } }
    : undefined;
};

export const scalarRules: Rules = {
  scalar: [repeated, thereAndBack],
  item: [itemOfSplat],
};
