/** The greatest elements of windows of the last one, two or three axes. */

import { maxPool } from "../../runtime/eager/primitives.ts";
import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import { frame, type PoolOptionsOver, surplus } from "./pool-windows.ts";
import { type Pair, type PerAxis, perAxis, type Single, type Triple } from "./spatial.ts";

interface MaxPoolOptionsOver<Sizes> extends PoolOptionsOver<Sizes> {
  /** The distance of a window's elements. */
  readonly dilation?: Sizes;
}

export type MaxPool1dOptions = MaxPoolOptionsOver<Single>;
export type MaxPool2dOptions = MaxPoolOptionsOver<Pair>;
export type MaxPool3dOptions = MaxPoolOptionsOver<Triple>;

/** The greatest element of each window of the last axis. */
export function maxPool1d(x: Tensor, kernel: Single, options: MaxPool1dOptions = {}): Tensor {
  return greatest(x, perAxis(kernel, 1), options);
}

/** The greatest element of each window of the last two axes. */
export function maxPool2d(x: Tensor, kernel: Pair, options: MaxPool2dOptions = {}): Tensor {
  return greatest(x, perAxis(kernel, 2), options);
}

/** The greatest element of each window of the last three axes. */
export function maxPool3d(x: Tensor, kernel: Triple, options: MaxPool3dOptions = {}): Tensor {
  return greatest(x, perAxis(kernel, 3), options);
}

function greatest(
  x: Tensor,
  kernel: readonly number[],
  { stride = kernel, padding = 0, dilation = 1, ceilMode = false }: MaxPoolOptionsOver<PerAxis>,
): Tensor {
  if (!ceilMode) return maxPool(x, kernel, { stride, padding, dilation });
  const form = {
    stride: perAxis(stride, kernel.length),
    padding: perAxis(padding, kernel.length),
    dilation: perAxis(dilation, kernel.length),
  };
  // What is added is never greatest: each window begins before it.
  const whole = frame(
    x,
    kernel.map(() => 0),
    surplus(x, kernel, form),
  );
  return maxPool(x.pad(whole, { value: Number.NEGATIVE_INFINITY }), kernel, form);
}
