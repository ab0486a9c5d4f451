/** Owns what an image is to Glim: the bytes of its channels, as canvases and decoders give them, and the checks of it. */

import { refuse } from "../../runtime/eager/refuse.ts";

/**
 * An image as typed array, row by row from the top, one byte a channel: grey, grey and alpha, RGB or RGBA. `ImageData`
 * of a canvas is one, and so is what decoders of PNG and JPEG give.
 */
export interface Pixels {
  readonly data: Uint8ClampedArray | Uint8Array;
  readonly width: number;
  readonly height: number;
  /** Bytes a pixel; where it is left out, the length of `data` tells. */
  readonly channels?: number;
}

/** The place of the channels in a tensor: "chw" is PyTorch's order, "hwc" that of TensorFlow. */
export type PixelLayout = "chw" | "hwc";

/** What both ways share. */
export interface PixelScale {
  /** "chw" by default. */
  readonly layout?: PixelLayout;
  /** The mean of each channel, or of all, that is taken off when reading; 0 by default. */
  readonly mean?: number | readonly number[];
  /** The standard deviation of each channel, or of all, by which is divided when reading; 1 by default. */
  readonly std?: number | readonly number[];
}

/** How many channels `image` has; refuses what is no image. */
export function channelsOf(image: Pixels, call: string): number {
  const { data, width, height, channels }: Partial<Pixels> = Object(image);
  const kind = kindOf(data);
  if (kind !== "Uint8Array" && kind !== "Uint8ClampedArray") {
    const due = "a Uint8ClampedArray or Uint8Array with a byte for each channel";
    const hint = data === undefined ? "; a canvas gives one by getImageData" : "";
    refuse("argument", `${call}: image.data is ${kind}, not ${due}${hint}`);
  }
  for (const [name, size] of [["width", width] as const, ["height", height] as const]) {
    if (!(Number.isSafeInteger(size) && size! > 0)) {
      refuse("argument", `${call}: image.${name} is ${size}, not a whole number above 0`);
    }
  }
  const found = data!.length / (width! * height!);
  if (!possible.includes(found)) {
    const due = "1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGBA) for each";
    const has = `image.data has ${data!.length} bytes for ${width} × ${height} pixels`;
    refuse("shape", `${call}: ${has}; ${due} are due`);
  }
  if (channels !== undefined && channels !== found) {
    const has = `image.data has ${found} bytes for each of ${width} × ${height} pixels`;
    refuse("shape", `${call}: image.channels is ${channels}, but ${has}`);
  }
  return found;
}

const possible: readonly number[] = [1, 2, 3, 4];

/** The class of typed arrays, also of those of another window. */
const kindOf = (v: unknown): string => {
  const { [Symbol.toStringTag]: name }: { [Symbol.toStringTag]?: unknown } = Object(v);
  return typeof name === "string" ? name : Array.isArray(v) ? "an array" : typeof v;
};

export function checkLayout(layout: PixelLayout, call: string): void {
  if (layout === "chw" || layout === "hwc") return;
  refuse("argument", `${call}: layout is ${JSON.stringify(layout)}, not "chw" or "hwc"`);
}

/** One number for each channel. */
export function perChannel(
  name: "mean" | "std",
  given: number | readonly number[],
  channels: number,
  call: string,
): readonly number[] {
  const all: readonly number[] = Array.isArray(given) ? given : Array(channels).fill(given);
  if (all.length !== channels) {
    refuse("shape", `${call}: ${name} has ${all.length} numbers for ${channels} channels`);
  }
  const odd = all.find((n) => !Number.isFinite(n) || (name === "std" && n <= 0));
  if (odd !== undefined) {
    const due = name === "std" ? "a finite number above 0" : "a finite number";
    refuse("argument", `${call}: ${name} has ${odd}, not ${due}`);
  }
  return all;
}
