/** Activations made of straight pieces. */

import { where } from "../../runtime/eager/primitives.ts";
import type { AnyTensor, DType, FloatDType } from "../../runtime/eager/tensor-types.ts";
import { clamp } from "./clamp.ts";
import { perChannel } from "./per-channel.ts";

type Floats = AnyTensor<FloatDType>;

/** `x < 0 ? 0 : x` of each element: NaN and −0 stay. */
export function relu<D extends DType = "f32">(x: AnyTensor<D>): AnyTensor<D> {
  return where(x.lt(0), 0, x);
}

/** `relu`, at most 6. */
export function relu6<D extends DType = "f32">(x: AnyTensor<D>): AnyTensor<D> {
  return clamp(x, 0, 6);
}

/** `x < 0 ? slope · x : x` of each element. */
export function leakyRelu<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  slope?: number,
): AnyTensor<D>;
export function leakyRelu(x: Floats, slope = 0.01): Floats {
  return where(x.lt(0), x.mul(slope), x);
}

/** `leakyRelu` with a slope that is trained: one, or one for each channel (axis 1). */
export function prelu<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  weight: AnyTensor<D>,
): AnyTensor<D>;
export function prelu(x: Floats, weight: Floats): Floats {
  return where(x.lt(0), x.mul(x.rank < 2 || weight.rank === 0 ? weight : perChannel(x, weight)), x);
}

export interface HardtanhOptions {
  readonly min?: number;
  readonly max?: number;
}

/** `x` within bounds, −1 and 1 unless others are given. */
export function hardtanh<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  options?: HardtanhOptions,
): AnyTensor<D>;
export function hardtanh(x: Floats, { min = -1, max = 1 }: HardtanhOptions = {}): Floats {
  return clamp(x, min, max);
}

/** `relu6(x + 3) / 6`: a sigmoid of straight pieces. */
export function hardsigmoid<D extends FloatDType = "f32">(x: AnyTensor<D>): AnyTensor<D>;
export function hardsigmoid(x: Floats): Floats {
  return relu6(x.add(3)).div(6);
}

/** `x · relu6(x + 3) / 6`. */
export function hardswish<D extends FloatDType = "f32">(x: AnyTensor<D>): AnyTensor<D>;
export function hardswish(x: Floats): Floats {
  return x.mul(relu6(x.add(3))).div(6);
}

/** 0 within `lambda` of 0, `x` elsewhere. */
export function hardshrink<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  lambda?: number,
): AnyTensor<D>;
export function hardshrink(x: Floats, lambda = 0.5): Floats {
  return where(x.abs().le(lambda), 0, x);
}

/** `x` moved towards 0 by `lambda`, and 0 where that would pass it. */
export function softshrink<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  lambda?: number,
): AnyTensor<D>;
export function softshrink(x: Floats, lambda = 0.5): Floats {
  return where(x.gt(lambda), x.sub(lambda), where(x.lt(-lambda), x.add(lambda), x.mul(0)));
}

/** `x > limit ? x : value` of each element. */
export function threshold<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  limit: number,
  value: number,
): AnyTensor<D>;
export function threshold(x: Floats, limit: number, value: number): Floats {
  return where(x.le(limit), value, x);
}

export interface RreluOptions {
  readonly lower?: number;
  readonly upper?: number;
}

/** `leakyRelu` with the middle of the slopes that `nn.RReLU` draws in training. */
export function rrelu<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  options?: RreluOptions,
): AnyTensor<D>;
export function rrelu(x: Floats, { lower = 1 / 8, upper = 1 / 3 }: RreluOptions = {}): Floats {
  return leakyRelu(x, (lower + upper) / 2);
}
