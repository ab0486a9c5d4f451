/** What a row's elements are combined into, vector by vector, until its end. */

import { binary, bits, compare, constant, type FuncBuilder, select } from "../../loop/build.ts";
import type { LoopExpr } from "../../loop/ir.ts";
import { fourOf } from "../../loop/operation-types.ts";
import { acrossLanes, type Combine, combineOf, horizontal, identityValue } from "./combine.ts";
import type { Reduction } from "./reduction.ts";

/** Four vectors of partial results (rule 4 of docs/numerics.md). */
export interface RowPartials {
  /** What stands for elements beyond the row's end. */
  readonly identity: LoopExpr;
  /** Combines vector `x` into partial `j`. */
  add(j: number, x: LoopExpr): void;
  /** Combines the partials into one number. */
  total(): LoopExpr;
}

/** `elements` is how many there are, where that is known. */
export function rowPartials(r: Reduction, elements: number | undefined): RowPartials {
  const { combine } = r.lowering;
  const isShort = elements !== undefined && elements < leastElements;
  if (isShort || r.type === "i32" || (combine !== "max" && combine !== "min"))
    return new Plain(r, combine);
  return new Extremes(r.b, combine, r.type);
}

class Plain implements RowPartials {
  readonly identity: LoopExpr;
  private readonly b: FuncBuilder;
  private readonly combine: Combine;
  private readonly sums: readonly LoopExpr[];

  constructor({ b, type, dtype }: Reduction, combine: Combine) {
    this.b = b;
    this.combine = combine;
    this.identity = constant(fourOf[type], identityValue(combine, dtype));
    this.sums = [0, 1, 2, 3].map((j) => b.let(`s${j}`, this.identity));
  }

  add(j: number, x: LoopExpr): void {
    const sum = this.sums[j]!;
    this.b.set(sum, combineOf(this.combine, sum, x));
  }

  total(): LoopExpr {
    return horizontal(this.b, this.combine, this.sums);
  }
}

/** Fewer elements are done before what the end needs has paid. */
const leastElements = 48;

/**
 * The greatest or least of floats. WebAssembly's own `max` takes nine instructions on x86-64, for NaN and for −0
 * below +0. `pmax` is one; beside it are kept whether there was a NaN, and of a result that is zero the sign:
 * the greatest is −0 where all elements have the sign, the least where one has it.
 */
class Extremes implements RowPartials {
  readonly identity: LoopExpr;
  private readonly b: FuncBuilder;
  private readonly combine: "max" | "min";
  private readonly best: readonly LoopExpr[];
  private readonly signs: LoopExpr;
  private readonly nans: LoopExpr;
  private readonly sign: LoopExpr;

  constructor(b: FuncBuilder, combine: "max" | "min", type: "f32" | "f64") {
    this.b = b;
    this.combine = combine;
    this.identity = constant(fourOf[type], identityValue(combine, type));
    this.best = [0, 1, 2, 3].map((j) => b.let(`s${j}`, this.identity));
    const bitsType = type === "f32" ? "v4i32" : "v4i64";
    this.sign = constant(bitsType, type === "f32" ? -(2 ** 31) : -(2n ** 63n));
    this.signs = b.let("signs", constant(bitsType, combine === "max" ? -1 : 0));
    this.nans = b.let("nans", constant("v4i32", 0));
  }

  add(j: number, x: LoopExpr): void {
    const { b, combine, signs, nans } = this;
    const held = b.let("x", x);
    b.set(this.best[j]!, this.better(this.best[j]!, held));
    const gathered = combine === "max" ? "and" : "or";
    b.set(signs, binary(gathered, signs, bits(held, signs.type)));
    b.set(nans, binary("or", nans, compare("ne", held, held)));
  }

  total(): LoopExpr {
    const { b, combine, signs, nans, identity } = this;
    const [s0, s1, s2, s3] = this.best;
    const best = b.let("best", this.better(this.better(s0!, s1!), this.better(s2!, s3!)));
    const isZero = compare("eq", best, constant(identity.type, 0));
    const zero = bits(binary("and", signs, this.sign), identity.type);
    const nan = constant(identity.type, Number.NaN);
    const marked = select(nans, nan, select(isZero, zero, best));
    return acrossLanes(combine, b.let("marked", marked));
  }

  private better(a: LoopExpr, x: LoopExpr): LoopExpr {
    return binary(this.combine === "max" ? "pmax" : "pmin", a, x);
  }
}
