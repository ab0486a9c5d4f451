/** Channels exchanged for positions. */

import { demand, refuse } from "../../runtime/eager/refuse.ts";
import type { AnyTensor, DType } from "../../runtime/eager/tensor-types.ts";

/** Channels to positions: `[…, C · r², H, W]` to `[…, C, H · r, W · r]`. */
export function pixelShuffle<D extends DType>(x: AnyTensor<D>, factor: number): AnyTensor<D> {
  if (x.rank < 3)
    return refuse("shape", `pixelShuffle: a tensor of rank ${x.rank} has no channels`);
  const channels = x.shape[x.rank - 3]!;
  const height = x.shape[x.rank - 2]!;
  const width = x.shape[x.rank - 1]!;
  const fewer = Math.floor(channels / (factor * factor));
  demand(fewer * factor * factor === channels, `pixelShuffle: ${channels} channels by ${factor}²`);
  const before = x.shape.slice(0, -3);
  const parts = x.reshape([...before, fewer, factor, factor, height, width]);
  const n = before.length;
  const woven = parts.permute([...before.map((_, i) => i), n, n + 3, n + 1, n + 4, n + 2]);
  return woven.reshape([...before, fewer, height * factor, width * factor]);
}

/** Positions to channels: `[…, C, H · r, W · r]` to `[…, C · r², H, W]`. */
export function pixelUnshuffle<D extends DType>(x: AnyTensor<D>, factor: number): AnyTensor<D> {
  if (x.rank < 3) {
    return refuse("shape", `pixelUnshuffle: a tensor of rank ${x.rank} has no channels`);
  }
  const channels = x.shape[x.rank - 3]!;
  const height = x.shape[x.rank - 2]!;
  const width = x.shape[x.rank - 1]!;
  const [rows, columns] = [Math.floor(height / factor), Math.floor(width / factor)];
  demand(
    rows * factor === height && columns * factor === width,
    `pixelUnshuffle: ${height} × ${width} pixels by ${factor}`,
  );
  const before = x.shape.slice(0, -3);
  const parts = x.reshape([...before, channels, rows, factor, columns, factor]);
  const n = before.length;
  const woven = parts.permute([...before.map((_, i) => i), n, n + 2, n + 4, n + 1, n + 3]);
  return woven.reshape([...before, channels * factor * factor, rows, columns]);
}
