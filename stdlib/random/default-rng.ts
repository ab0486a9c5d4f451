/** The generator that layers draw their initial weights from. */

import { Rng } from "./rng.ts";

let current: Rng | undefined;

/** The default generator: seed 0, unless `seed` was called. */
export function defaultRng(): Rng {
  current ??= new Rng(0);
  return current;
}

/** Starts the default generator again from `n`: the layers made after it are the same each time. */
export function seed(n: number): void {
  current = new Rng(n);
}
