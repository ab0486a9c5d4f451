/**
 * What an operator computes, as data. Two builders read it: one for fused loops of known sizes (the
 * compiled module), one for strided kernels of any size (eager mode and the interpreter).
 */

import type { Dim } from "./dim.ts";
import type { Expr } from "./expr.ts";

/** `Σ coefficient × axis + offset`, over the axes that the kind names (output axes unless said). */
export interface Affine {
  readonly terms: readonly { readonly axis: number; readonly by: Dim }[];
  readonly offset: Dim;
}

export const affine = (axis: number, by: Dim = 1, offset: Dim = 0): Affine => ({
  terms: [{ axis, by }],
  offset,
});
export const fixed = (offset: Dim): Affine => ({ terms: [], offset });

/** One element from one element of each operand; operands broadcast to the result's shape. */
export interface MapLowering {
  readonly kind: "map";
  readonly expr: Expr;
}

/**
 * Reduction of operand 0 over `axes` (ascending). `sum`/`prod` follow rule 4 of docs/numerics.md:
 * blocks of 4,096 reduced elements, `lanes` partials in each. `sumBack` is a `sum` whose partials
 * start at −0, so that an axis of size 1 leaves every bit as it is. `max`/`min` are exact in any
 * order and start at ∓∞ (i32: the least, the greatest). `argmax`/`argmin` (one axis) give the first
 * position of the greatest (least), NaN being greatest (least); 0 where the axis is empty.
 */
export interface ReduceLowering {
  readonly kind: "reduce";
  readonly combine: "sum" | "sumBack" | "prod" | "max" | "min" | "argmax" | "argmin";
  readonly axes: readonly number[];
  readonly keepDim: boolean;
  readonly lanes: 1 | 16;
  /** Applied to each finished result: operand 0 is the result, operand 1 the count as its type. */
  readonly finish: Expr | undefined;
}

/** One dimension of a contraction's operand: an affine position over output and reduced axes. */
export interface ContractIndex extends Affine {
  /** Positions outside the operand read an explicit zero. */
  readonly padded: boolean;
  /**
   * The position is divided by this; where it does not divide, the term contributes nothing, not
   * even a product (a hole of a stride).
   */
  readonly divide: number;
}

/** An index that is never outside of the operand. */
export const inside = ({ terms, offset }: Affine): ContractIndex => ({
  terms,
  offset,
  padded: false,
  divide: 1,
});

/**
 * `out[o] = Σ_r a[a(o, r)] × b[b(o, r)]`, the position in r row-major over `reduce`, cut into blocks
 * of 512 as rule 3 of docs/numerics.md says. Axes 0 … out.length−1 are `out`, the rest `reduce`.
 */
export interface ContractLowering {
  readonly kind: "contract";
  readonly out: readonly Dim[];
  readonly reduce: readonly Dim[];
  readonly a: readonly ContractIndex[];
  readonly b: readonly ContractIndex[];
  /** For each dimension of the result, its position over the `out` axes. */
  readonly result: readonly Affine[];
}

/**
 * Pooling over the last `kernel.length` axes of operand 0. Elements outside are never read: `max`
 * ignores them, `sum` adds nothing. `finish` as in a reduction, the count being the kernel's size.
 */
export interface WindowLowering {
  readonly kind: "window";
  readonly combine: "sum" | "max";
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  readonly finish: Expr | undefined;
}

/** A rectangle of the result, `from ≤ position < to` on each axis, filled from one operand. */
export interface MovePiece {
  readonly operand: number;
  readonly from: readonly Dim[];
  readonly to: readonly Dim[];
  /** For each dimension of the operand, its position over the result's axes. */
  readonly index: readonly Affine[];
}

/**
 * Elements moved without arithmetic: either the same linear order, or rectangles (rest: `fill`). A
 * `fill` may be a size, rounded to the dtype: its value where the code runs.
 */
export type MoveLowering =
  | { readonly kind: "move"; readonly form: "reshape" }
  | {
      readonly kind: "move";
      readonly form: "pieces";
      readonly pieces: readonly MovePiece[];
      readonly fill: Dim | undefined;
    };

/**
 * Operand 0 read at positions that operand 1 (i32) gives. `data` has one entry per dimension of
 * operand 0: an affine position over the result's axes, or "index" for the value read from operand 1 at
 * `index`. A value outside its dimension is a checked error; negative values count from the end.
 */
export interface IndexLowering {
  readonly kind: "index";
  readonly data: readonly (Affine | "index")[];
  readonly index: readonly Affine[];
}

/**
 * Operand 0 with elements of operand 2 put or added where operand 1 (i32) says, one after another in
 * row-major order of a box of `extents`. `data` has one entry per dimension of operand 0, `index` and
 * `source` give a place in operands 1 and 2: positions over the axes of the box; "index" and what is
 * refused are as above.
 */
export interface ScatterLowering {
  readonly kind: "scatter";
  readonly combine: "set" | "add";
  readonly extents: readonly Dim[];
  readonly data: readonly (Affine | "index")[];
  readonly index: readonly Affine[];
  readonly source: readonly Affine[];
}

/**
 * Along `axis`, in ascending order, each element combined with the result before it; the first one
 * with what a reduction starts at. `argmax` and `argmin` are positions. `linear` has the operands a
 * and b: y[i] = a[i] × y[i−1] + b[i], beginning with +0.
 */
export interface ScanLowering {
  readonly kind: "scan";
  readonly combine: "sum" | "prod" | "max" | "min" | "argmax" | "argmin" | "linear";
  readonly axis: number;
}

/**
 * The positions along `axis` at which the elements of operand 0 stand in order: equal ones keep theirs,
 * −0 equals +0, NaN is the greatest.
 */
export interface SortLowering {
  readonly kind: "sort";
  readonly axis: number;
  readonly descending: boolean;
}

export type Lowering =
  | MapLowering
  | ReduceLowering
  | ContractLowering
  | WindowLowering
  | MoveLowering
  | IndexLowering
  | ScatterLowering
  | ScanLowering
  | SortLowering;
