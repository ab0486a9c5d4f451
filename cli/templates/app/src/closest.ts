import type { Model } from "../gen/colors.js";

const names = ["black", "white", "red", "green", "blue", "yellow", "orange", "purple"];
const palette = Float32Array.of(
  ...[0, 0, 0, 1, 1, 1, 0.8, 0.1, 0.1, 0.1, 0.6, 0.2],
  ...[0.1, 0.2, 0.8, 1, 0.9, 0.1, 1, 0.6, 0.1, 0.5, 0.1, 0.6],
);

/** The name of the color of the palette that is least far from `color`. */
export function closest(model: Model, color: Float32Array): string {
  const { data } = model.distances(color, palette);
  return names[data.indexOf(Math.min(...data))] ?? "";
}

/** `#ff8000` as red, green and blue from 0 to 1. */
export const parseColor = (text: string): Float32Array =>
  Float32Array.from([1, 3, 5], (at) => Number.parseInt(text.slice(at, at + 2), 16) / 255);
