/** Fourier transforms along one axis. */

import { cat } from "../../runtime/eager/primitives.ts";
import { refuse } from "../../runtime/eager/refuse.ts";
import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import { axisOf } from "../functional/axis.ts";
import { type Complex, transform } from "./transform.ts";

/** What a transform and its inverse are divided by: `n` in the inverse (the default), `√n` in both, or `n` before. */
export type FftNorm = "backward" | "ortho" | "forward";

export interface FftOptions {
  /** The length of the transform: the input is cut off, or zeros are added. */
  readonly n?: number | undefined;
  /** The axis; the last by default. */
  readonly dim?: number;
  readonly norm?: FftNorm;
}

/** The factor of a transform of `n` elements. */
function scaleOf(norm: FftNorm, n: number, isInverse: boolean): number {
  if (norm === "ortho") return 1 / Math.sqrt(n);
  return (norm === "forward") === isInverse ? 1 : 1 / n;
}

/** The same transform, scaled as its inverse would be. */
export const opposite = (norm: FftNorm): FftNorm =>
  norm === "ortho" ? norm : norm === "forward" ? "backward" : "forward";

const both = (x: Complex, f: (part: Tensor) => Tensor): Complex => ({
  real: f(x.real),
  imag: f(x.imag),
});

/** The first `n` elements along the last axis, or all and zeros. */
function resized(x: Tensor, n: number): Tensor {
  const size = x.shape[x.rank - 1]!;
  if (n <= size) return x.narrow(-1, 0, n);
  const widths = x.shape.map((_, i): readonly [number, number] => [
    0,
    i === x.rank - 1 ? n - size : 0,
  ]);
  return x.pad(widths);
}

function complexTransform(
  f: string,
  x: Complex,
  sign: 1 | -1,
  { n, dim = -1, norm = "backward" }: FftOptions,
): Complex {
  const axis = axisOf(f, dim, x.real.rank);
  const length = n ?? x.real.shape[axis]!;
  const last = both(x, (part) => resized(part.transpose(axis, -1), length));
  const scale = scaleOf(norm, length, sign > 0);
  return both(transform(last, sign), (part) => part.mul(scale).transpose(axis, -1));
}

/** The spectrum of a signal: `Σ x[j] · e^(−2πi · j · k / n)`. */
export const fft = (x: Complex, options: FftOptions = {}): Complex =>
  complexTransform("fft", x, -1, options);

/** The signal of a spectrum. */
export const ifft = (x: Complex, options: FftOptions = {}): Complex =>
  complexTransform("ifft", x, 1, options);

/** The first half of the spectrum of a real signal, `⌊n / 2⌋ + 1` elements; the other mirrors it. */
export function rfft(x: Tensor, { n, dim = -1, norm = "backward" }: FftOptions = {}): Complex {
  const axis = axisOf("rfft", dim, x.rank);
  const length = n ?? x.shape[axis]!;
  const { real, imag } = fft({ real: x, imag: x.mul(0) }, { n, dim, norm });
  const half = Math.floor(length / 2) + 1;
  return { real: real.narrow(axis, 0, half), imag: imag.narrow(axis, 0, half) };
}

/** The real signal of the first half of a spectrum; of `2 · (size − 1)` elements unless `n` says. */
export function irfft(x: Complex, { n, dim = -1, norm = "backward" }: FftOptions = {}): Tensor {
  const axis = axisOf("irfft", dim, x.real.rank);
  const length = n ?? 2 * (x.real.shape[axis]! - 1);
  if (length < 1) return refuse("shape", `irfft: a signal of ${length} elements`);
  const half = Math.floor(length / 2) + 1;
  const first = both(x, (part) => resized(part.transpose(axis, -1), half));
  // Element n − k is the conjugate of element k.
  const mirror = (part: Tensor): Tensor => part.narrow(-1, 1, length - half).flip(-1);
  const whole = {
    real: cat([first.real, mirror(first.real)], -1),
    imag: cat([first.imag, mirror(first.imag).neg()], -1),
  };
  return transform(whole, 1)
    .real.mul(scaleOf(norm, length, true))
    .transpose(axis, -1);
}

/** The real spectrum of a signal whose other half mirrors it. */
export function hfft(x: Complex, { n, dim = -1, norm = "backward" }: FftOptions = {}): Tensor {
  return irfft({ real: x.real, imag: x.imag.neg() }, { n, dim, norm: opposite(norm) });
}

/** The first half of the signal of a real spectrum. */
export function ihfft(x: Tensor, { n, dim = -1, norm = "backward" }: FftOptions = {}): Complex {
  const { real, imag } = rfft(x, { n, dim, norm: opposite(norm) });
  return { real, imag: imag.neg() };
}
