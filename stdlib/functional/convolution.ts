/** Convolution over images. */

import { conv } from "../../runtime/eager/primitives.ts";
import type { Tensor } from "../../runtime/eager/tensor-types.ts";

/** One number for height and width, or `[height, width]`. */
export type Pair = number | readonly [number, number];

export interface ConvOptions {
  readonly stride?: Pair;
  readonly padding?: Pair;
  readonly dilation?: Pair;
  readonly groups?: number;
}

/**
 * The convolution of `x: [batch, channels, height, width]` with `weight: [outputs, channels / groups,
 * kernel height, kernel width]`, which is not flipped, as in PyTorch; `bias` has one value an output.
 */
export function conv2d(
  x: Tensor,
  weight: Tensor,
  bias?: Tensor,
  { stride = 1, padding = 0, dilation = 1, groups = 1 }: ConvOptions = {},
): Tensor {
  const product = conv(x, weight, { stride, padding, dilation, groups });
  return bias === undefined ? product : product.add(bias.reshape([bias.shape[0], 1, 1]));
}
