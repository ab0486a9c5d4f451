/** Numbers computed as integers of 32 bits, each where ranges prove that its bits are those of the number. */

import {
  attrOf,
  i32Type,
  isText,
  makeNode,
  type Node,
  type Value,
  value,
} from "../../../graph/ir.ts";
import type { Ranges } from "../ranges/analyze-ranges.ts";
import { integerForm } from "../ranges/integer-form.ts";
import { isInt, type Range } from "../ranges/range.ts";
import type { NumberForms } from "./number-forms.ts";

export class IntegerArithmetic {
  readonly #forms: NumberForms;
  readonly #ranges: Ranges;
  readonly #makers: ReadonlyMap<Value, Node>;

  constructor(forms: NumberForms, ranges: Ranges, makers: ReadonlyMap<Value, Node>) {
    this.#forms = forms;
    this.#ranges = ranges;
    this.#makers = makers;
  }

  /**
   * The integer that the value is but for the sign of a zero, for those who do not ask for it: comparisons
   * and bit operations.
   */
  apartFromSign(given: Value): Value | undefined {
    const v = this.#forms.current(given);
    const int = this.#forms.int(v);
    const node = this.#makers.get(v);
    if (int || node?.op !== "scalar" || v.type.kind !== "f64") return int;
    const fn = attrOf(node, "fn", isText);
    const isWhole = isInt({ ...this.#ranges.of(v), negativeZero: false });
    if (!isWhole || !/^(rem|mul|neg)$/.test(fn)) return undefined;
    if (fn === "rem" && this.#ranges.operandsOf(node)[1]!.lo < 1) return undefined;
    const operands = node.operands.map((o) => this.#forms.int(o));
    if (!operands.every((o) => o !== undefined)) return undefined;
    return this.#forms.scalar(integerForm(fn)!, operands, v);
  }

  /** The integer that an operation on numbers gives; undefined where it could be another one. */
  computed(fn: string, node: Node, result: Value, given: readonly Range[]): Value | undefined {
    const form = integerForm(fn);
    if (form === undefined) return undefined;
    if (/^(bit|sh|imul|clz32)/.test(fn)) {
      const operands = node.operands.map((v) => this.#wrapped(v));
      if (fn !== "bitNot") return this.#forms.scalar(form, operands, result);
      const ones = value(i32Type);
      this.#forms.emit(makeNode("number", [], { value: -1 }, [ones], node.span));
      return this.#forms.scalar(form, [operands[0]!, ones], result);
    }
    if (fn === "div" && given[1]!.lo < 1) return undefined;
    if (fn === "rem" && !(given[0]!.lo >= 0 && given[1]!.lo >= 1)) return undefined;
    // The result is not −0, so the sign of a zero among what is added has no part in it.
    const isSum = fn === "add" || fn === "sub";
    const operands = node.operands.map((v) => {
      if (v.type.kind === "bool") return this.#forms.current(v);
      return isSum ? this.apartFromSign(v) : this.#forms.int(v);
    });
    if (!operands.every((v) => v !== undefined)) return undefined;
    return this.#forms.scalar(form, operands, result);
  }

  /** `floor(a / b)` and `trunc(a / b)` of integers that are not negative: f64 is exact enough for them. */
  division(fn: string, quotient: Value, result: Value): Value | undefined {
    const node = this.#makers.get(this.#forms.current(quotient));
    if (node?.attrs.fn !== "div" || (fn !== "floor" && fn !== "trunc")) return undefined;
    const [a, b] = this.#ranges.operandsOf(node);
    if (!isInt(a!) || !isInt(b!) || a!.lo < 0 || b!.lo < 1) return undefined;
    const [x, y] = node.operands.map((v) => this.#forms.int(v));
    return x && y ? this.#forms.scalar("intDiv", [x, y], result) : undefined;
  }

  /**
   * A number modulo 2³²: of exact sums, differences and products of integers, those modulo 2³². Sums and
   * products of f64 are exact below 2⁵³.
   */
  #wrapped(given: Value): Value {
    const v = this.#forms.current(given);
    const int = this.apartFromSign(v);
    if (int) return int;
    const node = this.#makers.get(v);
    const range = this.#ranges.of(v);
    const isExact = range.whole && !range.nan && range.lo > -(2 ** 53) && range.hi < 2 ** 53;
    const fn = String(node?.attrs.fn);
    if (node?.op === "scalar" && isExact && /^(add|sub|mul)$/.test(fn)) {
      const operands = node.operands.map((o) => this.#wrapped(o));
      return this.#forms.scalar(integerForm(fn)!, operands, v);
    }
    return this.#forms.scalar("wrapInt", [this.#forms.plain(v)], v);
  }
}
