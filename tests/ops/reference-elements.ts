/** Elements of tensors with known sizes, as the reference executor reads and writes them. */

import { type Dim, DimExpr } from "#glim/compiler/ops/dim.js";
import type { Affine } from "#glim/compiler/ops/lowering.js";
import type { DType, TensorType } from "#glim/compiler/ops/types.js";

export type TypedArray = Float32Array | Float64Array | Int32Array | Uint8Array | Int8Array;

const arrays = {
  f32: Float32Array,
  f64: Float64Array,
  i32: Int32Array,
  u8: Uint8Array,
  i8: Int8Array,
  bool: Uint8Array,
} as const;

export const newData = (dtype: DType, length: number): TypedArray => new arrays[dtype](length);

/** A size that is a number; the reference knows no symbols. */
export function known(d: Dim): number {
  if (d instanceof DimExpr) throw new Error(`the size ${d} is not known`);
  return d;
}

export const sizesOf = (shape: readonly Dim[]): readonly number[] => shape.map(known);
export const lengthOf = (shape: readonly Dim[]): number =>
  sizesOf(shape).reduce((a, b) => a * b, 1);

/** All positions of a shape, row-major. */
export function* positions(sizes: readonly number[]): Generator<readonly number[]> {
  const length = sizes.reduce((a, b) => a * b, 1);
  const at = sizes.map(() => 0);
  for (let n = 0; n < length; n++) {
    yield [...at];
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      at[axis] = at[axis]! + 1;
      if (at[axis]! < sizes[axis]!) break;
      at[axis] = 0;
    }
  }
}

/** An operand or result with its sizes; reading or writing outside is a bug in a lowering. */
export class Elements {
  readonly dtype: DType;
  readonly sizes: readonly number[];
  readonly data: TypedArray;

  constructor(type: TensorType, data: TypedArray) {
    this.dtype = type.dtype;
    this.sizes = sizesOf(type.shape);
    this.data = data;
    if (data.length !== lengthOf(type.shape)) throw new Error("data does not have its type's size");
  }

  contains(at: readonly number[]): boolean {
    return at.every((p, i) => p >= 0 && p < this.sizes[i]!);
  }

  private offset(at: readonly number[]): number {
    if (at.length !== this.sizes.length || !this.contains(at)) {
      throw new Error(`position [${at}] is outside [${this.sizes}]`);
    }
    return at.reduce((sum, p, i) => sum * this.sizes[i]! + p, 0);
  }

  get(at: readonly number[]): number {
    return this.data[this.offset(at)]!;
  }

  set(at: readonly number[], value: number): void {
    this.data[this.offset(at)] = value;
  }
}

export const evaluateAffine = ({ terms, offset }: Affine, axes: readonly number[]): number =>
  terms.reduce((sum, { axis, by }) => sum + known(by) * axes[axis]!, known(offset));
