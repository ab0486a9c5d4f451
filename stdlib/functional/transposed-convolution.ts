/** Transposed convolution over one, two or three axes. */

import { convInputGrad } from "../../runtime/eager/primitives.ts";
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

interface ConvTransposeOptionsOver<Sizes> {
  readonly stride?: Sizes;
  /** Positions left out on both sides of the result. */
  readonly padding?: Sizes;
  /** Positions added at the end of the result. */
  readonly outputPadding?: Sizes;
  readonly groups?: number;
  readonly dilation?: Sizes;
}

export type ConvTranspose1dOptions = ConvTransposeOptionsOver<Single>;
export type ConvTranspose2dOptions = ConvTransposeOptionsOver<Pair>;
export type ConvTranspose3dOptions = ConvTransposeOptionsOver<Triple>;

/**
 * The transposed convolution of `x: [batch, channels, length]` with `weight: [channels, outputs /
 * groups, kernel]`: what the gradient of `conv1d` computes.
 */
export function convTranspose1d<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  weight: AnyTensor<D>,
  bias?: AnyTensor<D>,
  options?: ConvTranspose1dOptions,
): AnyTensor<D>;
export function convTranspose1d(
  x: Floats,
  weight: Floats,
  bias?: Floats,
  options: ConvTranspose1dOptions = {},
): Floats {
  return convolveBack("convTranspose1d", x, weight, bias, 1, options);
}

/** The transposed convolution over height and width. */
export function convTranspose2d<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  weight: AnyTensor<D>,
  bias?: AnyTensor<D>,
  options?: ConvTranspose2dOptions,
): AnyTensor<D>;
export function convTranspose2d(
  x: Floats,
  weight: Floats,
  bias?: Floats,
  options: ConvTranspose2dOptions = {},
): Floats {
  return convolveBack("convTranspose2d", x, weight, bias, 2, options);
}

/** The transposed convolution over depth, height and width. */
export function convTranspose3d<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  weight: AnyTensor<D>,
  bias?: AnyTensor<D>,
  options?: ConvTranspose3dOptions,
): AnyTensor<D>;
export function convTranspose3d(
  x: Floats,
  weight: Floats,
  bias?: Floats,
  options: ConvTranspose3dOptions = {},
): Floats {
  return convolveBack("convTranspose3d", x, weight, bias, 3, options);
}

function convolveBack(
  f: string,
  x: Floats,
  weight: Floats,
  bias: Floats | undefined,
  count: number,
  {
    stride = 1,
    padding = 0,
    outputPadding = 0,
    groups = 1,
    dilation = 1,
  }: ConvTransposeOptionsOver<PerAxis>,
): Floats {
  checkRanks(f, x, weight, count);
  if (x.rank === count + 1) {
    const options = { stride, padding, outputPadding, groups, dilation };
    return convolveBack(f, x.unsqueeze(0), weight, bias, count, options).squeeze(0);
  }
  const steps = perAxis(stride, count);
  const margins = perAxis(padding, count);
  const extra = perAxis(outputPadding, count);
  const gaps = perAxis(dilation, count);
  const sizes = steps.map((step, i) => {
    if (extra[i]! >= step) {
      return refuse("argument", `${f}: outputPadding ${extra[i]} is not below the stride ${step}`);
    }
    // (size − 1) · step − 2 · margin + gap · (kernel − 1) + extra + 1
    const reach = gaps[i]! * (weight.shape[i + 2]! - 1) + 1;
    return x.shape[i + 2]! * step + (reach + extra[i]! - step - 2 * margins[i]!);
  });
  return addPerChannel(
    convInputGrad(x, weight, sizes, { stride, padding, dilation, groups }),
    bias,
  );
}
