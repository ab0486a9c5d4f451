/** Owns the windows that cover an axis evenly. */

/** The size of the result on each axis; null for the input's own. */
export type AdaptiveSize = number | null;
export type AdaptivePair = AdaptiveSize | readonly [AdaptiveSize, AdaptiveSize];
export type AdaptiveTriple = AdaptiveSize | readonly [AdaptiveSize, AdaptiveSize, AdaptiveSize];

/** A size for each of `count` axes. */
export const sizesOf = (
  size: AdaptiveSize | readonly AdaptiveSize[],
  count: number,
): readonly AdaptiveSize[] =>
  typeof size === "number" || size === null ? Array.from({ length: count }, () => size) : size;

/**
 * Where window `i` of `count` begins and how long it is: from `⌊i · size / count⌋` to
 * `⌈(i + 1) · size / count⌉`.
 */
export function windowOf(i: number, count: number, size: number): readonly [number, number] {
  const start = Math.floor((i * size) / count);
  return [start, Math.ceil(((i + 1) * size) / count) - start];
}
