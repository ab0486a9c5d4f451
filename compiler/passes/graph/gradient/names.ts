/** Owns the names that gradients give in one function: labels of loops, and sizes that a run tells. */

import type { Func, Module } from "../../../graph/ir.ts";
import { sizesBoundIn, sizesOfParams } from "../../../graph/sizes.ts";
import { freshName, labelsIn } from "../../../graph/walk.ts";

export class Names {
  /** The sizes that only a run tells. */
  readonly runSizes: Set<string>;
  readonly #labels: Set<string>;
  readonly #sizes: Set<string>;

  constructor(m: Module, func: Func) {
    this.runSizes = new Set(m.funcs.flatMap((f) => sizesBoundIn(f.body)));
    this.#labels = labelsIn(func.body);
    this.#sizes = new Set([
      ...this.runSizes,
      ...sizesOfParams(m, func),
      ...m.sizes.map((s) => s.name),
    ]);
  }

  readonly newLabel = (): string => freshName("back", this.#labels);

  readonly newSize = (): string => {
    const name = freshName("place", this.#sizes);
    this.runSizes.add(name);
    return name;
  };
}
