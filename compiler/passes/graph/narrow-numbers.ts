/**
 * Computes with 32-bit integers where ranges prove that numbers are such: counters, indices, bits. The
 * results are the same to the bit, because a value becomes an i32 only where it is no fraction, no NaN,
 * not −0 and of 32 bits, and conversions stand wherever others read it as a number.
 *
 * Also `trunc(x) ⇒ x` of what is whole, and comparisons that ranges decide.
 */

import {
  attrOf,
  boolType,
  type Func,
  i32Type,
  isText,
  makeNode,
  type Node,
  type Region,
  type Value,
  value,
} from "../../graph/ir.ts";
import { forEachNode } from "../../graph/walk.ts";
import { IntegerArithmetic } from "./narrow/integer-arithmetic.ts";
import { NumberForms } from "./narrow/number-forms.ts";
import type { GraphPass } from "./pass.ts";
import { analyzeRanges, type Ranges } from "./ranges/analyze-ranges.ts";
import { decided } from "./ranges/decide.ts";
import { integerForm } from "./ranges/integer-form.ts";
import type { Range } from "./ranges/range.ts";

export const narrowNumbers: GraphPass = {
  name: "narrow-numbers",
  doc: "Computes with 32-bit integers where numbers are proved to be such.",
  run: (m) => ({ ...m, funcs: m.funcs.map(narrow) }),
};

function narrow(f: Func): Func {
  let hasNumbers = false;
  forEachNode(f.body, (node) => {
    hasNumbers ||= node.op === "scalar" || node.op.startsWith("list.");
  });
  return hasNumbers ? new Narrowing(f).run() : f;
}

/** The operands that may be i32, by the operation. */
const indexOperand: ReadonlySet<string> = new Set(["list.get", "list.set", "list.resize"]);

class Narrowing {
  readonly #func: Func;
  readonly #ranges: Ranges;
  readonly #makers = new Map<Value, Node>();
  readonly #forms: NumberForms;
  readonly #arithmetic: IntegerArithmetic;
  readonly #known = new Map<Value, boolean>();
  readonly #loops = new Map<string, Node>();

  constructor(f: Func) {
    this.#func = f;
    this.#ranges = analyzeRanges(f);
    forEachNode(f.body, (node) => {
      for (const v of node.results) this.#makers.set(v, node);
    });
    this.#forms = new NumberForms(this.#ranges, this.#makers);
    this.#arithmetic = new IntegerArithmetic(this.#forms, this.#ranges, this.#makers);
  }

  run(): Func {
    const body = this.#region(this.#func.body, [], undefined);
    return { ...this.#func, body };
  }

  #region(region: Region, learnt: readonly Value[], around: Node | undefined): Region {
    const params: Value[] = [];
    const nodes = this.#forms.inScope(() => {
      params.push(...region.params.map((p) => this.#forms.define(p)));
      this.#forms.offerFloats(region.params);
      for (const v of learnt) this.#forms.learn(v);
      for (const node of region.nodes) this.#node(node, around);
    });
    return { params, nodes };
  }

  #node(node: Node, around: Node | undefined): void {
    switch (node.op) {
      case "yield":
        this.#end(node, around?.results);
        return;
      case "continue":
      case "break": {
        const loop = this.#loops.get(attrOf(node, "label", isText))!;
        this.#end(node, node.op === "break" ? loop.results : loop.regions[0]!.params);
        return;
      }
      case "if":
        this.#branches(node);
        break;
      case "loop":
        this.#loop(node);
        break;
      case "scalar":
        this.#onScalar(node);
        break;
      case "list.length":
      case "texts":
        this.#forms.emit({
          ...(this.#withNumber(node) ?? { ...node, operands: this.#operands(node) }),
          results: node.results.map((r) => this.#forms.define(r)),
        });
        this.#forms.offerFloats(node.results);
        break;
      case "check":
        if (this.#known.get(this.#forms.current(node.operands[0]!)) === true) break;
        this.#forms.emit({ ...node, operands: this.#operands(node) });
        break;
      case "number":
        this.#number(node);
        break;
      default:
        this.#forms.emit({ ...node, operands: this.#operands(node) });
        for (const v of node.results) if (this.#forms.isNarrow(v)) this.#forms.makeInt(v);
    }
    for (const v of this.#ranges.learntAfter.get(node) ?? []) this.#forms.learn(v);
  }

  /** A text that an integer is put behind, or the length of one: no text of the integer is needed by itself. */
  #withNumber(node: Node): Node | undefined {
    const [text, added] = node.operands;
    if (node.attrs.fn === "length") {
      const int = this.#printed(text);
      return int && { ...node, attrs: { fn: "lengthOfInt" }, operands: [int] };
    }
    const int = node.attrs.fn === "concat" ? this.#printed(added) : undefined;
    return (
      int && { ...node, attrs: { fn: "concatInt" }, operands: [this.#forms.plain(text!), int] }
    );
  }

  /** The integer that the text is of. */
  #printed(text: Value | undefined): Value | undefined {
    const maker = text && this.#makers.get(this.#forms.current(text));
    const isPrinted = maker?.op === "texts" && maker.attrs.fn === "ofNumber";
    return isPrinted ? this.#forms.int(maker.operands[0]!) : undefined;
  }

  /** A constant in both forms. */
  #number(node: Node): void {
    this.#forms.emit(node);
    const v = node.results[0]!;
    if (!this.#forms.isNarrow(v)) return;
    const int = value(i32Type, v.hint);
    this.#forms.emit({ ...node, results: [int] });
    this.#forms.addInt(v, int);
  }

  #operands(node: Node): readonly Value[] {
    const isIndex = indexOperand.has(node.op);
    const mayBeInt = (v: Value, i: number): boolean =>
      (isIndex && i === 1) || (node.op === "texts" && v.type.kind === "f64");
    const operand = (v: Value, i: number): Value =>
      (mayBeInt(v, i) ? this.#forms.int(v) : undefined) ?? this.#forms.plain(v);
    return node.operands.map(operand);
  }

  #end(node: Node, targets: readonly Value[] | undefined): void {
    const operands = node.operands.map((v, i) =>
      targets ? this.#forms.as(targets[i]!, v) : this.#forms.plain(v),
    );
    this.#forms.emit({ ...node, operands });
  }

  #branches(node: Node): void {
    const condition = this.#forms.plain(node.operands[0]!);
    const { learntIn } = this.#ranges;
    const regions = node.regions.map((r) => this.#region(r, learntIn.get(r) ?? [], node));
    const results = node.results.map((v) => this.#forms.define(v));
    this.#forms.emit({ ...node, operands: [condition], regions, results });
    this.#forms.offerFloats(node.results);
  }

  #loop(node: Node): void {
    const [body] = node.regions;
    const operands = node.operands.map((v, i) => this.#forms.as(body!.params[i]!, v));
    const label = attrOf(node, "label", isText);
    const hidden = this.#loops.get(label);
    this.#loops.set(label, node);
    const regions = [this.#region(body!, [], node)];
    if (hidden) this.#loops.set(label, hidden);
    const results = node.results.map((v) => this.#forms.define(v));
    this.#forms.emit({ ...node, operands, regions, results });
    this.#forms.offerFloats(node.results);
  }

  #onScalar(node: Node): void {
    const result = node.results[0]!;
    const given = this.#ranges.operandsOf(node);
    if (result.type.kind === "bool") this.#condition(node, result, given);
    else if (this.#asInteger(node, result, given)) this.#forms.offerFloats([result]);
    else {
      this.#forms.emit({ ...node, operands: node.operands.map((v) => this.#forms.plain(v)) });
      if (this.#forms.isNarrow(result)) this.#forms.makeInt(result);
    }
  }

  #condition(node: Node, result: Value, given: readonly Range[]): void {
    const fn = attrOf(node, "fn", isText);
    const operands = node.operands.map((v) => this.#forms.current(v));
    const verdict = decided(
      fn,
      operands,
      given,
      (v) => this.#known.get(v),
      (v) => this.#makers.get(v),
    );
    if (typeof verdict === "boolean") {
      this.#known.set(result, verdict);
      this.#forms.emit(makeNode("boolean", [], { value: verdict }, [result], node.span));
      return;
    }
    if (verdict) {
      this.#forms.replace(result, verdict);
      return;
    }
    if (fn === "isIntWithin") {
      this.#within(node, result);
      return;
    }
    const form = integerForm(fn);
    const ints = operands.map((v) => this.#arithmetic.apartFromSign(v));
    const isWhole = form !== undefined && ints.every((v) => v !== undefined);
    if (isWhole) this.#forms.emit({ ...node, operands: ints, attrs: { fn: form } });
    else this.#forms.emit({ ...node, operands: operands.map((v) => this.#forms.plain(v)) });
  }

  /** `isIntWithin(x, limit)` of an integer. */
  #within(node: Node, result: Value): void {
    const [x, limit] = node.operands;
    const int = this.#forms.int(x!);
    const most = this.#forms.int(limit!);
    if (!int || !most) {
      this.#forms.emit({ ...node, operands: node.operands.map((v) => this.#forms.plain(v)) });
      return;
    }
    const least = this.#forms.scalar("intNeg", [most], limit!);
    const above = this.#forms.scalar("intGe", [int, least], result, boolType);
    const below = this.#forms.scalar("intLe", [int, most], result, boolType);
    this.#forms.emit(makeNode("scalar", [above, below], { fn: "and" }, [result], node.span));
  }

  /** Whether the number is computed as an integer, or is one of the operands. */
  #asInteger(node: Node, result: Value, given: readonly Range[]): boolean {
    const fn = attrOf(node, "fn", isText);
    if (/^(floor|ceil|trunc|round)$/.test(fn)) {
      const divided = this.#arithmetic.division(fn, node.operands[0]!, result);
      if (divided) this.#forms.setInt(result, divided);
      else if (given[0]!.whole) this.#forms.replace(result, node.operands[0]!);
      return divided !== undefined || given[0]!.whole;
    }
    if (!this.#forms.isNarrow(result)) return false;
    const int = this.#arithmetic.computed(fn, node, result, given);
    if (int) this.#forms.setInt(result, int);
    return int !== undefined;
  }
}
