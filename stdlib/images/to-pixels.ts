/** Makes images of tensors. */

import { refuse } from "../../runtime/eager/refuse.ts";
import type { AnyTensor } from "../../runtime/eager/tensor-types.ts";
import {
  checkLayout,
  type PixelLayout,
  type PixelScale,
  type Pixels,
  perChannel,
} from "./pixels.ts";

export interface ToPixelsOptions extends PixelScale {
  /** Of the image: 4 (RGBA) by default, as canvases want it; 1 (grey) and 3 (RGB) for encoders. */
  readonly channels?: 1 | 3 | 4;
}

/** An image that `new ImageData(data, width, height)` takes, if it has 4 channels. */
export interface ImagePixels extends Pixels {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  readonly channels: number;
}

/**
 * The image of a tensor [C, H, W] (or "hwc") of 1, 3 or 4 channels, or [H, W] of grey. Floats from 0 to 1 become bytes,
 * `(x · std + mean) · 255` computed in f64; false and true become 0 and 255; integers are bytes as they are. All are
 * rounded to the nearest byte, ties to even, what is below 0 becomes 0, what is above 255 becomes 255, and NaN 0.
 */
export function toPixels(x: AnyTensor, options: ToPixelsOptions = {}): ImagePixels {
  if (x?.rank === undefined) refuse("argument", "toPixels: x is not a tensor");
  const from = x.toTypedArray();
  const { layout = "chw", channels = 4 } = options;
  checkLayout(layout, "toPixels");
  if (channels !== 1 && channels !== 3 && channels !== 4) {
    refuse("argument", `toPixels: channels is ${String(channels)}, not 1, 3 or 4`);
  }
  const { found, height, width, step, first } = placesOf(x, layout);
  if (channels === 1 && found !== 1) {
    const fix = "x.mean(0, { keepDim: true }) makes grey of colours";
    refuse("shape", `toPixels: channels is 1, but x has ${found} channels; ${fix}`);
  }
  const scale = scaleOf(x, found, options);
  const pixels = width * height;
  const data = new Uint8ClampedArray(pixels * channels);
  for (let c = 0; c < channels; c++) {
    const own = found === 1 && c < 3 ? 0 : c;
    if (own >= found) {
      for (let i = 0; i < pixels; i++) data[i * channels + c] = 255;
      continue;
    }
    const [std, mean] = [scale.stds[own]!, scale.means[own]!];
    // Storing in a Uint8ClampedArray rounds and clamps as the comment above says.
    for (let i = 0, at = first(own); i < pixels; i++, at += step) {
      data[i * channels + c] = (from[at]! * std + mean) * scale.unit;
    }
  }
  return { data, width, height, channels };
}

interface Places {
  readonly found: number;
  readonly height: number;
  readonly width: number;
  /** Where a channel begins, and how far its elements lie apart. */
  readonly first: (channel: number) => number;
  readonly step: number;
}

function placesOf({ rank, shape, dtype }: AnyTensor, layout: PixelLayout): Places {
  const what = `${dtype}[${shape}]`;
  if (rank !== 2 && rank !== 3) {
    const fix = rank === 4 ? "; x.at(0) is the first of several" : "";
    refuse("shape", `toPixels: x is ${what}, neither [H, W] nor one image with channels${fix}`);
  }
  const [c, h, w] =
    rank === 2 ? [1, 0, 1] : layout === "chw" ? [shape[0]!, 1, 2] : [shape[2]!, 0, 1];
  if (c !== 1 && c !== 3 && c !== 4) {
    const order = layout === "chw" ? "[C, H, W]" : "[H, W, C]";
    refuse(
      "shape",
      `toPixels: x is ${what} with layout "${layout}", ${order}: C is ${c}, not 1, 3 or 4`,
    );
  }
  const [height, width] = [shape[h]!, shape[w]!];
  if (height === 0 || width === 0)
    refuse("shape", `toPixels: x is ${what}, an image without pixels`);
  const isPlanar = rank === 2 || layout === "chw";
  const first = isPlanar ? (i: number) => i * height * width : (i: number) => i;
  return { found: c, height, width, first, step: isPlanar ? 1 : c };
}

interface Scale {
  readonly means: readonly number[];
  readonly stds: readonly number[];
  readonly unit: number;
}

/** What elements are multiplied by; only floats were normalised. */
function scaleOf({ dtype }: AnyTensor, channels: number, { mean, std }: PixelScale): Scale {
  const isFloat = dtype === "f32" || dtype === "f64";
  const given = mean !== undefined ? "mean" : std !== undefined ? "std" : undefined;
  if (!isFloat && given !== undefined) {
    refuse(
      "dtype",
      `toPixels: ${given} is given for ${dtype}; numbers that were scaled are floats`,
    );
  }
  return {
    means: perChannel("mean", mean ?? 0, channels, "toPixels"),
    stds: perChannel("std", std ?? 1, channels, "toPixels"),
    unit: isFloat || dtype === "bool" ? 255 : 1,
  };
}
