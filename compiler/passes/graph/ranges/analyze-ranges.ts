/**
 * Finds the range of every number of a function. Regions are walked as they run, with what conditions say
 * on the way; loops are walked until nothing grows, in steps that soon reach the ends of what matters.
 */

import {
  attrOf,
  type Func,
  isText,
  type Node,
  type Region,
  type Value,
} from "../../../graph/ir.ts";
import { forEachNode, labelOf } from "../../../graph/walk.ts";
import { ends, type Facts, factsOf } from "./facts.ts";
import { rangeOfCount, rangeOfText, rangeOfUnit } from "./of-heap.ts";
import {
  anyInt,
  anything,
  equalRange,
  integers,
  isInt,
  join,
  type Range,
  rangeOfNumber,
} from "./range.ts";
import { refine } from "./refine.ts";
import { type Known, Refinements } from "./refinements.ts";
import { rangeOfScalar } from "./transfer.ts";

/** How often a loop is walked before its ranges grow in steps, in long steps, to the end. */
const patience = { exact: 3, steps: 14, end: 20 };
interface LoopState {
  readonly continued: (readonly Range[])[];
  readonly broken: (readonly Range[])[];
}

export interface Ranges {
  /** Of a number wherever it is. */
  of(v: Value): Range;
  /** Of the operands of a `scalar` node where it stands. */
  operandsOf(node: Node): readonly Range[];
  /** Numbers that are known to be integers of 32 bits from a place on, and not before. */
  readonly learntIn: ReadonlyMap<Region, readonly Value[]>;
  readonly learntAfter: ReadonlyMap<Node, readonly Value[]>;
  /** Of what is inside a loop that is in no other one, if values had these ranges where it begins. */
  assuming(loop: Node, assumed: ReadonlyMap<Value, Range>): Pick<Ranges, "of">;
}

export function analyzeRanges(f: Func): Ranges {
  const analysis = new Analysis(factsOf(f), undefined);
  analysis.walk(f.body);
  return analysis;
}

/** The function around the loop that an analysis is about. */
interface Around {
  readonly ranges: Ranges;
  /** What the loop defines, of which nothing is known yet. */
  readonly inside: ReadonlySet<Value>;
}

class Analysis implements Ranges {
  readonly learntIn = new Map<Region, readonly Value[]>();
  readonly learntAfter = new Map<Node, readonly Value[]>();
  readonly #ranges = new Map<Value, Range>();
  readonly #operands = new Map<Node, readonly Range[]>();
  readonly #facts: Facts;
  readonly #around: Around | undefined;
  /** What a loop carried when it was last walked. */
  readonly #carried = new Map<Node, readonly Range[]>();
  readonly #inside = new Map<Node, ReadonlySet<Value>>();
  readonly #loops: { readonly label: string; readonly state: LoopState }[] = [];
  readonly #refined = new Refinements();
  /** What was known where loops begin that are in no other one. */
  readonly #begun = new Map<Node, ReadonlyMap<Value, Known>>();

  constructor(facts: Facts, around: Around | undefined) {
    this.#facts = facts;
    this.#around = around;
  }

  walk(body: Region): void {
    this.#region(body);
  }

  assuming(loop: Node, assumed: ReadonlyMap<Value, Range>): Pick<Ranges, "of"> {
    const begun = this.#begun.get(loop);
    // Control does not get there.
    if (begun === undefined) return this;
    const analysis = new Analysis(this.#facts, { ranges: this, inside: this.#valuesIn(loop) });
    for (const [v, known] of begun) analysis.#refined.set(v, known);
    for (const [v, range] of assumed) analysis.#refined.set(v, { range });
    analysis.#loop(loop);
    return analysis;
  }

  of(v: Value): Range {
    const own = this.#ranges.get(v);
    if (own !== undefined) return own;
    return this.#around?.inside.has(v) === false ? this.#around.ranges.of(v) : anything;
  }

  operandsOf(node: Node): readonly Range[] {
    return this.#operands.get(node) ?? node.operands.map(() => anything);
  }

  #read = (v: Value): Range => this.#refined.of(v).range ?? this.of(v);

  /** What the region yields, or undefined where control does not reach its end. */
  #region(region: Region): readonly Range[] | undefined {
    for (const node of region.nodes) {
      switch (node.op) {
        case "yield":
          return node.operands.map(this.#read);
        case "continue":
        case "break": {
          const label = attrOf(node, "label", isText);
          const loop = this.#loops.findLast((l) => l.label === label)!.state;
          const values = node.operands.map(this.#read);
          (node.op === "break" ? loop.broken : loop.continued).push(values);
          return undefined;
        }
        case "return":
        case "throw":
          return undefined;
        case "if":
          if (!this.#if(node)) return undefined;
          break;
        case "loop":
          if (!this.#loop(node)) return undefined;
          break;
        default:
          this.#node(node);
      }
    }
    throw new Error("a region has no end");
  }

  #node(node: Node): void {
    if (node.op === "check") {
      this.learntAfter.set(node, this.#learn(node.operands[0]!, true));
      return;
    }
    if (node.op === "scalar") {
      const given = node.operands.map(this.#read);
      this.#operands.set(node, given);
    }
    const [result] = node.results;
    if (result?.type.kind === "f64") this.#ranges.set(result, this.#rangeOf(node));
  }

  #rangeOf(node: Node): Range {
    switch (node.op) {
      case "number":
        return rangeOfNumber(Number(node.attrs.value));
      case "scalar": {
        const range = rangeOfScalar(String(node.attrs.fn), this.operandsOf(node));
        return this.#isExact(node) ? quotientOf(range, this.operandsOf(node)) : range;
      }
      case "size":
        return anyInt;
      case "item": {
        const type = node.operands[0]!.type;
        return type.kind === "tensor" && type.dtype === "i32" ? anyInt : anything;
      }
      case "list.length":
      case "map.size":
        return rangeOfCount;
      case "texts":
        return this.#rangeOfText(node);
      default:
        return anything;
    }
  }

  #rangeOfText(node: Node): Range {
    const fn = String(node.attrs.fn);
    const [text, at] = node.operands;
    if (fn === "charCodeAt" && this.#isPlaceIn(text!, at!)) return rangeOfUnit;
    return rangeOfText(fn);
  }

  /** Whether the text has a unit there. */
  #isPlaceIn(text: Value, at: Value): boolean {
    const range = this.#read(at);
    if (!isInt(range) || range.lo < 0) return false;
    const maker = this.#facts.makers.get(text);
    const length = maker?.op === "text" ? String(maker.attrs.value).length : 0;
    return range.hi < length || this.#refined.of(at).within.has(text);
  }

  /**
   * Whether the node is `x / c` of integers where `x % c` is known to be 0: for what `x` and `c` are there, or by a
   * condition on the way. The range of a remainder by itself may hold for another branch only.
   */
  #isExact(node: Node): boolean {
    const [x, c] = node.operands;
    const given = this.operandsOf(node);
    if (node.attrs.fn !== "div" || !given.every(isInt)) return false;
    if (isZero(rangeOfScalar("rem", given))) return true;
    const divisor = this.#read(c!);
    return (this.#facts.remainders.get(x!) ?? []).some((rem) => {
      const left = this.#refined.of(rem.results[0]!).range;
      if (left === undefined || !isZero(left)) return false;
      const by = this.#read(rem.operands[1]!);
      return rem.operands[1] === c || (by.lo === by.hi && equalRange(by, divisor));
    });
  }

  /** Refines by a condition; gives the values that are now known to be integers. */
  #learn(condition: Value, holds: boolean): readonly Value[] {
    const learnt = new Set<Value>();
    refine(condition, holds, {
      makerOf: (v) => this.#facts.makers.get(v),
      read: this.#read,
      learn: (v, range) => {
        if (isInt(range) && !isInt(this.#read(v))) learnt.add(v);
        this.#refined.set(v, { range });
      },
      order: (a, b) => {
        const length = this.#facts.makers.get(b);
        if (length?.op !== "texts" || length.attrs.fn !== "length") return;
        const { within } = this.#refined.of(a);
        this.#refined.set(a, { within: new Set([...within, length.operands[0]!]) });
      },
    });
    return [...learnt];
  }

  #if(node: Node): boolean {
    const ways = node.regions.map((region, i) =>
      this.#refined.during(() => {
        this.learntIn.set(region, this.#learn(node.operands[0]!, i === 0));
        return this.#region(region);
      }),
    );
    const reaching = ways.filter((way) => way.result !== undefined);
    const [first, second] = reaching;
    if (!first) return false;
    const learnt = second ? this.#refined.inBoth(first.learnt, second.learnt) : first.learnt;
    const integers = [...learnt].filter(
      ([v, { range }]) => range && isInt(range) && !isInt(this.#read(v)),
    );
    const inside = integers.length > 0 ? this.#valuesIn(node) : undefined;
    this.learntAfter.set(
      node,
      integers.map(([v]) => v).filter((v) => !inside?.has(v)),
    );
    for (const [v, known] of learnt) this.#refined.set(v, known);
    this.#define(
      node.results,
      reaching.map((way) => way.result!),
    );
    return true;
  }

  /** What is defined in the node's regions. */
  #valuesIn(node: Node): ReadonlySet<Value> {
    const known = this.#inside.get(node);
    if (known) return known;
    const values = new Set<Value>();
    for (const region of node.regions) {
      forEachNode(region, (inner) => {
        for (const v of inner.results) values.add(v);
        for (const r of inner.regions) for (const p of r.params) values.add(p);
      });
    }
    this.#inside.set(node, values);
    return values;
  }

  #define(values: readonly Value[], given: readonly (readonly Range[])[]): void {
    if (given.length === 0) return;
    values.forEach((v, i) => {
      if (v.type.kind !== "f64") return;
      this.#ranges.set(v, given.map((ranges) => ranges[i]!).reduce(join));
    });
  }

  /** Whether control gets behind the loop. */
  #loop(node: Node): boolean {
    if (this.#loops.length === 0) this.#begun.set(node, this.#refined.all());
    const { params } = node.regions[0]!;
    const initial = node.operands.map(this.#read);
    const last = this.#carried.get(node);
    let carried = last ? initial.map((r, i) => join(r, last[i]!)) : initial;
    for (let walk = 0; ; walk++) {
      params.forEach((p, i) => {
        if (p.type.kind === "f64") this.#ranges.set(p, carried[i]!);
      });
      const state: LoopState = { continued: [], broken: [] };
      this.#loops.push({ label: labelOf(node), state });
      this.#refined.during(() => this.#region(node.regions[0]!));
      this.#loops.pop();
      const next = carried.map((r, i) => {
        const all = state.continued.reduce((sum, given) => join(sum, given[i]!), r);
        return walk < patience.exact ? all : this.#widen(r, all, walk);
      });
      if (next.every((r, i) => equalRange(r, carried[i]!))) {
        this.#carried.set(node, carried);
        this.#define(node.results, state.broken);
        return state.broken.length > 0;
      }
      carried = next;
    }
  }

  /** `to` with ends that have moved moved on to the next step. */
  #widen(from: Range, to: Range, walk: number): Range {
    const steps = walk < patience.steps ? this.#facts.steps : walk < patience.end ? ends : [];
    const lo = to.lo < from.lo ? (steps.findLast((s) => s <= to.lo) ?? -Infinity) : to.lo;
    const hi = to.hi > from.hi ? (steps.find((s) => s >= to.hi) ?? Infinity) : to.hi;
    return { ...to, lo, hi };
  }
}

const isZero = (r: Range): boolean => r.lo === 0 && r.hi === 0 && !r.nan;

/** Without a fraction; 0 is 0 where the divisor is above it. */
function quotientOf(range: Range, [x, c]: readonly Range[]): Range {
  if (c!.lo < 1) return range;
  const ends = [Math.trunc(x!.lo / c!.lo), Math.trunc(x!.hi / c!.lo), 0];
  return integers(Math.min(...ends), Math.max(...ends));
}
