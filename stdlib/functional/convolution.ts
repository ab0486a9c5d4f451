/** Convolution over one, two or three axes. */

import { conv } from "../../runtime/eager/primitives.ts";
import { refuse } from "../../runtime/eager/refuse.ts";
import type { AnyTensor, FloatDType } from "../../runtime/eager/tensor-types.ts";
import { addPerChannel } from "./per-channel.ts";
import {
  checkRanks,
  type Pair,
  type PerAxis,
  perAxis,
  type Single,
  type Triple,
} from "./spatial.ts";

type Floats = AnyTensor<FloatDType>;

interface ConvOptionsOver<Sizes> {
  readonly stride?: Sizes;
  /** Zeros on both sides, or `same`: as many as keep the sizes, the odd one at the end. */
  readonly padding?: Sizes | "same" | "valid";
  readonly dilation?: Sizes;
  readonly groups?: number;
}

export type Conv1dOptions = ConvOptionsOver<Single>;
export type ConvOptions = ConvOptionsOver<Pair>;
export type Conv3dOptions = ConvOptionsOver<Triple>;

/** The convolution of `x: [batch, channels, length]` with `weight: [outputs, channels / groups, kernel]`. */
export function conv1d<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  weight: AnyTensor<D>,
  bias?: AnyTensor<D>,
  options?: Conv1dOptions,
): AnyTensor<D>;
export function conv1d(
  x: Floats,
  weight: Floats,
  bias?: Floats,
  options: Conv1dOptions = {},
): Floats {
  return convolve("conv1d", x, weight, bias, 1, options);
}

/**
 * The convolution of `x: [batch, channels, height, width]` with `weight: [outputs, channels / groups,
 * kernel height, kernel width]`, which is not flipped, as in PyTorch; `bias` has one value an output.
 * Without a batch `x` has three axes, and so has the result.
 */
export function conv2d<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  weight: AnyTensor<D>,
  bias?: AnyTensor<D>,
  options?: ConvOptions,
): AnyTensor<D>;
export function conv2d(
  x: Floats,
  weight: Floats,
  bias?: Floats,
  options: ConvOptions = {},
): Floats {
  return convolve("conv2d", x, weight, bias, 2, options);
}

/** The convolution of `x: [batch, channels, depth, height, width]`; the weight has a kernel depth, too. */
export function conv3d<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  weight: AnyTensor<D>,
  bias?: AnyTensor<D>,
  options?: Conv3dOptions,
): AnyTensor<D>;
export function conv3d(
  x: Floats,
  weight: Floats,
  bias?: Floats,
  options: Conv3dOptions = {},
): Floats {
  return convolve("conv3d", x, weight, bias, 3, options);
}

interface AnyConvOptions {
  readonly stride?: PerAxis;
  readonly padding?: PerAxis | "same" | "valid";
  readonly dilation?: PerAxis;
  readonly groups?: number;
}

function convolve(
  f: string,
  x: Floats,
  weight: Floats,
  bias: Floats | undefined,
  count: number,
  { stride = 1, padding = 0, dilation = 1, groups = 1 }: AnyConvOptions,
): Floats {
  checkRanks(f, x, weight, count);
  if (x.rank === count + 1) {
    const options = { stride, padding, dilation, groups };
    return convolve(f, x.unsqueeze(0), weight, bias, count, options).squeeze(0);
  }
  if (padding === "same") {
    if (perAxis(stride, count).some((s) => s !== 1)) {
      return refuse("argument", `${f}: padding "same" needs a stride of 1`);
    }
    const whole = padToSame(x, weight, perAxis(dilation, count));
    return addPerChannel(conv(whole, weight, { dilation, groups }), bias);
  }
  const zeros = padding === "valid" ? 0 : padding;
  return addPerChannel(conv(x, weight, { stride, padding: zeros, dilation, groups }), bias);
}

/** Zeros around `x`, so that a convolution of stride 1 keeps its sizes. */
function padToSame(x: Floats, weight: Floats, dilation: readonly number[]): Floats {
  const widths = dilation.map((d, i): readonly [number, number] => {
    const total = d * (weight.shape[i + 2]! - 1);
    const before = Math.floor(total / 2);
    return [before, total - before];
  });
  return x.pad([[0, 0], [0, 0], ...widths]);
}
