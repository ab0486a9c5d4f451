/**
 * Replaces nodes by simpler ones that give the same bits: for NaN, −0 and infinities too. What is not
 * here is often not true: `x + 0` makes +0 of −0, `x · 0` is not 0 for NaN, `sum` over an axis of
 * size 1 adds to +0.
 */

import { substituteNodes } from "../../graph/clone.ts";
import { isOpen } from "../../graph/heap-types.ts";
import { attrOf, isNumber, type Module, type Node, type Value } from "../../graph/ir.ts";
import { type Rewriter, rebuildModule } from "../../graph/rebuild.ts";
import { interchangeable } from "../../graph/type.ts";
import { forEachNode, labelOf } from "../../graph/walk.ts";
import type { GraphPass } from "./pass.ts";
import { arithmeticRules } from "./simplify-arithmetic.ts";
import { movementRules } from "./simplify-movement.ts";
import type { Known, Rule } from "./simplify-rule.ts";
import { scalarRules } from "./simplify-scalars.ts";
import { codeOf, isUnit, textRules } from "./simplify-texts.ts";

export const simplifyGraph: GraphPass = {
  name: "simplify-graph",
  doc: "Replaces operators by simpler ones, or by their operands, where every bit stays the same.",
  run: (m) => {
    const simplifier = new Simplifier(m);
    return rebuildModule(m, (node, rewriter) => simplifier.simplify(node, rewriter));
  },
};

const tables = [movementRules, arithmeticRules, scalarRules, textRules];
const rules = new Map<string, readonly Rule[]>();
for (const [op, more] of tables.flatMap((table) => Object.entries(table))) {
  rules.set(op, [...(rules.get(op) ?? []), ...more]);
}

/** The texts that are compared with others. */
function comparedIn(m: Module): ReadonlySet<Value> {
  const compared = new Set<Value>();
  for (const f of m.funcs) {
    forEachNode(f.body, ({ op, attrs, operands }) => {
      if (op !== "texts" || (attrs.fn !== "equal" && attrs.fn !== "compare")) return;
      for (const v of operands) compared.add(v);
    });
  }
  return compared;
}

class Simplifier implements Known {
  readonly #m: Module;
  readonly #makers = new Map<Value, Node>();
  readonly #compared: ReadonlySet<Value>;
  readonly #codes = new Map<Value, Value>();

  constructor(m: Module) {
    this.#m = m;
    this.#compared = comparedIn(m);
  }

  code(v: Value): Value | undefined {
    return this.#codes.get(v);
  }

  maker(v: Value | undefined): Node | undefined {
    return v && this.#makers.get(v);
  }

  isOpenBox(box: Value | undefined): boolean {
    const held = box?.type.kind === "ref" ? this.#m.heap.get(box.type.name) : undefined;
    return held?.kind === "box" && held.tensor.shape.some(isOpen);
  }

  /** Every element of a tensor, where all are one known value; bools are 0 and 1. */
  uniform(v: Value | undefined): number | undefined {
    const node = this.maker(v);
    switch (node?.op) {
      case "const": {
        const data = this.#m.constants.get(String(node.attrs.name))?.data;
        const first = data?.[0];
        return data?.every((x) => Object.is(x, first)) ? first : undefined;
      }
      case "full":
        return isNumber(node.attrs.value!)
          ? Math.fround(attrOf(node, "value", isNumber))
          : undefined;
      case "splat":
        return this.#splatted(node);
      case "expand":
      case "reshape":
      case "permute":
        return this.uniform(node.operands[0]);
      default:
        return undefined;
    }
  }

  #splatted(node: Node): number | undefined {
    const x = this.maker(node.operands[0]);
    if (x?.op === "boolean") return x.attrs.value === true ? 1 : 0;
    return x?.op === "number" ? Math.fround(Number(x.attrs.value)) : undefined;
  }

  simplify(node: Node, rewriter: Rewriter): void {
    let now = node;
    for (let next = this.#step(now); next; next = this.#step(now)) {
      if (isNodes(next)) {
        now = this.#emitAllButLast(next, rewriter);
      } else if ("op" in next) {
        now = next;
      } else {
        rewriter.replace(node.results[0]!, next);
        return;
      }
    }
    if (now.op === "loop" && runsOnce(now)) {
      this.#unwrap(now, rewriter);
      return;
    }
    this.#note(now);
    rewriter.emit(now);
    if (isUnit(now) && this.#compared.has(now.results[0]!)) this.#readCode(now, rewriter);
  }

  /** Beside the text, so that what it is a unit of need not be there for longer. */
  #readCode(unit: Node, rewriter: Rewriter): void {
    const code = codeOf(unit);
    rewriter.emit(code);
    this.#codes.set(unit.results[0]!, code.results[0]!);
  }

  /** Gives the last one, with what its operands have become. */
  #emitAllButLast(nodes: readonly Node[], rewriter: Rewriter): Node {
    const current = (node: Node): Node => ({
      ...node,
      operands: node.operands.map((v) => rewriter.current(v)),
    });
    for (const node of nodes.slice(0, -1)) this.simplify(current(node), rewriter);
    return current(nodes.at(-1)!);
  }

  #note(node: Node): void {
    if (node.results.length === 1) this.#makers.set(node.results[0]!, node);
  }

  /** `r = loop L (p = x) { A; break L y } ⇒ A with x for p, r being y`; so too where A ends otherwise. */
  #unwrap(loop: Node, rewriter: Rewriter): void {
    const region = loop.regions[0]!;
    const became = new Map(region.params.map((p, i) => [p, loop.operands[i]!]));
    for (const node of substituteNodes(region.nodes, became)) {
      // What was noted of the nodes inside names the parameters, which are no more.
      forEachNode({ params: [], nodes: [node] }, (n) => this.#note(n));
      if (node.op !== "break" || labelOf(node) !== labelOf(loop)) rewriter.emit(node);
      else {
        loop.results.forEach((r, i) => {
          rewriter.replace(r, node.operands[i]!);
        });
      }
    }
  }

  /** What the first rule that applies makes of the node. */
  #step(node: Node): Node | Value | readonly Node[] | undefined {
    for (const rule of rules.get(node.op) ?? []) {
      const result = rule(node, this);
      if (!result) continue;
      if (isNodes(result)) return result;
      if ("op" in result || interchangeable(result, node.results[0]!)) return result;
    }
    return undefined;
  }
}

const isNodes = (made: Node | Value | readonly Node[]): made is readonly Node[] =>
  Array.isArray(made);

/** Whether a loop leaves at its end at the latest and never repeats or leaves before. */
function runsOnce(loop: Node): boolean {
  const label = labelOf(loop);
  const region = loop.regions[0]!;
  const last = region.nodes.at(-1);
  let onlyAtEnd = true;
  forEachNode(region, (node) => {
    const leaves = node.op === "break" || node.op === "continue";
    if (leaves && labelOf(node) === label && (node !== last || node.op === "continue")) {
      onlyAtEnd = false;
    }
  });
  return onlyAtEnd;
}
