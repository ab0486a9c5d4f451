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

/** `initial · factor` for the first `steps`, then `initial`. */
export function constant(
  step: number,
  { initial, factor = 1 / 3, steps = 5 }: { initial: number; factor?: number; steps?: number },
): number {
  return step < steps ? initial * factor : initial;
}

/** `initial`, times `factor` for each of the milestones (steps) that are reached. */
export function multiStep(
  step: number,
  {
    initial,
    milestones,
    factor = 0.1,
  }: { initial: number; milestones: readonly number[]; factor?: number },
): number {
  let reached = 0;
  for (const milestone of milestones) if (step >= milestone) reached += 1;
  return initial * math.pow(factor, reached);
}

/** `initial · (1 − step / steps)^power`, and 0 from `steps` on. */
export function polynomial(
  step: number,
  { initial, steps = 5, power = 1 }: { initial: number; steps?: number; power?: number },
): number {
  return initial * math.pow(1 - Math.min(step, steps) / steps, power);
}

/** From the peak down to the floor along half a cosine, again and again: each time takes `factor` times as long. */
export function cosineRestarts(
  step: number,
  {
    steps,
    peak,
    factor = 1,
    floor = 0,
  }: { steps: number; peak: number; factor?: number; floor?: number },
): number {
  let length = steps;
  let done = step;
  while (done >= length) {
    done -= length;
    length *= factor;
  }
  return alongCosine(peak, floor, done / length);
}

export interface CyclicOptions {
  readonly base: number;
  readonly peak: number;
  /** How many steps lead up; 2000 by default. */
  readonly up?: number;
  /** How many steps lead down; as many by default. */
  readonly down?: number;
  /** `triangular2` halves the height each time, `expRange` multiplies it by `gamma` each step. */
  readonly mode?: "triangular" | "triangular2" | "expRange";
  readonly gamma?: number;
}

/** Up to the peak in a straight line and down to the base in another, again and again (Smith). */
export function cyclic(
  step: number,
  { base, peak, up = 2000, down = up, mode = "triangular", gamma = 1 }: CyclicOptions,
): number {
  const total = up + down;
  const cycle = Math.floor(1 + step / total);
  const x = 1 + step / total - cycle;
  const rise = up / total;
  const height = (peak - base) * (x <= rise ? x / rise : (x - 1) / (rise - 1));
  if (mode === "triangular2") return base + height / math.pow(2, cycle - 1);
  if (mode === "expRange") return base + height * math.pow(gamma, step);
  return base + height;
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
