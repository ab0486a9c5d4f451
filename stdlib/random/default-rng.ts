/** The generator that layers draw their initial weights from. */

import type { KeptDraws } from "./kept-draws.ts";
import { Rng } from "./rng.ts";

let current: Rng | undefined;
let forks = 0;
let kept: KeptDraws | undefined;

/** The default generator: seed 0, unless `seed` was called. */
export function defaultRng(): Rng {
  current ??= new Rng(0);
  return current;
}

/** Starts the default generator again from `n`: the layers made after it are the same each time. */
export function seed(n: number): void {
  current = new Rng(n);
  forks = 0;
}

/** A generator for one layer alone. The default one stays where it is, so initial weights do not depend on it. */
export function forkDefault(): Rng {
  const made = defaultRng().fork(forks);
  forks += 1;
  return made;
}

/** What was drawn before, in the place of which nothing need be drawn. */
export const keptDraws = (): KeptDraws | undefined => kept;

/**
 * Begins with seed 0, as a new process does, and with what is kept of earlier times. What is returned puts back
 * the generator that there was.
 */
export function startAnew(draws?: KeptDraws): () => void {
  const [rng, count, before] = [current, forks, kept];
  current = undefined;
  forks = 0;
  kept = draws;
  return () => {
    current = rng;
    forks = count;
    kept = before;
  };
}
