/** Learning rates as functions of the step, which counts from 0. `opt.lr = optim.cosine(step, …)` */

import { math } from "../../runtime/eager/math.ts";

export interface DecayOptions {
  /** From this step on the rate is `floor`. */
  readonly steps: number;
  /** The greatest rate. */
  readonly peak: number;
  /** How many steps lead up to the peak, which the last of them reaches. */
  readonly warmup?: number;
  readonly floor?: number;
}

/** Up to the peak in a straight line, then down to the floor along half a cosine. */
export function cosine(step: number, { steps, peak, warmup = 0, floor = 0 }: DecayOptions): number {
  if (step < warmup) return peak * warmUp(step, warmup);
  const done = Math.min((step - warmup) / Math.max(steps - warmup, 1), 1);
  return alongCosine(peak, floor, done);
}

/** Up to the peak in a straight line, then down to the floor in another. */
export function linear(step: number, { steps, peak, warmup = 0, floor = 0 }: DecayOptions): number {
  if (step < warmup) return peak * warmUp(step, warmup);
  const done = Math.min((step - warmup) / Math.max(steps - warmup, 1), 1);
  return peak + (floor - peak) * done;
}

/** A factor for any rate: 1/steps, 2/steps … up to 1, which it keeps. */
export function warmUp(step: number, steps: number): number {
  return step + 1 < steps ? (step + 1) / steps : 1;
}

/** `initial · factor^⌊step / every⌋` */
export function stepDecay(
  step: number,
  { initial, every, factor = 0.1 }: { initial: number; every: number; factor?: number },
): number {
  return initial * math.pow(factor, Math.floor(step / every));
}

/** `initial · factor^step` */
export function exponential(
  step: number,
  { initial, factor }: { initial: number; factor: number },
): number {
  return initial * math.pow(factor, step);
}

export interface OneCycleOptions {
  readonly steps: number;
  readonly peak: number;
  /** The share of the steps that lead up to the peak. */
  readonly rise?: number;
  /** The first rate; `peak / 25` by default. */
  readonly start?: number;
  /** The last rate; `start / 10⁴` by default. */
  readonly end?: number;
}

/** Up to the peak and down to nearly nothing, both along half a cosine (Smith and Topin). */
export function oneCycle(step: number, options: OneCycleOptions): number {
  const { steps, peak, rise = 0.3 } = options;
  const start = options.start ?? peak / 25;
  const end = options.end ?? start / 1e4;
  const top = rise * steps - 1;
  if (step <= top) return alongCosine(start, peak, step / top);
  return alongCosine(peak, end, Math.min((step - top) / (steps - 1 - top), 1));
}

/** From `a` (done = 0) to `b` (done = 1), slowly at both ends. */
const alongCosine = (a: number, b: number, done: number): number =>
  b + ((a - b) / 2) * (1 + math.cos(Math.PI * done));
