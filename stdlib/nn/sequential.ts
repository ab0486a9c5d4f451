/** Modules and functions one after another. */

import type { Stage, Tensor } from "../../runtime/eager/tensor-types.ts";
import { Module } from "./module.ts";
import { registered } from "./registered.ts";

/** Passes a tensor through its stages in order. Their parameters are named by position: `0.weight`. */
export class Sequential extends Module {
  readonly stages: readonly Stage[];

  constructor(...stages: readonly Stage[]) {
    super();
    this.stages = stages;
  }

  forward(x: Tensor): Tensor {
    let y = x;
    for (const stage of this.stages) y = y.pipe(stage);
    return y;
  }

  override [registered](): Iterable<readonly [string, unknown]> {
    return Object.entries(this.stages);
  }
}
