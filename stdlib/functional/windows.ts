/** Windows that move over axes, as axes of their own, and put together again. */

import { arange, full } from "../../runtime/eager/primitives.ts";
import { demand, refuse } from "../../runtime/eager/refuse.ts";
import type { AnyTensor, DType, Tensor } from "../../runtime/eager/tensor-types.ts";
import { movedim } from "./axes.ts";
import { axisOf } from "./axis.ts";
import type { Pair } from "./spatial.ts";

/** Windows of `size` positions of the axis `dim`, `step` apart, on a new last axis (`Tensor.unfold`). */
export function windows<D extends DType>(
  x: AnyTensor<D>,
  dim: number,
  size: number,
  step = 1,
): AnyTensor<D> {
  const axis = axisOf("windows", dim, x.rank);
  const count = Math.floor((x.shape[axis]! - size) / step) + 1;
  return movedim(x.take(places(count, step, size, 1), axis), axis + 1, -1);
}

/** `[count, size]`: where each element of each window lies. */
function places(count: number, step: number, size: number, gap: number): AnyTensor<"i32"> {
  return arange(count).mul(step).unsqueeze(-1).add(arange(size).mul(gap));
}

export interface UnfoldOptions {
  readonly dilation?: Pair;
  readonly padding?: Pair;
  readonly stride?: Pair;
}

/**
 * The windows of `x: [batch, channels, height, width]` as columns: `[batch, channels · kernel height ·
 * kernel width, places]`, padding as zeros.
 */
export function unfold(
  x: Tensor,
  kernel: Pair,
  { dilation = 1, padding = 0, stride = 1 }: UnfoldOptions = {},
): Tensor {
  if (x.rank === 3) return unfold(x.unsqueeze(0), kernel, { dilation, padding, stride }).squeeze(0);
  if (x.rank !== 4) return refuse("shape", `unfold: takes images, not a tensor of rank ${x.rank}`);
  const [[ph, pw], [kh, kw]] = [two(padding), two(kernel)];
  const [[dh, dw], [sh, sw]] = [two(dilation), two(stride)];
  const whole = x.pad([
    [0, 0],
    [0, 0],
    [ph, ph],
    [pw, pw],
  ]);
  const rows = placesOf(whole.shape[2], kh, dh, sh);
  const columns = placesOf(whole.shape[3], kw, dw, sw);
  const taken = whole
    .take(places(kh, dh, rows, sh), 2)
    .take(places(kw, dw, columns, sw), 4)
    .permute([0, 1, 2, 4, 3, 5]);
  return taken.reshape([x.shape[0], x.shape[1] * kh * kw, rows * columns]);
}

const two = (value: Pair): readonly [number, number] =>
  typeof value === "number" ? [value, value] : value;

const placesOf = (size: number, kernel: number, dilation: number, stride: number): number =>
  Math.floor((size - dilation * (kernel - 1) - 1) / stride) + 1;

/**
 * The sum of windows, put where `unfold` found them: `[batch, channels · kernel height · kernel width,
 * places]` to `[batch, channels, …size]`.
 */
export function fold(
  x: Tensor,
  size: Pair,
  kernel: Pair,
  { dilation = 1, padding = 0, stride = 1 }: UnfoldOptions = {},
): Tensor {
  const options = { dilation, padding, stride };
  if (x.rank === 2) return fold(x.unsqueeze(0), size, kernel, options).squeeze(0);
  if (x.rank !== 3) return refuse("shape", `fold: takes columns, not a tensor of rank ${x.rank}`);
  const [[height, width], [kh, kw]] = [two(size), two(kernel)];
  const [[ph, pw], [dh, dw], [sh, sw]] = [two(padding), two(dilation), two(stride)];
  const [rows, columns] = [
    placesOf(height + 2 * ph, kh, dh, sh),
    placesOf(width + 2 * pw, kw, dw, sw),
  ];
  const found = x.shape[2];
  demand(found === rows * columns, `fold: ${found} windows, and ${rows} · ${columns} places`);
  const channels = x.shape[1] / (kh * kw);
  const parts = x
    .reshape([x.shape[0], channels, kh, kw, rows, columns])
    .permute([0, 1, 2, 4, 3, 5]);
  const wide = full([x.shape[0], channels, height + 2 * ph, kw, columns], 0);
  const tall = wide.indexAdd(2, places(kh, dh, rows, sh), parts);
  const image = full([x.shape[0], channels, height + 2 * ph, width + 2 * pw], 0);
  const whole = image.indexAdd(3, places(kw, dw, columns, sw), tall);
  return whole.narrow(2, ph, height).narrow(3, pw, width);
}
