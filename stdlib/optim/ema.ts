/** Averages of parameters over the steps of training, which often predict better than the last ones. */

import { asValue } from "../../runtime/eager/tensor.ts";
import type { AnyTensor } from "../../runtime/eager/tensor-types.ts";
import type { StateDict } from "../files/read-state-dict.ts";
import { Buffer, type Parameter } from "../nn/cells.ts";
import { matchStateDict } from "../nn/match-state-dict.ts";
import { share } from "./optimizer.ts";
import { buffersOf } from "./state-buffers.ts";

/** Exponential moving averages: `a ← decay·a + (1 − decay)·p` at each `update`. They start as the parameters. */
export class EMA {
  readonly parameters: readonly Parameter[];
  readonly decay: number;
  readonly average: readonly Buffer[];

  constructor(parameters: readonly Parameter[], { decay = 0.999 }: { decay?: number } = {}) {
    this.parameters = parameters;
    this.decay = share("decay", decay);
    this.average = parameters.map((p) => new Buffer(p));
  }

  /** Takes the parameters' values in, after a step of an optimiser. */
  update(): void {
    const { decay } = this;
    for (let i = 0; i < this.parameters.length; i++) {
      const average = this.average[i]!;
      average.assign(average.mul(decay).add(this.parameters[i]!.mul(1 - decay)));
    }
  }

  /** Runs `f` while the parameters have their averages as values. Eager only. */
  averaged<R>(f: () => R): R {
    const kept = this.parameters.map((p) => new Buffer(p));
    this.parameters.forEach((p, i) => {
      p.assign(this.average[i]!);
    });
    try {
      return f();
    } finally {
      this.parameters.forEach((p, i) => {
        p.assign(kept[i]!);
      });
    }
  }

  /** The averages by position. */
  stateDict(): Map<string, AnyTensor> {
    return new Map(buffersOf(this).map(([name, cell]) => [name, asValue(cell)]));
  }

  /** Takes what `stateDict` gave. Where something does not fit, nothing changes. */
  loadStateDict(stateDict: StateDict): void {
    const what = { source: "the state dict", target: "EMA" };
    const { values } = matchStateDict(stateDict, new Map(buffersOf(this)), {}, what);
    for (const [cell, value] of values) cell.assign(value);
  }
}
