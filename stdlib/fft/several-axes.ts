/** Fourier transforms along several axes, and spectra with their middle in the middle. */

import { arange } from "../../runtime/eager/primitives.ts";
import { refuse } from "../../runtime/eager/refuse.ts";
import type { Axes, Tensor } from "../../runtime/eager/tensor-types.ts";
import { axesOf } from "../functional/axis.ts";
import { roll } from "../functional/repeat.ts";
import { type FftNorm, fft, ifft, irfft, opposite, rfft } from "./one-axis.ts";
import type { Complex } from "./transform.ts";

export interface FftnOptions {
  /** The length along each axis. */
  readonly s?: readonly number[];
  /** The axes: by default all, or as many of the last as there are lengths. */
  readonly dim?: Axes;
  readonly norm?: FftNorm;
}

interface Plan {
  readonly axes: readonly number[];
  /** The length along each axis; undefined for its own. */
  readonly sizes: readonly (number | undefined)[];
}

function planOf(f: string, rank: number, { s, dim }: FftnOptions): Plan {
  const last = s === undefined ? undefined : s.map((_, i) => i - s.length);
  const axes = axesOf(f, dim ?? last, rank);
  if (s !== undefined && s.length !== axes.length) {
    refuse("argument", `${f}: ${s.length} lengths for ${axes.length} axes`);
  }
  return { axes, sizes: axes.map((_, i) => s?.[i]) };
}

/** The transform along several axes. */
export function fftn(x: Complex, options: FftnOptions = {}): Complex {
  const { axes, sizes } = planOf("fftn", x.real.rank, options);
  const norm = options.norm ?? "backward";
  return axes.reduce((y, dim, i) => fft(y, { n: sizes[i], dim, norm }), x);
}

/** The inverse of `fftn`. */
export function ifftn(x: Complex, options: FftnOptions = {}): Complex {
  const { axes, sizes } = planOf("ifftn", x.real.rank, options);
  const norm = options.norm ?? "backward";
  return axes.reduce((y, dim, i) => ifft(y, { n: sizes[i], dim, norm }), x);
}

/** The transform of a real tensor along several axes: the first half along the last of them. */
export function rfftn(x: Tensor, options: FftnOptions = {}): Complex {
  const { axes, sizes } = planOf("rfftn", x.rank, options);
  const norm = options.norm ?? "backward";
  const last = axes.length - 1;
  const half = rfft(x, { n: sizes[last], dim: axes[last]!, norm });
  return axes.slice(0, last).reduce((y, dim, i) => fft(y, { n: sizes[i], dim, norm }), half);
}

/** The inverse of `rfftn`. */
export function irfftn(x: Complex, options: FftnOptions = {}): Tensor {
  const { axes, sizes } = planOf("irfftn", x.real.rank, options);
  const norm = options.norm ?? "backward";
  const last = axes.length - 1;
  const half = axes.slice(0, last).reduce((y, dim, i) => ifft(y, { n: sizes[i], dim, norm }), x);
  return irfft(half, { n: sizes[last], dim: axes[last]!, norm });
}

/** The real spectrum along several axes of a signal whose other half mirrors it. */
export function hfftn(x: Complex, { s, dim, norm = "backward" }: FftnOptions = {}): Tensor {
  const options = { norm: opposite(norm) };
  const axes = dim === undefined ? options : { ...options, dim };
  return irfftn({ real: x.real, imag: x.imag.neg() }, s === undefined ? axes : { ...axes, s });
}

/** The spectrum with frequency 0 in the middle of the axes `dim`; all by default. */
export function fftshift(x: Tensor, dim?: Axes): Tensor {
  const axes = axesOf("fftshift", dim, x.rank);
  return axes.reduce((y, axis) => roll(y, Math.floor(x.shape[axis]! / 2), axis), x);
}

/** The inverse of `fftshift`. */
export function ifftshift(x: Tensor, dim?: Axes): Tensor {
  const axes = axesOf("ifftshift", dim, x.rank);
  return axes.reduce((y, axis) => roll(y, -Math.floor(x.shape[axis]! / 2), axis), x);
}

/** The frequency of each element of a spectrum of `n` samples that are `d` apart. */
export function fftfreq(n: number, d = 1): Tensor {
  const positive = Math.floor((n + 1) / 2);
  const places = arange(n);
  return places.sub(places.ge(positive).to("i32").mul(n)).div(n * d);
}

/** The same for the first half of a spectrum. */
export function rfftfreq(n: number, d = 1): Tensor {
  return arange(Math.floor(n / 2) + 1).div(n * d);
}

/** What the transforms of images take: the axes are the last two, unless others are given. */
export interface Fft2Options {
  /** The length along each axis. */
  readonly s?: readonly [number, number];
  readonly dim?: readonly [number, number];
  readonly norm?: FftNorm;
}

const lastTwo = { dim: [-2, -1] } as const;

/** The transform along two axes. */
export const fft2 = (x: Complex, options: Fft2Options = {}): Complex =>
  fftn(x, { ...lastTwo, ...options });

/** The inverse of `fft2`. */
export const ifft2 = (x: Complex, options: Fft2Options = {}): Complex =>
  ifftn(x, { ...lastTwo, ...options });

/** The transform of a real tensor along two axes: the first half along the last of them. */
export const rfft2 = (x: Tensor, options: Fft2Options = {}): Complex =>
  rfftn(x, { ...lastTwo, ...options });

/** The inverse of `rfft2`. */
export const irfft2 = (x: Complex, options: Fft2Options = {}): Tensor =>
  irfftn(x, { ...lastTwo, ...options });
