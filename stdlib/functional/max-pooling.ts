/** The greatest elements of windows of the last one, two or three axes. */

import { maxPool } from "../../runtime/eager/primitives.ts";
import type { AnyTensor, FloatDType } from "../../runtime/eager/tensor-types.ts";
import { frame, type PoolOptionsOver, surplus } from "./pool-windows.ts";
import { type Pair, type PerAxis, perAxis, type Single, type Triple } from "./spatial.ts";

type Floats = AnyTensor<FloatDType>;

interface MaxPoolOptionsOver<Sizes> extends PoolOptionsOver<Sizes> {
  /** The distance of a window's elements. */
  readonly dilation?: Sizes;
}

export type MaxPool1dOptions = MaxPoolOptionsOver<Single>;
export type MaxPool2dOptions = MaxPoolOptionsOver<Pair>;
export type MaxPool3dOptions = MaxPoolOptionsOver<Triple>;

/** The greatest element of each window of the last axis. */
export function maxPool1d<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  kernel: Single,
  options?: MaxPool1dOptions,
): AnyTensor<D>;
export function maxPool1d(x: Floats, kernel: Single, options: MaxPool1dOptions = {}): Floats {
  return greatest(x, perAxis(kernel, 1), options);
}

/** The greatest element of each window of the last two axes. */
export function maxPool2d<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  kernel: Pair,
  options?: MaxPool2dOptions,
): AnyTensor<D>;
export function maxPool2d(x: Floats, kernel: Pair, options: MaxPool2dOptions = {}): Floats {
  return greatest(x, perAxis(kernel, 2), options);
}

/** The greatest element of each window of the last three axes. */
export function maxPool3d<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  kernel: Triple,
  options?: MaxPool3dOptions,
): AnyTensor<D>;
export function maxPool3d(x: Floats, kernel: Triple, options: MaxPool3dOptions = {}): Floats {
  return greatest(x, perAxis(kernel, 3), options);
}

function greatest(
  x: Floats,
  kernel: readonly number[],
  { stride = kernel, padding = 0, dilation = 1, ceilMode = false }: MaxPoolOptionsOver<PerAxis>,
): Floats {
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
