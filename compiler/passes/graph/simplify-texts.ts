/**
 * Rules of simplify-graph for texts: what is compared with one unit is compared by its code, and the length of a
 * text that is put together is the sum of its pieces' lengths, so that such texts need not be made.
 */

import {
  boolType,
  f64Type,
  makeNode,
  type Node,
  type Type,
  type Value,
  value,
} from "../../graph/ir.ts";
import type { Known, Rule, Rules } from "./simplify-rule.ts";

/** The texts that codes of units are asked of. */
export const isUnit = (node: Node): boolean =>
  node.op === "texts" && (node.attrs.fn === "charAt" || node.attrs.fn === "pointAt");

/** The code of the unit that begins where a text of one unit or code point does; NaN where that is empty. */
export const codeOf = (unit: Node): Node =>
  makeNode("texts", unit.operands, { fn: "charCodeAt" }, [value(f64Type)], unit.span);

/** Nodes one after the other, each with one result. */
class Steps {
  readonly nodes: Node[] = [];
  readonly #at: Node;

  constructor(at: Node) {
    this.#at = at;
  }

  scalar(fn: string, operands: readonly Value[], type: Type): Value {
    return this.#one("scalar", operands, { fn }, type);
  }

  length(text: Value): Value {
    return this.#one("texts", [text], { fn: "length" }, f64Type);
  }

  number(x: number): Value {
    return this.#one("number", [], { value: x }, f64Type);
  }

  /** Ends with a function of numbers that gives what the node gave. */
  end(fn: string, operands: readonly Value[]): readonly Node[] {
    const { results, span } = this.#at;
    return [...this.nodes, makeNode("scalar", operands, { fn }, results, span)];
  }

  #one(op: string, operands: readonly Value[], attrs: Node["attrs"], type: Type): Value {
    const result = value(type);
    this.nodes.push(makeNode(op, operands, attrs, [result], this.#at.span));
    return result;
  }
}

const isPair = (code: number): boolean => code >= 0xd800 && code < 0xe000;

/** The code of a text of the source that is one unit. */
function knownCode(v: Value, known: Known): number | undefined {
  const node = known.maker(v);
  if (node?.op !== "text") return undefined;
  const text = String(node.attrs.value);
  return text.length === 1 ? text.charCodeAt(0) : undefined;
}

const isCharAt = (v: Value, known: Known): boolean => known.maker(v)?.attrs.fn === "charAt";

/** `equal(charAt(t, i), "x") ⇒ charCodeAt(t, i) = code`: nothing is equal to the code where there is no unit. */
const equalUnit: Rule = (node, known) => {
  if (node.attrs.fn !== "equal") return undefined;
  const [a, b] = node.operands;
  for (const [unit, other] of [
    [a!, b!],
    [b!, a!],
  ] as const) {
    const code = known.code(unit);
    const wanted = knownCode(other, known);
    if (code === undefined || wanted === undefined) continue;
    // A lone half of a pair is no other pair's beginning.
    if (isPair(wanted) && !isCharAt(unit, known)) continue;
    const steps = new Steps(node);
    return steps.end("eq", [code, steps.number(wanted)]);
  }
  return undefined;
};

const negated: Readonly<Record<string, string>> = { lt: "ge", le: "gt", gt: "le", ge: "lt" };

/** `compare(charAt(t, i), "x") < 0`: no unit comes before all units, and a code that is none is in no order. */
const orderOfUnit: Rule = (node, known) => {
  const fn = String(node.attrs.fn);
  const opposite = negated[fn];
  const order = known.maker(node.operands[0]);
  if (opposite === undefined || order?.op !== "texts" || order.attrs.fn !== "compare") {
    return undefined;
  }
  const zero = known.maker(node.operands[1]);
  if (zero?.op !== "number" || zero.attrs.value !== 0) return undefined;
  const [a, b] = order.operands;
  const isLeft = isCharAt(a!, known);
  const unit = isLeft ? a! : b!;
  const [code, wanted] = [known.code(unit), knownCode(isLeft ? b! : a!, known)];
  if (code === undefined || wanted === undefined || !isCharAt(unit, known)) return undefined;
  const steps = new Steps(node);
  const w = steps.number(wanted);
  const operands = isLeft ? [code, w] : [w, code];
  // Where there is no unit, the comparisons that hold are those of what comes before.
  const holdsOfNone = isLeft === (fn === "lt" || fn === "le");
  if (!holdsOfNone) return steps.end(fn, operands);
  return steps.end("not", [steps.scalar(opposite, operands, boolType)]);
};

/** `length(concat(a, b)) ⇒ length(a) + length(b)` */
const lengthOfParts: Rule = (node, known) => {
  if (node.attrs.fn !== "length") return undefined;
  const text = known.maker(node.operands[0]);
  if (text?.op === "text") {
    return {
      ...node,
      op: "number",
      operands: [],
      attrs: { value: String(text.attrs.value).length },
    };
  }
  if (text?.op !== "texts" || text.attrs.fn !== "concat") return undefined;
  const steps = new Steps(node);
  const [a, b] = text.operands.map((v) => steps.length(v));
  return steps.end("add", [a!, b!]);
};

export const textRules: Rules = {
  texts: [equalUnit, lengthOfParts],
  scalar: [orderOfUnit],
};
