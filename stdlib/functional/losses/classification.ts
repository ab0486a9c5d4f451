/** Losses of predicted classes. */

import { where } from "../../../runtime/eager/primitives.ts";
import { demand, refuse } from "../../../runtime/eager/refuse.ts";
import type { AnyTensor, DType, FloatDType } from "../../../runtime/eager/tensor-types.ts";
import { logSoftmax } from "../softmax.ts";
import { type LossOptions, type Reduction, reduceLosses } from "./reduction.ts";

type Floats = AnyTensor<FloatDType>;

export interface NllOptions<D extends FloatDType = "f32"> extends LossOptions {
  /** A factor for each class. */
  readonly weight?: AnyTensor<D> | undefined;
  /** Targets of this class count for nothing; −100 by default. */
  readonly ignoreIndex?: number;
}

/**
 * The negative log likelihood of `target`, classes, under `x: [batch, classes, …]`, logarithms of
 * probabilities. The mean is over the weights of the targets that are not ignored.
 */
export function nll<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  target: AnyTensor<"i32">,
  options?: NllOptions<D>,
): AnyTensor<D>;
export function nll(
  x: Floats,
  target: AnyTensor<"i32">,
  { weight, ignoreIndex = -100, reduction = "mean" }: NllOptions<FloatDType> = {},
): Floats {
  const { losses, weights } = classLosses("nll", x, target, weight, ignoreIndex);
  return weightedMean(losses, weights, reduction);
}

export interface CrossEntropyOptions<D extends FloatDType = "f32"> extends NllOptions<D> {
  /** The share of each target that is spread over all classes; 0 by default. */
  readonly labelSmoothing?: number;
}

/**
 * The cross entropy of `x: [batch, classes, …]`, scores, and `target`: classes (i32, without the axis of
 * classes), or probabilities (f32, of the same shape).
 */
export function crossEntropy<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  target: AnyTensor<NoInfer<D>> | AnyTensor<"i32">,
  options?: CrossEntropyOptions<D>,
): AnyTensor<D>;
export function crossEntropy(
  x: Floats,
  target: Floats | AnyTensor<"i32">,
  {
    labelSmoothing = 0,
    weight,
    ignoreIndex = -100,
    reduction = "mean",
  }: CrossEntropyOptions<FloatDType> = {},
): Floats {
  const axis = classAxis("crossEntropy", x);
  const given: DType = target.dtype;
  if (given !== "i32" && given !== x.dtype) {
    const message = `crossEntropy: target is ${given}; classes are i32, and probabilities ${x.dtype} as x`;
    return refuse("dtype", message);
  }
  const logs = logSoftmax(x, axis);
  const classes = x.shape[axis]!;
  if (target.dtype !== "i32") {
    checkFactors("crossEntropy", weight, x, axis);
    checkShares(x, target);
    const wanted =
      labelSmoothing === 0
        ? target
        : target.mul(1 - labelSmoothing).add((1 / classes) * labelSmoothing);
    const terms = logs.mul(wanted as Floats);
    const losses = weighted(terms, weight).sum(axis).neg();
    if (reduction !== "mean") return reduceLosses(losses, reduction);
    return losses.mean();
  }
  const { losses, weights, isCounted } = classLosses(
    "crossEntropy",
    logs,
    target as AnyTensor<"i32">,
    weight,
    ignoreIndex,
  );
  if (labelSmoothing === 0) return weightedMean(losses, weights, reduction);
  const spread = where(isCounted, weighted(logs, weight).sum(axis).neg(), 0);
  const smooth = losses.mul(1 - labelSmoothing).add(spread.mul(labelSmoothing / classes));
  return weightedMean(smooth, weights, reduction);
}

/** The axis of classes: 1, or 0 where there is no batch. */
function classAxis(f: string, x: Floats): number {
  if (x.rank === 0) return refuse("shape", `${f}: a rank-0 tensor has no classes`);
  return x.rank === 1 ? 0 : 1;
}

interface ClassLosses {
  readonly losses: Floats;
  /** What each loss counts in the mean; 0 for ignored targets. */
  readonly weights: Floats;
  readonly isCounted: AnyTensor<"bool">;
}

function classLosses(
  f: string,
  logs: Floats,
  target: AnyTensor<"i32">,
  weight: Floats | undefined,
  ignoreIndex: number,
): ClassLosses {
  const axis = classAxis(f, logs);
  if (target.rank !== logs.rank - 1) {
    return refuse("shape", `${f}: classes of rank ${target.rank} for scores of rank ${logs.rank}`);
  }
  for (const [i, size] of target.shape.entries()) {
    const found = logs.shape[i < axis ? i : i + 1]!;
    demand(size === found, `${f}: target has size ${size} on axis ${i}, and x ${found} there`);
  }
  checkFactors(f, weight, logs, axis);
  const isCounted = target.ne(ignoreIndex);
  const classes = where(isCounted, target, 0);
  const picked = logs.gather(axis, classes.unsqueeze(axis)).squeeze(axis).neg();
  const plain = isCounted.to("f32");
  const weights = weight === undefined ? plain : where(isCounted, weight.take(classes), 0);
  const losses = where(isCounted, weight === undefined ? picked : picked.mul(weights), 0);
  return { losses, weights, isCounted };
}

/** Probabilities would be repeated to the shape of `x`, which is never meant. */
function checkShares(x: Floats, target: AnyTensor): void {
  if (target.rank !== x.rank) {
    refuse(
      "shape",
      `crossEntropy: target has ${target.rank} axes, and probabilities ${x.rank} as x`,
    );
  }
  target.shape.forEach((size, axis) => {
    const due = x.shape[axis]!;
    demand(
      size === due,
      `crossEntropy: target has size ${size} on axis ${axis}, and x ${due} there`,
    );
  });
}

function checkFactors(f: string, weight: Floats | undefined, x: Floats, axis: number): void {
  if (weight === undefined) return;
  const [given, classes] = [weight.shape[0], x.shape[axis]!];
  demand(given === classes, `${f}: weight has ${given} factors for ${classes} classes`);
}

function weightedMean(losses: Floats, weights: Floats, reduction: Reduction): Floats {
  if (reduction !== "mean") return reduceLosses(losses, reduction);
  return losses.sum().div(weights.sum());
}

/** Terms times a factor for each class, which are on axis 1, or 0 where there is no batch. */
function weighted(terms: Floats, weight: Floats | undefined): Floats {
  if (weight === undefined) return terms;
  const after = terms.shape.slice(2).map(() => 1);
  return terms.mul(weight.reshape([weight.shape[0], ...after]));
}

export interface BceOptions<D extends FloatDType = "f32"> extends LossOptions {
  /** A factor for each element. */
  readonly weight?: AnyTensor<D> | undefined;
}

/** The binary cross entropy of probabilities. Logarithms count as −100 at least, as in PyTorch. */
export function bce<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  target: AnyTensor<D>,
  options?: BceOptions<D>,
): AnyTensor<D>;
export function bce(
  x: Floats,
  target: Floats,
  { weight, reduction = "mean" }: BceOptions<FloatDType> = {},
): Floats {
  const yes = target.mul(x.log().maximum(-100));
  const no = target.neg().add(1).mul(x.neg().log1p().maximum(-100));
  const losses = yes.add(no).neg();
  return reduceLosses(weight === undefined ? losses : losses.mul(weight), reduction);
}

export interface BceWithLogitsOptions<D extends FloatDType = "f32"> extends BceOptions<D> {
  /** A factor for the positive targets of each class. */
  readonly posWeight?: AnyTensor<D> | undefined;
}

/** The binary cross entropy of `sigmoid(x)`, without overflow. */
export function bceWithLogits<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  target: AnyTensor<D>,
  options?: BceWithLogitsOptions<D>,
): AnyTensor<D>;
export function bceWithLogits(
  x: Floats,
  target: Floats,
  { weight, posWeight, reduction = "mean" }: BceWithLogitsOptions<FloatDType> = {},
): Floats {
  const no = target.neg().add(1).mul(x);
  // log(1 + e^−x)
  const log = x
    .abs()
    .neg()
    .exp()
    .add(1)
    .log()
    .add(where(x.lt(0), x.neg(), 0));
  const yes = posWeight === undefined ? log : log.mul(target.mul(posWeight.sub(1)).add(1));
  const losses = no.add(yes);
  return reduceLosses(weight === undefined ? losses : losses.mul(weight), reduction);
}

export interface KlDivOptions {
  /** Whether the target is given as logarithms. */
  readonly logTarget?: boolean;
  /** `batchmean` divides the sum by the size of the first axis, as the definition does. */
  readonly reduction?: Reduction | "batchmean";
}

/** `target · (log target − x)`: the divergence of a distribution from `x`, logarithms of another. */
export function klDiv<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  target: AnyTensor<D>,
  options?: KlDivOptions,
): AnyTensor<D>;
export function klDiv(
  x: Floats,
  target: Floats,
  { logTarget = false, reduction = "mean" }: KlDivOptions = {},
): Floats {
  const logs = logTarget ? target : where(target.eq(0), 1, target).log();
  const losses = (logTarget ? target.exp() : target).mul(logs.sub(x));
  if (reduction === "batchmean") return losses.sum().div(x.shape[0]);
  return reduceLosses(losses, reduction);
}
