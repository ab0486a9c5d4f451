/** Owns the initial weights that were drawn before, for programs that are loaded again and again. */

import type { Elements } from "../../runtime/eager/elements.ts";

export class KeptDraws {
  #before: ReadonlyMap<string, Elements> = new Map();
  #drawn = new Map<string, Elements>();

  /** Begins a program. What two programs in a row do not need is forgotten. */
  begin(): void {
    // A program that has failed before any was needed says nothing of the next one.
    if (this.#drawn.size === 0) return;
    this.#before = this.#drawn;
    this.#drawn = new Map();
  }

  /** What `draw` gives; `key` says all that it depends on. */
  of(key: string, draw: () => Elements): Elements {
    const elements = this.#drawn.get(key) ?? this.#before.get(key) ?? draw();
    this.#drawn.set(key, elements);
    return elements;
  }
}
