/** What a row's elements are combined into, vector by vector, until its end. */

import { binary, bits, compare, constant, type FuncBuilder, select } from "../../loop/build.ts";
import type { LoopExpr, LoopType } from "../../loop/ir.ts";
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
  const isExtreme = r.type === "f32" && (combine === "max" || combine === "min");
  const isShort = elements !== undefined && elements < leastElements;
  if (isExtreme && !isShort) return new Extremes(r.b, combine, identityValue(combine, r.dtype));
  return new Plain(r, combine);
}

class Plain implements RowPartials {
  readonly identity: LoopExpr;
  private readonly b: FuncBuilder;
  private readonly combine: Combine;
  private readonly sums: readonly LoopExpr[];

  constructor({ b, type, dtype }: Reduction, combine: Combine) {
    const vector: LoopType = type === "f32" ? "v4f32" : "v4i32";
    this.b = b;
    this.combine = combine;
    this.identity = constant(vector, identityValue(combine, dtype));
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

  constructor(b: FuncBuilder, combine: "max" | "min", worst: number) {
    this.b = b;
    this.combine = combine;
    this.identity = constant("v4f32", worst);
    this.best = [0, 1, 2, 3].map((j) => b.let(`s${j}`, this.identity));
    this.signs = b.let("signs", constant("v4i32", combine === "max" ? -1 : 0));
    this.nans = b.let("nans", constant("v4i32", 0));
  }

  add(j: number, x: LoopExpr): void {
    const { b, combine, signs, nans } = this;
    const held = b.let("x", x);
    b.set(this.best[j]!, this.better(this.best[j]!, held));
    const gathered = combine === "max" ? "and" : "or";
    b.set(signs, binary(gathered, signs, bits(held, "v4i32")));
    b.set(nans, binary("or", nans, compare("ne", held, held)));
  }

  total(): LoopExpr {
    const { b, combine, signs, nans } = this;
    const [s0, s1, s2, s3] = this.best;
    const best = b.let("best", this.better(this.better(s0!, s1!), this.better(s2!, s3!)));
    const sign = binary("and", signs, constant("v4i32", -(2 ** 31)));
    const isZero = compare("eq", best, constant("v4f32", 0));
    const signed = select(isZero, sign, bits(best, "v4i32"));
    // All bits set are a NaN.
    const marked = bits(binary("or", signed, nans), "v4f32");
    return acrossLanes(combine, b.let("marked", marked));
  }

  private better(a: LoopExpr, x: LoopExpr): LoopExpr {
    return binary(this.combine === "max" ? "pmax" : "pmin", a, x);
  }
}
