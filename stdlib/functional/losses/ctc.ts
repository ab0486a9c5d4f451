/** The loss of connectionist temporal classification. */

import { tensor } from "../../../runtime/eager/from-data.ts";
import { arange, cat, full, maximum, where } from "../../../runtime/eager/primitives.ts";
import { refuse } from "../../../runtime/eager/refuse.ts";
import type { AnyTensor, FloatDType } from "../../../runtime/eager/tensor-types.ts";
import { type LossOptions, reduceLosses } from "./reduction.ts";

type Floats = AnyTensor<FloatDType>;

export interface CtcOptions extends LossOptions {
  /** How many of the steps count for each element of the batch. */
  readonly inputLengths: AnyTensor<"i32">;
  /** How many of the classes in `target` count for each element of the batch. */
  readonly targetLengths: AnyTensor<"i32">;
  /** The class that stands for nothing; 0 by default. */
  readonly blank?: number;
  /** Whether a loss of ∞, of a target that is too long for its input, counts as 0. */
  readonly zeroInfinity?: boolean;
}

/**
 * The negative log likelihood of the classes `target: [batch, labels]` under `x: [steps, batch, classes]`,
 * logarithms of probabilities, over all ways of aligning them (Graves et al. 2006). The mean is over
 * the losses divided by the lengths of their targets.
 */
export function ctc<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  target: AnyTensor<"i32">,
  options: CtcOptions,
): AnyTensor<D>;
export function ctc(
  x: Floats,
  target: AnyTensor<"i32">,
  { inputLengths, targetLengths, blank = 0, zeroInfinity = false, reduction = "mean" }: CtcOptions,
): Floats {
  if (x.rank !== 3 || target.rank !== 2) {
    return refuse("shape", `ctc: takes tensors of rank 3 and 2, not ${x.rank} and ${target.rank}`);
  }
  const { labels, skips } = withBlanks(target, blank);
  const end = targetLengths.mul(2).unsqueeze(-1);
  const places = arange(labels.shape[1]);
  const starts = places.lt(2).logicalAnd(places.le(end));
  let paths = where(starts, scoresOf(x, 0, labels), Number.NEGATIVE_INFINITY);
  for (let step = 1; step < x.shape[0]; step++) {
    const next = added(paths, moved(paths, 1));
    const both = where(skips, added(next, moved(paths, 2)), next);
    const isCounted = inputLengths.gt(step).unsqueeze(-1);
    paths = where(isCounted, both.add(scoresOf(x, step, labels)), paths);
  }
  const last = paths.gather(1, end);
  const before = where(end.gt(0), paths.gather(1, end.sub(1)), Number.NEGATIVE_INFINITY);
  const losses = added(last, before).squeeze(1).neg();
  const counted = zeroInfinity ? where(losses.eq(Number.POSITIVE_INFINITY), 0, losses) : losses;
  if (reduction !== "mean") return reduceLosses(counted, reduction);
  return counted.div(targetLengths.maximum(1)).mean();
}

interface Labels {
  /** The classes with blanks before, between and after. */
  readonly labels: AnyTensor<"i32">;
  /** Where a path may come from two places before: at classes that differ from the one before. */
  readonly skips: AnyTensor<"bool">;
}

function withBlanks(target: AnyTensor<"i32">, blank: number): Labels {
  const [batch, count] = target.shape;
  const blanks = full([batch, count, 1], blank, "i32");
  const pairs = cat([blanks, target.unsqueeze(-1)], -1).reshape([batch, 2 * count]);
  const labels = cat([pairs, full([batch, 1], blank, "i32")], 1);
  const before = labels
    .pad(
      [
        [0, 0],
        [2, 0],
      ],
      { value: blank },
    )
    .narrow(1, 0, 2 * count + 1);
  return { labels, skips: labels.ne(blank).logicalAnd(labels.ne(before)) };
}

/** The scores of the labels at a step. */
const scoresOf = (x: Floats, step: number, labels: AnyTensor<"i32">): Floats =>
  x.take(tensor(step, "i32"), 0).gather(1, labels);

/** The paths that stood `by` places before. */
const moved = (paths: Floats, by: number): Floats =>
  paths
    .pad(
      [
        [0, 0],
        [by, 0],
      ],
      { value: Number.NEGATIVE_INFINITY },
    )
    .narrow(1, 0, paths.shape[1]);

/** `log(eᵃ + eᵇ)`, also of infinities. */
function added(a: Floats, b: Floats): Floats {
  const greatest = maximum(a, b);
  const shift = where(greatest.eq(Number.NEGATIVE_INFINITY), 0, greatest);
  return a.sub(shift).exp().add(b.sub(shift).exp()).log().add(shift);
}
