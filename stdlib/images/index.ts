/** Images as typed arrays: to tensors and back. */

export { type FromPixelsOptions, fromPixels } from "./from-pixels.ts";
export type { PixelLayout, Pixels } from "./pixels.ts";
export { type ImagePixels, type ToPixelsOptions, toPixels } from "./to-pixels.ts";
