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
  f64Type,
  i32Type,
  isText,
  makeNode,
  type Node,
  type Region,
  type Value,
  value,
} from "../../graph/ir.ts";
import { forEachNode } from "../../graph/walk.ts";
import type { GraphPass } from "./pass.ts";
import { analyzeRanges, type Ranges } from "./ranges/analyze-ranges.ts";
import { decided } from "./ranges/decide.ts";
import { integerForm } from "./ranges/integer-form.ts";
import { isInt, type Range } from "./ranges/range.ts";

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

/** The forms that values have where control is; one for each region around. */
interface Scope {
  readonly ints: Map<Value, Value>;
  readonly floats: Map<Value, Value>;
}

class Narrowing {
  readonly #func: Func;
  readonly #ranges: Ranges;
  readonly #makers = new Map<Value, Node>();
  readonly #scopes: Scope[] = [];
  /** What stands for values that are no numbers, and numbers that are other ones. */
  readonly #became = new Map<Value, Value>();
  /** Numbers that exist as integers alone. */
  readonly #isIntOnly = new Set<Value>();
  readonly #known = new Map<Value, boolean>();
  readonly #loops = new Map<string, Node>();
  #nodes: Node[] = [];

  constructor(f: Func) {
    this.#func = f;
    this.#ranges = analyzeRanges(f);
    forEachNode(f.body, (node) => {
      for (const v of node.results) this.#makers.set(v, node);
    });
  }

  run(): Func {
    const body = this.#region(this.#func.body, [], undefined);
    return { ...this.#func, body };
  }

  #region(region: Region, learnt: readonly Value[], around: Node | undefined): Region {
    const outer = this.#nodes;
    this.#nodes = [];
    this.#scopes.push({ ints: new Map(), floats: new Map() });
    const params = region.params.map((p) => this.#define(p));
    this.#offerFloats(region.params);
    for (const v of learnt) this.#learn(v);
    for (const node of region.nodes) this.#node(node, around);
    this.#scopes.pop();
    const nodes = this.#nodes;
    this.#nodes = outer;
    return { params, nodes };
  }

  #find(form: keyof Scope, v: Value): Value | undefined {
    for (let at = this.#scopes.length - 1; at >= 0; at--) {
      const found = this.#scopes[at]![form].get(v);
      if (found) return found;
    }
    return undefined;
  }

  #current(v: Value): Value {
    let now = v;
    for (let next = this.#became.get(now); next; next = this.#became.get(now)) now = next;
    return now;
  }

  #emit(node: Node): void {
    this.#nodes.push(node);
  }

  #scalar(fn: string, operands: readonly Value[], of: Value, type = i32Type): Value {
    const result = value(type, of.hint);
    this.#emit(makeNode("scalar", operands, { fn }, [result], this.#makers.get(of)?.span));
    return result;
  }

  /** The value as a number, or whatever it is. */
  #plain(given: Value): Value {
    const v = this.#current(given);
    if (v.type.kind !== "f64") return v;
    if (!this.#isIntOnly.has(v)) return v;
    return this.#find("floats", v) ?? this.#makeFloat(v, this.#find("ints", v)!);
  }

  /** The integer that the value is where control is, if that is known. */
  #int(given: Value): Value | undefined {
    return this.#find("ints", this.#current(given));
  }

  #makeFloat(v: Value, int: Value): Value {
    const made = this.#scalar("toFloat", [int], v, f64Type);
    this.#scopes.at(-1)!.floats.set(v, made);
    return made;
  }

  #makeInt(v: Value): Value {
    const made = this.#scalar("toInt", [this.#plain(v)], v);
    this.#scopes.at(-1)!.ints.set(v, made);
    return made;
  }

  /** As the parameter or result `to` has it. */
  #as(to: Value, given: Value): Value {
    if (!this.#isNarrow(to)) return this.#plain(given);
    return this.#int(given) ?? this.#makeInt(this.#current(given));
  }

  #isNarrow = (v: Value): boolean => v.type.kind === "f64" && isInt(this.#ranges.of(v));

  /** A value that control gives its number. */
  #define(v: Value): Value {
    if (!this.#isNarrow(v)) return v;
    const int = value(i32Type, v.hint);
    this.#setInt(v, int);
    return int;
  }

  #setInt(v: Value, int: Value): void {
    this.#isIntOnly.add(v);
    this.#scopes.at(-1)!.ints.set(v, int);
  }

  /** The other form where it can be had once, not in each round of a loop; what nothing reads goes later. */
  #offerFloats(values: readonly Value[]): void {
    for (const v of values) {
      const int = this.#scopes.at(-1)!.ints.get(v);
      if (int) this.#makeFloat(v, int);
    }
  }

  /** A number that turns out to be an integer. */
  #learn(given: Value): void {
    const v = this.#current(given);
    if (v.type.kind === "f64" && !this.#find("ints", v)) this.#makeInt(v);
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
        this.#emit({
          ...(this.#withNumber(node) ?? { ...node, operands: this.#operands(node) }),
          results: node.results.map((r) => this.#define(r)),
        });
        this.#offerFloats(node.results);
        break;
      case "check":
        if (this.#known.get(this.#current(node.operands[0]!)) === true) break;
        this.#emit({ ...node, operands: this.#operands(node) });
        break;
      case "number":
        this.#number(node);
        break;
      default:
        this.#emit({ ...node, operands: this.#operands(node) });
        for (const v of node.results) if (this.#isNarrow(v)) this.#makeInt(v);
    }
    for (const v of this.#ranges.learntAfter.get(node) ?? []) this.#learn(v);
  }

  /** A text that an integer is put behind, or the length of one: no text of the integer is needed by itself. */
  #withNumber(node: Node): Node | undefined {
    const [text, added] = node.operands;
    if (node.attrs.fn === "length") {
      const int = this.#printed(text);
      return int && { ...node, attrs: { fn: "lengthOfInt" }, operands: [int] };
    }
    const int = node.attrs.fn === "concat" ? this.#printed(added) : undefined;
    return int && { ...node, attrs: { fn: "concatInt" }, operands: [this.#plain(text!), int] };
  }

  /** The integer that the text is of. */
  #printed(text: Value | undefined): Value | undefined {
    const maker = text && this.#makers.get(this.#current(text));
    const isPrinted = maker?.op === "texts" && maker.attrs.fn === "ofNumber";
    return isPrinted ? this.#int(maker.operands[0]!) : undefined;
  }

  /** A constant in both forms. */
  #number(node: Node): void {
    this.#emit(node);
    const v = node.results[0]!;
    if (!this.#isNarrow(v)) return;
    const int = value(i32Type, v.hint);
    this.#emit({ ...node, results: [int] });
    this.#scopes.at(-1)!.ints.set(v, int);
  }

  #operands(node: Node): readonly Value[] {
    const isIndex = indexOperand.has(node.op);
    const mayBeInt = (v: Value, i: number): boolean =>
      (isIndex && i === 1) || (node.op === "texts" && v.type.kind === "f64");
    const operand = (v: Value, i: number): Value =>
      (mayBeInt(v, i) ? this.#int(v) : undefined) ?? this.#plain(v);
    return node.operands.map(operand);
  }

  #end(node: Node, targets: readonly Value[] | undefined): void {
    const operands = node.operands.map((v, i) =>
      targets ? this.#as(targets[i]!, v) : this.#plain(v),
    );
    this.#emit({ ...node, operands });
  }

  #branches(node: Node): void {
    const condition = this.#plain(node.operands[0]!);
    const { learntIn } = this.#ranges;
    const regions = node.regions.map((r) => this.#region(r, learntIn.get(r) ?? [], node));
    const results = node.results.map((v) => this.#define(v));
    this.#emit({ ...node, operands: [condition], regions, results });
    this.#offerFloats(node.results);
  }

  #loop(node: Node): void {
    const [body] = node.regions;
    const operands = node.operands.map((v, i) => this.#as(body!.params[i]!, v));
    const label = attrOf(node, "label", isText);
    const hidden = this.#loops.get(label);
    this.#loops.set(label, node);
    const regions = [this.#region(body!, [], node)];
    if (hidden) this.#loops.set(label, hidden);
    const results = node.results.map((v) => this.#define(v));
    this.#emit({ ...node, operands, regions, results });
    this.#offerFloats(node.results);
  }

  #onScalar(node: Node): void {
    const result = node.results[0]!;
    const given = this.#ranges.operandsOf(node);
    if (result.type.kind === "bool") this.#condition(node, result, given);
    else if (this.#asInteger(node, result, given)) this.#offerFloats([result]);
    else {
      this.#emit({ ...node, operands: node.operands.map((v) => this.#plain(v)) });
      if (this.#isNarrow(result)) this.#makeInt(result);
    }
  }

  #condition(node: Node, result: Value, given: readonly Range[]): void {
    const fn = attrOf(node, "fn", isText);
    const operands = node.operands.map((v) => this.#current(v));
    const verdict = decided(
      fn,
      operands,
      given,
      (v) => this.#known.get(v),
      (v) => this.#makers.get(v),
    );
    if (typeof verdict === "boolean") {
      this.#known.set(result, verdict);
      this.#emit(makeNode("boolean", [], { value: verdict }, [result], node.span));
      return;
    }
    if (verdict) {
      this.#became.set(result, this.#current(verdict));
      return;
    }
    if (fn === "isIntWithin") {
      this.#within(node, result);
      return;
    }
    const form = integerForm(fn);
    const ints = operands.map((v) => this.#apartFromSign(v));
    const isWhole = form !== undefined && ints.every((v) => v !== undefined);
    if (isWhole) this.#emit({ ...node, operands: ints, attrs: { fn: form } });
    else this.#emit({ ...node, operands: operands.map((v) => this.#plain(v)) });
  }

  /** `isIntWithin(x, limit)` of an integer. */
  #within(node: Node, result: Value): void {
    const [x, limit] = node.operands;
    const int = this.#int(x!);
    const most = this.#int(limit!);
    if (!int || !most) {
      this.#emit({ ...node, operands: node.operands.map((v) => this.#plain(v)) });
      return;
    }
    const least = this.#scalar("intNeg", [most], limit!);
    const above = this.#scalar("intGe", [int, least], result, boolType);
    const below = this.#scalar("intLe", [int, most], result, boolType);
    this.#emit(makeNode("scalar", [above, below], { fn: "and" }, [result], node.span));
  }

  /**
   * The integer that the value is but for the sign of a zero, for those who do not ask for it: comparisons
   * and bit operations.
   */
  #apartFromSign(given: Value): Value | undefined {
    const v = this.#current(given);
    const int = this.#int(v);
    const node = this.#makers.get(v);
    if (int || node?.op !== "scalar" || v.type.kind !== "f64") return int;
    const fn = attrOf(node, "fn", isText);
    const isWhole = isInt({ ...this.#ranges.of(v), negativeZero: false });
    if (!isWhole || !/^(rem|mul|neg)$/.test(fn)) return undefined;
    if (fn === "rem" && this.#ranges.operandsOf(node)[1]!.lo < 1) return undefined;
    const operands = node.operands.map((o) => this.#int(o));
    if (!operands.every((o) => o !== undefined)) return undefined;
    return this.#scalar(integerForm(fn)!, operands, v);
  }

  /** Whether the number is computed as an integer, or is one of the operands. */
  #asInteger(node: Node, result: Value, given: readonly Range[]): boolean {
    const fn = attrOf(node, "fn", isText);
    if (/^(floor|ceil|trunc|round)$/.test(fn)) {
      const divided = this.#division(fn, node.operands[0]!, result);
      if (divided) this.#setInt(result, divided);
      else if (given[0]!.whole) this.#became.set(result, this.#current(node.operands[0]!));
      return divided !== undefined || given[0]!.whole;
    }
    if (!this.#isNarrow(result)) return false;
    const int = this.#computed(fn, node, result, given);
    if (int) this.#setInt(result, int);
    return int !== undefined;
  }

  #computed(fn: string, node: Node, result: Value, given: readonly Range[]): Value | undefined {
    const form = integerForm(fn);
    if (form === undefined) return undefined;
    if (/^(bit|sh|imul|clz32)/.test(fn)) {
      const operands = node.operands.map((v) => this.#wrapped(v));
      if (fn !== "bitNot") return this.#scalar(form, operands, result);
      const ones = value(i32Type);
      this.#emit(makeNode("number", [], { value: -1 }, [ones], node.span));
      return this.#scalar(form, [operands[0]!, ones], result);
    }
    if (fn === "div" && given[1]!.lo < 1) return undefined;
    if (fn === "rem" && !(given[0]!.lo >= 0 && given[1]!.lo >= 1)) return undefined;
    // The result is not −0, so the sign of a zero among what is added has no part in it.
    const isSum = fn === "add" || fn === "sub";
    const operands = node.operands.map((v) => {
      if (v.type.kind === "bool") return this.#current(v);
      return isSum ? this.#apartFromSign(v) : this.#int(v);
    });
    if (!operands.every((v) => v !== undefined)) return undefined;
    return this.#scalar(form, operands, result);
  }

  /** `floor(a / b)` and `trunc(a / b)` of integers that are not negative: f64 is exact enough for them. */
  #division(fn: string, quotient: Value, result: Value): Value | undefined {
    const node = this.#makers.get(this.#current(quotient));
    if (node?.attrs.fn !== "div" || (fn !== "floor" && fn !== "trunc")) return undefined;
    const [a, b] = this.#ranges.operandsOf(node);
    if (!isInt(a!) || !isInt(b!) || a!.lo < 0 || b!.lo < 1) return undefined;
    const [x, y] = node.operands.map((v) => this.#int(v));
    return x && y ? this.#scalar("intDiv", [x, y], result) : undefined;
  }

  /**
   * A number modulo 2³²: of exact sums, differences and products of integers, those modulo 2³². Sums and
   * products of f64 are exact below 2⁵³.
   */
  #wrapped(given: Value): Value {
    const v = this.#current(given);
    const int = this.#apartFromSign(v);
    if (int) return int;
    const node = this.#makers.get(v);
    const range = this.#ranges.of(v);
    const isExact = range.whole && !range.nan && range.lo > -(2 ** 53) && range.hi < 2 ** 53;
    const fn = String(node?.attrs.fn);
    if (node?.op === "scalar" && isExact && /^(add|sub|mul)$/.test(fn)) {
      const operands = node.operands.map((o) => this.#wrapped(o));
      return this.#scalar(integerForm(fn)!, operands, v);
    }
    return this.#scalar("wrapInt", [this.#plain(v)], v);
  }
}
