/** Channels in another order, and normalised among their neighbours. */

import { demand, refuse } from "../../runtime/eager/refuse.ts";
import type { AnyTensor, DType, FloatDType } from "../../runtime/eager/tensor-types.ts";
import { avgPool1d } from "./avg-pooling.ts";
import { movedim } from "./axes.ts";

type Floats = AnyTensor<FloatDType>;

/** `[batch, groups · n, …]` with the n channels of all groups side by side: `[batch, n · groups, …]`. */
export function channelShuffle<D extends DType = "f32">(
  x: AnyTensor<D>,
  groups: number,
): AnyTensor<D> {
  if (x.rank < 3)
    return refuse("shape", `channelShuffle: a tensor of rank ${x.rank} has no images`);
  const [batch, channels] = x.shape;
  const inGroup = Math.floor(channels / groups);
  demand(inGroup * groups === channels, `channelShuffle: ${channels} channels in ${groups} groups`);
  const rest = x.shape.slice(2);
  const after = rest.map((_, i) => i + 3);
  return x
    .reshape([batch, groups, inGroup, ...rest])
    .permute([0, 2, 1, ...after])
    .reshape(x.shape);
}

export interface LocalResponseOptions {
  readonly alpha?: number;
  readonly beta?: number;
  readonly k?: number;
}

/** `x / (k + alpha · m)^beta`, m the mean of the squares of `size` neighbouring channels of `[batch, channels, …]`. */
export function localResponseNorm<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  size: number,
  options?: LocalResponseOptions,
): AnyTensor<D>;
export function localResponseNorm(
  x: Floats,
  size: number,
  { alpha = 1e-4, beta = 0.75, k = 1 }: LocalResponseOptions = {},
): Floats {
  if (x.rank < 3) {
    return refuse("shape", `localResponseNorm: a tensor of rank ${x.rank} has no positions`);
  }
  const before = Math.floor(size / 2);
  const squares = movedim(x.mul(x), 1, -1);
  const widths = squares.shape.map((_, axis): readonly [number, number] =>
    axis === x.rank - 1 ? [before, size - 1 - before] : [0, 0],
  );
  const means = movedim(avgPool1d(squares.pad(widths), size, { stride: 1 }), -1, 1);
  return x.div(means.mul(alpha).add(k).pow(beta));
}
