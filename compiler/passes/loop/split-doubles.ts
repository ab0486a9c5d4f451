/**
 * WebAssembly's vectors have 128 bits: a value of four lanes of 64 bits becomes two of two lanes, the first two and the
 * last two. `%s = %s + load4.f64 %p[0]  ⇒  %s = %s + load2.f64 %p[0]; %s.high = %s.high + load2.f64 %p[2]`. What
 * all lanes have alike stays one value, computed once. A comparison of such values gives two masks, each with two lanes
 * of 32 bits for one of 64; where four lanes are wanted, every other one of these is taken.
 */

import { binary, bits, i32, local, unary } from "../../loop/build.ts";
import type { LoopExpr, LoopFunc, LoopStmt, LoopType } from "../../loop/ir.ts";
import { isWide, twoOf } from "../../loop/operation-types.ts";
import {
  expressionsOf,
  forEachExpr,
  forEachStmt,
  freshLocals,
  mapOperands,
  mapStmt,
} from "../../loop/walk.ts";
import type { LoopPass } from "./pass.ts";
import { findWideLocals, type WideLocals } from "./wide-locals.ts";

export const splitDoubles: LoopPass = {
  name: "split-doubles",
  doc: "vectors of four lanes of 64 bits become two of two lanes each",
  run: (f) => (hasWide(f) ? new Splitter(f).run() : f),
};

function hasWide(f: LoopFunc): boolean {
  let found = false;
  forEachStmt(f.body, (s) => {
    for (const e of expressionsOf(s))
      forEachExpr(e, ({ type }) => {
        found ||= isWide(type);
      });
  });
  return found;
}

type Half = 0 | 1;
type FourNumbers = readonly [number, number, number, number];

const halfType = (type: LoopType): LoopType => (isWide(type) ? twoOf[type] : type);
const isSimple = ({ k }: LoopExpr): boolean =>
  k === "const" || k === "local" || k === "address" || k === "global";
const asInts = (a: LoopExpr): LoopExpr => bits(a, "v4i32");
const ints = (a: LoopExpr, b: LoopExpr, lanes: FourNumbers): LoopExpr => ({
  k: "shuffle",
  type: "v4i32",
  a: asInts(a),
  b: asInts(b),
  lanes,
});

class Splitter {
  private readonly func: LoopFunc;
  private readonly wide: WideLocals;
  private readonly fresh: (hint: string) => string;
  /** The second local of each that becomes two. */
  private readonly high = new Map<string, string>();
  /** What is computed before the statement, and the local that holds it. */
  private before: LoopStmt[] = [];
  private held = new Map<LoopExpr, LoopExpr>();

  constructor(func: LoopFunc) {
    this.func = func;
    this.wide = findWideLocals(func);
    this.fresh = freshLocals(func);
  }

  run(): LoopFunc {
    return { ...this.func, body: this.body(this.func.body) };
  }

  private body(all: readonly LoopStmt[]): readonly LoopStmt[] {
    return all.flatMap((s) => {
      const [before, held] = [this.before, this.held];
      this.before = [];
      this.held = new Map();
      const own = this.statement(s);
      const result = [...this.before, ...own];
      this.before = before;
      this.held = held;
      return result;
    });
  }

  private statement(s: LoopStmt): readonly LoopStmt[] {
    if (s.s === "set" && this.wide.isSplit(local(s.name, s.value.type)))
      return this.set(s.name, s.value);
    if (s.s === "store" && isWide(s.value.type)) return this.store(s);
    return [mapStmt(s, { expr: (e) => this.whole(e), body: (inner) => this.body(inner) })];
  }

  private set(name: string, value: LoopExpr): readonly LoopStmt[] {
    const isUniform = this.wide.isUniform(local(name, value.type));
    const low = { s: "set", name, value: this.half(value, 0, isUniform) } as const;
    if (isUniform) return [low];
    const high = { s: "set", name: this.highOf(name), value: this.half(value, 1) } as const;
    // Lanes of the second half may come from the first, which must not have changed by then.
    if (!shufflesLocal(value, name)) return [low, high];
    const kept = this.keep(high.value);
    return [low, { ...high, value: kept }];
  }

  private store(s: LoopStmt & { readonly s: "store" }): readonly LoopStmt[] {
    const place = { ...s, base: this.shared(s.base), index: this.shared(s.index) };
    const low = this.half(s.value, 0);
    const high = this.half(s.value, 1);
    // The second half is read before the first is written.
    const kept = this.wide.isUniform(s.value) || isSimple(high) ? high : this.keep(high);
    return [
      { ...place, value: low },
      { ...place, offset: place.offset + 2, value: kept },
    ];
  }

  /** `e` as a local that is set before the statement. */
  private keep(e: LoopExpr): LoopExpr {
    const name = this.fresh("h");
    this.before.push({ s: "set", name, value: e });
    return local(name, e.type);
  }

  private highOf(name: string): string {
    const known = this.high.get(name);
    if (known !== undefined) return known;
    const made = this.fresh(`${name}.high`);
    this.high.set(name, made);
    return made;
  }

  /** What both halves need, computed once. */
  private shared(e: LoopExpr): LoopExpr {
    if (isSimple(e)) return this.whole(e);
    const known = this.held.get(e);
    if (known) return known;
    const kept = this.keep(this.whole(e));
    this.held.set(e, kept);
    return kept;
  }

  /** An expression that is not split, of which operands may be. */
  private whole(e: LoopExpr): LoopExpr {
    const both = (a: LoopExpr): readonly [LoopExpr, LoopExpr] => [this.half(a, 0), this.half(a, 1)];
    if (this.wide.isSplit(e)) return ints(...both(e), [0, 2, 4, 6]);
    if (e.k === "lane" && isWide(e.a.type)) {
      const half = this.half(e.a, e.lane < 2 ? 0 : 1);
      return { ...e, a: half, lane: e.lane & 1 };
    }
    if (e.k === "convert" && isWide(e.a.type) && !isWide(e.type)) {
      if (e.a.type === "v4i64") return ints(...both(e.a), [0, 2, 4, 6]);
      const [a, b] = both(e.a).map((half): LoopExpr => ({ ...e, a: half }));
      const type = e.type === "v4f32" ? "v4f32" : "v4i32";
      return { k: "shuffle", type, a: a!, b: b!, lanes: [0, 1, 4, 5] };
    }
    return mapOperands(e, (operand) => this.whole(operand));
  }

  /**
   * The first two lanes of an expression that is split, or the last two. What has all lanes alike is a local for both
   * halves, unless it is to stand `inPlace`.
   */
  private half(e: LoopExpr, h: Half, inPlace = false): LoopExpr {
    const isUniform = this.wide.isUniform(e);
    if (isUniform && !inPlace && !isSimple(e)) {
      const known = this.held.get(e);
      if (known) return known;
      const kept = this.keep(this.half(e, 0, true));
      this.held.set(e, kept);
      return kept;
    }
    const type = halfType(e.type);
    const of = (a: LoopExpr): LoopExpr =>
      this.wide.isSplit(a) ? this.half(a, h, isUniform) : this.shared(a);
    switch (e.k) {
      case "const":
        return { ...e, type };
      case "local":
        return { ...e, type, name: h === 0 || isUniform ? e.name : this.highOf(e.name) };
      case "select":
        return chosen(type, this.mask(e.c, h), of(e.a), of(e.b));
      case "convert":
        return isWide(e.a.type) ? { ...e, type, a: of(e.a) } : this.widened(e, h);
      case "shuffle":
        return this.shuffled(e, h);
      case "splat":
        return { k: "splat", type: type === "v2f64" ? type : "v2i64", a: this.shared(e.a) };
      case "load": {
        const place = { base: this.shared(e.base), index: this.shared(e.index) };
        return { ...e, type, ...place, offset: e.splat ? e.offset : e.offset + 2 * h };
      }
      case "unary":
      case "bits":
        return { ...e, type, a: of(e.a) };
      case "binary":
        return { ...e, type, a: of(e.a), b: of(e.b) };
      case "compare":
        return { ...e, a: of(e.a), b: of(e.b) };
      default:
        throw new Error(`no ${e.k} gives a ${e.type}`);
    }
  }

  /** A mask of four lanes as one of two: each lane twice. */
  private mask(c: LoopExpr, h: Half): LoopExpr {
    if (this.wide.isSplit(c)) return this.half(c, h);
    if (c.k === "const") return c;
    const whole = this.shared(c);
    return ints(whole, whole, h === 0 ? [0, 0, 1, 1] : [2, 2, 3, 3]);
  }

  private widened(e: LoopExpr & { readonly k: "convert" }, h: Half): LoopExpr {
    const from = this.shared(e.a);
    if (e.type === "v4i64") {
      const signs = binary("shrS", from, i32(31));
      const pairs = ints(from, signs, h === 0 ? [0, 4, 1, 5] : [2, 6, 3, 7]);
      return bits(pairs, "v2i64");
    }
    const type = from.type === "v4f32" ? "v4f32" : "v4i32";
    const last: LoopExpr = { k: "shuffle", type, a: from, b: from, lanes: [2, 3, 2, 3] };
    return { k: "convert", type: "v2f64", a: h === 0 ? from : last };
  }

  private shuffled(e: LoopExpr & { readonly k: "shuffle" }, h: Half): LoopExpr {
    const [first, second] = [e.lanes[2 * h]!, e.lanes[2 * h + 1]!];
    const source = (lane: number): LoopExpr =>
      this.half(lane < 4 ? e.a : e.b, (lane & 2) === 0 ? 0 : 1);
    const [x, y] = [2 * (first & 1), 4 + 2 * (second & 1)];
    const pairs = ints(source(first), source(second), [x, x + 1, y, y + 1]);
    return bits(pairs, halfType(e.type));
  }
}

/** Lanes of which one side is +0 keep or lose all bits of the other: one instruction, where a selection takes up to three. */
function chosen(type: LoopType, c: LoopExpr, a: LoopExpr, b: LoopExpr): LoopExpr {
  const isZero = (e: LoopExpr): boolean => e.k === "const" && Object.is(Number(e.value), 0);
  if (!isZero(a) && !isZero(b)) return { k: "select", type, c, a, b };
  const mask = isZero(a) ? unary("not", c) : c;
  return bits(binary("and", asInts(isZero(a) ? b : a), mask), type);
}

/** Whether a shuffle in `e` reads local `name`. */
function shufflesLocal(e: LoopExpr, name: string): boolean {
  let found = false;
  forEachExpr(e, (part) => {
    if (part.k !== "shuffle" || !isWide(part.type)) return;
    forEachExpr(part, (inner) => {
      found ||= inner.k === "local" && inner.name === name;
    });
  });
  return found;
}
