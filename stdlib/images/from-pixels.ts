/** Makes tensors of images. */

import { tensor } from "../../runtime/eager/from-data.ts";
import { refuse } from "../../runtime/eager/refuse.ts";
import type { AnyTensor } from "../../runtime/eager/tensor-types.ts";
import { channelsOf, checkLayout, type PixelScale, type Pixels, perChannel } from "./pixels.ts";

export interface FromPixelsOptions<D extends "f32" | "u8" = "f32" | "u8"> extends PixelScale {
  /** "f32", from 0 to 1, or "u8", the bytes as they are. */
  readonly dtype?: D;
  /**
   * Of the tensor: 1, 3 or 4. By default those of the image without alpha. Grey becomes three equal channels; colours
   * become grey by Pillow's weights, (19595·R + 38470·G + 7471·B + 32768) >> 16; alpha is opaque where there is none.
   */
  readonly channels?: 1 | 3 | 4;
}

/**
 * The tensor of an image: f32[C, H, W] from 0 to 1, as torchvision's `to_tensor`, with the same bits. `mean` and `std`
 * normalise as torchvision's `normalize` does: `(byte / 255 − mean) / std`, each step rounded to f32.
 */
export function fromPixels<D extends "f32" | "u8" = "f32">(
  image: Pixels,
  options?: FromPixelsOptions<D>,
): AnyTensor<D>;
export function fromPixels(image: Pixels, options: FromPixelsOptions = {}): AnyTensor {
  const found = channelsOf(image, "fromPixels");
  const { dtype = "f32", layout = "chw", channels = found < 3 ? 1 : 3 } = options;
  checkLayout(layout, "fromPixels");
  if (channels !== 1 && channels !== 3 && channels !== 4) {
    refuse("argument", `fromPixels: channels is ${String(channels)}, not 1, 3 or 4`);
  }
  const { width, height } = image;
  const shape = layout === "chw" ? [channels, height, width] : [height, width, channels];
  const place = placesOf(layout, width * height, channels);
  const length = width * height * channels;
  const tables = tablesOf(dtype, channels, options);
  const to = tables === undefined ? new Uint8Array(length) : new Float32Array(length);
  for (let c = 0; c < channels; c++) {
    const table = tables?.[c];
    const read = readerOf(image.data, found, channels, c);
    for (let i = 0, at = place.first(c); i < width * height; i++, at += place.step) {
      const byte = read(i);
      to[at] = table === undefined ? byte : table[byte]!;
    }
  }
  return to instanceof Uint8Array ? tensor(to, shape) : tensor(to, shape);
}

/** Where each channel begins, and how far its elements lie apart. */
const placesOf = (layout: "chw" | "hwc", pixels: number, channels: number) =>
  layout === "chw"
    ? { first: (c: number): number => c * pixels, step: 1 }
    : { first: (c: number): number => c, step: channels };

/** What each byte becomes in each channel; undefined where bytes stay. */
function tablesOf(
  dtype: "f32" | "u8",
  channels: number,
  { mean, std }: PixelScale,
): readonly Float32Array[] | undefined {
  if (dtype === "u8") {
    if (mean === undefined && std === undefined) return undefined;
    const given = mean === undefined ? "std" : "mean";
    return refuse("dtype", `fromPixels: ${given} is given for u8; numbers that are scaled are f32`);
  }
  if (dtype !== "f32") {
    return refuse("dtype", `fromPixels: dtype is ${JSON.stringify(dtype)}, not "f32" or "u8"`);
  }
  const means = perChannel("mean", mean ?? 0, channels, "fromPixels");
  const stds = perChannel("std", std ?? 1, channels, "fromPixels");
  // Storing an element rounds it, so each of the three steps is one of f32.
  return means.map((m, c) => {
    const table = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);
    const [taken, divisor] = [Math.fround(m), Math.fround(stds[c]!)];
    return table.map((x) => x - taken).map((x) => x / divisor);
  });
}

/** Reads channel `c` of `wanted` of a pixel that has `found`. */
function readerOf(
  data: Uint8ClampedArray | Uint8Array,
  found: number,
  wanted: number,
  c: number,
): (pixel: number) => number {
  const own = (channel: number) => (i: number) => data[i * found + channel]!;
  const isGrey = found < 3;
  if (c === 3) return found === 2 || found === 4 ? own(found - 1) : () => 255;
  if (isGrey) return own(0);
  if (wanted > 1) return own(c);
  const [red, green, blue] = [own(0), own(1), own(2)];
  return (i) => (19595 * red(i) + 38470 * green(i) + 7471 * blue(i) + 32768) >> 16;
}
