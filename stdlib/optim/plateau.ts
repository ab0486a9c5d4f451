/** A rate that falls when a measure gets no better. */

import { atLeastZero, refuse } from "./optimizer.ts";

export interface PlateauOptions {
  /** The first rate. */
  readonly lr: number;
  /** Whether less or more is better; less by default. */
  readonly mode?: "min" | "max";
  /** What the rate is multiplied by. */
  readonly factor?: number;
  /** How many measures in a row may be no better. */
  readonly patience?: number;
  /** By how much a measure must be better to count: a share of the best one, or with `abs` the difference itself. */
  readonly threshold?: number;
  readonly thresholdMode?: "rel" | "abs";
  /** How many measures do not count after the rate fell. */
  readonly cooldown?: number;
  readonly floor?: number;
  /** A change of the rate that is no more than this is left out. */
  readonly eps?: number;
}

/** `opt.lr = plateau.after(loss)`, once for each measure. */
export class ReduceOnPlateau {
  lr: number;
  /** The best measure so far. */
  best: number;
  /** How many measures in a row were no better. */
  bad = 0;
  /** How many measures will not count. */
  cooling = 0;
  private readonly options: PlateauOptions;

  constructor(options: PlateauOptions) {
    this.lr = atLeastZero("lr", options.lr);
    const { factor = 0.1 } = options;
    if (!(factor >= 0 && factor < 1)) refuse(`factor must be below 1, not ${factor}`);
    this.best = options.mode === "max" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    this.options = options;
  }

  /** The rate after another measure. */
  after(measure: number): number {
    const { factor = 0.1, patience = 10, cooldown = 0, floor = 0, eps = 1e-8 } = this.options;
    if (this.isBetter(measure)) {
      this.best = measure;
      this.bad = 0;
    } else this.bad += 1;
    if (this.cooling > 0) {
      this.cooling -= 1;
      this.bad = 0;
    }
    if (this.bad > patience) {
      const lower = Math.max(this.lr * factor, floor);
      if (this.lr - lower > eps) this.lr = lower;
      this.cooling = cooldown;
      this.bad = 0;
    }
    return this.lr;
  }

  private isBetter(measure: number): boolean {
    const { mode = "min", threshold = 1e-4, thresholdMode = "rel" } = this.options;
    const sign = mode === "min" ? -1 : 1;
    const bound =
      thresholdMode === "rel" ? this.best * (1 + sign * threshold) : this.best + sign * threshold;
    return mode === "min" ? measure < bound : measure > bound;
  }
}
