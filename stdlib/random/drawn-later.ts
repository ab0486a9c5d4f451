/**
 * Numbers of the default generator that are drawn when they are first needed: a model that loads its weights never
 * draws those that it would have started from. They are the numbers that drawing at once gives.
 */

import { deferred } from "../../runtime/eager/deferred.ts";
import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import { defaultRng, keptDraws } from "./default-rng.ts";
import { lengthOf, Rng } from "./rng.ts";

/** As `defaultRng().uniform(shape, low, high)`. */
export function uniformLater(shape: readonly number[], low: number, high: number): Tensor {
  const draw = (rng: Rng): Tensor => rng.uniform(shape, low, high);
  return drawnLater(`uniform from ${low} to ${high}`, shape, lengthOf(shape), draw);
}

/** As `defaultRng().normal(shape)`. */
export const normalLater = (shape: readonly number[]): Tensor =>
  drawnLater("normal", shape, 2 * lengthOf(shape), (rng) => rng.normal(shape));

/** `what` says all that `draw` depends on but the shape and the generator, of which it takes `words`. */
function drawnLater(
  what: string,
  shape: readonly number[],
  words: number,
  draw: (rng: Rng) => Tensor,
): Tensor {
  const rng = defaultRng();
  const { seed, position } = rng;
  rng.position += words;
  const make = () => {
    const again = new Rng(seed);
    again.position = position;
    return draw(again).toTypedArray();
  };
  const kept = keptDraws();
  const key = `${what}, [${shape}] of ${seed} at ${position}`;
  return deferred("f32", shape, () => kept?.of(key, make) ?? make());
}
