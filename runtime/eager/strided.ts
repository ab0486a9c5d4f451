/** Where a tensor's elements are in the kernels' memory. */

import type { DType, TensorType } from "../../compiler/ops/types.ts";
import { tensorType } from "../../compiler/ops/types.ts";

export interface Strided {
  /** In bytes, of the element at position 0. */
  readonly address: number;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** In elements; 0 repeats, negative ones go backwards. */
  readonly strides: readonly number[];
  /** Whether the elements are neighbours in row-major order. */
  readonly dense: boolean;
}

export function lengthOf(shape: readonly number[]): number {
  let length = 1;
  for (let i = 0; i < shape.length; i++) length *= shape[i]!;
  return length;
}

export const typeOf = (x: Strided): TensorType => tensorType(x.dtype, x.shape);

/** Row-major strides of a shape, in elements. */
export function denseStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = step;
    step *= shape[i]!;
  }
  return strides;
}
