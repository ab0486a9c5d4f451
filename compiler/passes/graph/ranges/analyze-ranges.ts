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
import {
  anyInt,
  anything,
  equalRange,
  integers,
  isInt,
  join,
  least32,
  most32,
  type Range,
  rangeOfNumber,
} from "./range.ts";
import { refine } from "./refine.ts";
import { rangeOfScalar } from "./transfer.ts";

/** Blocks of lists are made for at most 2³⁰ bytes and an eighth more; entries take 8 bytes or more. */
const mostElements = 2 ** 28;
/** Texts have at most 2³⁰ bytes. */
const mostUnits = 2 ** 29;

/** How often a loop is walked before its ranges grow in steps, in long steps, to the end. */
const patience = { exact: 3, steps: 14, end: 20 };
const ends = [-(2 ** 53), least32, -1, 0, 1, mostElements, 2 ** 30, most32, 2 ** 32, 2 ** 53];

/** What is known where control is, beyond what holds wherever a value is. */
interface Refined {
  readonly ranges: Map<Value, Range>;
  /** The texts that numbers are less than the lengths of. */
  readonly within: Map<Value, ReadonlySet<Value>>;
}

const copyOf = ({ ranges, within }: Refined): Refined => ({
  ranges: new Map(ranges),
  within: new Map(within),
});

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
}

/** `assumed` are the ranges of values where a loop begins. */
export function analyzeRanges(
  f: Func,
  assumed: ReadonlyMap<Node, ReadonlyMap<Value, Range>> = new Map(),
): Ranges {
  return new Analysis(f, assumed);
}

class Analysis implements Ranges {
  readonly learntIn = new Map<Region, readonly Value[]>();
  readonly learntAfter = new Map<Node, readonly Value[]>();
  readonly #ranges = new Map<Value, Range>();
  readonly #operands = new Map<Node, readonly Range[]>();
  readonly #makers = new Map<Value, Node>();
  /** The nodes that compute remainders of a value. */
  readonly #remainders = new Map<Value, readonly Node[]>();
  readonly #assumed: ReadonlyMap<Node, ReadonlyMap<Value, Range>>;
  /** What a loop carried when it was last walked. */
  readonly #carried = new Map<Node, readonly Range[]>();
  readonly #inside = new Map<Node, ReadonlySet<Value>>();
  readonly #steps: readonly number[];
  readonly #loops: { readonly label: string; readonly state: LoopState }[] = [];
  #refined: Refined = { ranges: new Map(), within: new Map() };

  constructor(f: Func, assumed: ReadonlyMap<Node, ReadonlyMap<Value, Range>>) {
    this.#assumed = assumed;
    forEachNode(f.body, (node) => {
      for (const v of node.results) this.#makers.set(v, node);
      if (node.op !== "scalar" || node.attrs.fn !== "rem") return;
      const x = node.operands[0]!;
      this.#remainders.set(x, [...(this.#remainders.get(x) ?? []), node]);
    });
    this.#steps = this.#boundsIn(f);
    this.#region(f.body);
  }

  of(v: Value): Range {
    return this.#ranges.get(v) ?? anything;
  }

  operandsOf(node: Node): readonly Range[] {
    return this.#operands.get(node) ?? node.operands.map(() => anything);
  }

  /** The numbers that are compared with something, and their neighbours, in order. */
  #boundsIn(f: Func): readonly number[] {
    const bounds = new Set(ends);
    forEachNode(f.body, (node) => {
      if (node.op !== "scalar" || node.results[0]?.type.kind !== "bool") return;
      for (const v of node.operands) {
        const value = Number(this.#makers.get(v)?.attrs.value ?? Number.NaN);
        if (!Number.isNaN(value)) for (const d of [-1, 0, 1]) bounds.add(value + d);
      }
    });
    return [...bounds].sort((a, b) => a - b);
  }

  #read = (v: Value): Range => this.#refined.ranges.get(v) ?? this.of(v);

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
        return integers(0, mostElements);
      case "texts":
        return this.#rangeOfText(node);
      default:
        return anything;
    }
  }

  #rangeOfText(node: Node): Range {
    const fn = String(node.attrs.fn);
    const [text, at] = node.operands;
    if (fn === "charCodeAt" && this.#isPlaceIn(text!, at!)) return integers(0, 0xffff);
    return rangeOfText(fn);
  }

  /** Whether the text has a unit there. */
  #isPlaceIn(text: Value, at: Value): boolean {
    const range = this.#read(at);
    if (!isInt(range) || range.lo < 0) return false;
    const maker = this.#makers.get(text);
    const length = maker?.op === "text" ? String(maker.attrs.value).length : 0;
    return range.hi < length || this.#refined.within.get(at)?.has(text) === true;
  }

  /** Whether the node is `x / c` of integers where `x % c` is known to be 0. */
  #isExact(node: Node): boolean {
    const [x, c] = node.operands;
    if (node.attrs.fn !== "div" || !this.operandsOf(node).every(isInt)) return false;
    const divisor = this.#read(c!);
    return (this.#remainders.get(x!) ?? []).some((rem) => {
      const [left, by] = [this.#read(rem.results[0]!), this.#read(rem.operands[1]!)];
      const isSame = rem.operands[1] === c || (by.lo === by.hi && equalRange(by, divisor));
      return isSame && left.lo === 0 && left.hi === 0 && !left.nan;
    });
  }

  /** Refines by a condition; gives the values that are now known to be integers. */
  #learn(condition: Value, holds: boolean): readonly Value[] {
    const learnt = new Set<Value>();
    refine(condition, holds, {
      makerOf: (v) => this.#makers.get(v),
      read: this.#read,
      learn: (v, range) => {
        if (isInt(range) && !isInt(this.#read(v))) learnt.add(v);
        this.#refined.ranges.set(v, range);
      },
      order: (a, b) => {
        const length = this.#makers.get(b);
        if (length?.op !== "texts" || length.attrs.fn !== "length") return;
        const { within } = this.#refined;
        within.set(a, new Set([...(within.get(a) ?? []), length.operands[0]!]));
      },
    });
    return [...learnt];
  }

  #if(node: Node): boolean {
    const before = this.#refined;
    const ends = node.regions.map((region, i) => {
      this.#refined = copyOf(before);
      this.learntIn.set(region, this.#learn(node.operands[0]!, i === 0));
      const yielded = this.#region(region);
      return { yielded, refined: this.#refined };
    });
    const reaching = ends.filter((e) => e.yielded !== undefined);
    const [first, second] = reaching;
    if (!first) return false;
    this.#refined = second ? joined(first.refined, second.refined) : first.refined;
    const inside = this.#valuesIn(node);
    const learnt = [...this.#refined.ranges].filter(([v, range]) => {
      const known = before.ranges.get(v) ?? this.of(v);
      return isInt(range) && !isInt(known) && !inside.has(v);
    });
    this.learntAfter.set(
      node,
      learnt.map(([v]) => v),
    );
    this.#define(
      node.results,
      reaching.map((e) => e.yielded!),
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
    const before = copyOf(this.#refined);
    for (const [v, range] of this.#assumed.get(node) ?? []) before.ranges.set(v, range);
    this.#refined = before;
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
      this.#refined = copyOf(before);
      this.#region(node.regions[0]!);
      this.#loops.pop();
      const next = carried.map((r, i) => {
        const all = state.continued.reduce((sum, given) => join(sum, given[i]!), r);
        return walk < patience.exact ? all : this.#widen(r, all, walk);
      });
      if (next.every((r, i) => equalRange(r, carried[i]!))) {
        this.#carried.set(node, carried);
        this.#refined = before;
        this.#define(node.results, state.broken);
        return state.broken.length > 0;
      }
      carried = next;
    }
  }

  /** `to` with ends that have moved moved on to the next step. */
  #widen(from: Range, to: Range, walk: number): Range {
    const steps = walk < patience.steps ? this.#steps : walk < patience.end ? ends : [];
    const lo = to.lo < from.lo ? (steps.findLast((s) => s <= to.lo) ?? -Infinity) : to.lo;
    const hi = to.hi > from.hi ? (steps.find((s) => s >= to.hi) ?? Infinity) : to.hi;
    return { ...to, lo, hi };
  }
}

/** Without a fraction; 0 is 0 where the divisor is above it. */
function quotientOf(range: Range, [x, c]: readonly Range[]): Range {
  if (c!.lo < 1) return range;
  const ends = [Math.trunc(x!.lo / c!.lo), Math.trunc(x!.hi / c!.lo), 0];
  return integers(Math.min(...ends), Math.max(...ends));
}

function joined(a: Refined, b: Refined): Refined {
  const ranges = new Map<Value, Range>();
  for (const [v, range] of a.ranges) {
    const other = b.ranges.get(v);
    if (other) ranges.set(v, join(range, other));
  }
  const within = new Map<Value, ReadonlySet<Value>>();
  for (const [v, texts] of a.within) {
    const others = b.within.get(v);
    if (others) within.set(v, new Set([...texts].filter((text) => others.has(text))));
  }
  return { ranges, within };
}

function rangeOfText(fn: string): Range {
  switch (fn) {
    case "length":
      return integers(0, mostUnits);
    case "indexOf":
    case "lastIndexOf":
    case "codePointAt":
      return integers(-1, mostUnits);
    case "compare":
      return integers(-1, 1);
    case "charCodeAt":
      return { ...integers(0, 0xffff), nan: true };
    default:
      return anything;
  }
}
