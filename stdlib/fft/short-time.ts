/** Short-time Fourier transforms: spectra of the frames of a signal, and signals of frames. */

import { arange, full, where } from "../../runtime/eager/primitives.ts";
import { demand, refuse } from "../../runtime/eager/refuse.ts";
import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import { irfft, rfft } from "./one-axis.ts";
import type { Complex } from "./transform.ts";

export interface StftOptions {
  /** The distance of frames; a quarter of a frame by default. */
  readonly hopLength?: number;
  /** What each frame is multiplied by: `nFft` numbers; all by 1 by default. */
  readonly window?: Tensor;
  /** Whether frame `t` has sample `t · hopLength` in its middle; true by default. */
  readonly center?: boolean;
  /** Whether the result is divided by `√nFft`. */
  readonly normalized?: boolean;
}

/** The signal with its own mirror image before and after it. */
function mirrored(x: Tensor, count: number): Tensor {
  const size = x.shape[x.rank - 1]!;
  const places = arange(size + 2 * count).sub(count);
  const before = where(places.lt(0), places.neg(), places);
  const after = where(before.ge(size), before.neg().add(2 * (size - 1)), before);
  return x.take(after, -1);
}

/** The positions of the samples of each frame: `[frames, nFft]`. */
const framePlaces = (frames: number, nFft: number, hop: number) =>
  arange(frames).mul(hop).reshape([frames, 1]).add(arange(nFft));

/** The first halves of the spectra of the frames of `x: […, samples]`: `[…, nFft / 2 + 1, frames]`. */
export function stft(
  x: Tensor,
  nFft: number,
  { hopLength = Math.floor(nFft / 4), window, center = true, normalized = false }: StftOptions = {},
): Complex {
  if (x.rank === 0) refuse("shape", "stft: a single value is no signal");
  const size = x.shape[x.rank - 1]!;
  const frame = center ? Math.floor(nFft / 2) : 0;
  demand(frame < Math.max(size, 1), `stft: ${size} samples are too few for windows of ${nFft}`);
  demand(nFft <= size + 2 * frame, `stft: ${size} samples are too few for windows of ${nFft}`);
  const signal = center ? mirrored(x, Math.floor(nFft / 2)) : x;
  const frames = Math.floor((signal.shape[x.rank - 1]! - nFft) / hopLength) + 1;
  const cut = signal.take(framePlaces(frames, nFft, hopLength), -1);
  const shaped = window === undefined ? cut : cut.mul(window);
  const { real, imag } = rfft(shaped, { norm: normalized ? "ortho" : "backward" });
  return { real: real.transpose(-2, -1), imag: imag.transpose(-2, -1) };
}

export interface IstftOptions extends StftOptions {
  /** The number of samples of the result. */
  readonly length?: number;
}

/** The signal of what `stft` gives: frames are added, and divided by the squares of the window. */
export function istft(
  x: Complex,
  nFft: number,
  {
    hopLength = Math.floor(nFft / 4),
    window,
    center = true,
    normalized = false,
    length,
  }: IstftOptions = {},
): Tensor {
  if (x.real.rank < 2) refuse("shape", "istft: frequencies and frames are two axes");
  const turned = { real: x.real.transpose(-2, -1), imag: x.imag.transpose(-2, -1) };
  const cut = irfft(turned, { n: nFft, norm: normalized ? "ortho" : "backward" });
  const shape = window ?? full([nFft], 1);
  const frames = cut.shape[cut.rank - 2]!;
  const samples = (frames - 1) * hopLength + nFft;
  const places = framePlaces(frames, nFft, hopLength);
  const none = full([...cut.shape.slice(0, -2), samples], 0);
  const sum = none.indexAdd(-1, places, cut.mul(shape));
  const weight = full([samples], 0).indexAdd(0, places, shape.mul(shape).expand([frames, nFft]));
  const signal = sum.div(weight);
  const start = center ? Math.floor(nFft / 2) : 0;
  const end = length === undefined ? samples - start : start + length;
  return signal.narrow(-1, start, end - start);
}
