/** Losses that ask for a distance: they are 0 where it is large enough. */

import { arange, where } from "../../../runtime/eager/primitives.ts";
import type { AnyTensor, FloatDType } from "../../../runtime/eager/tensor-types.ts";
import { logSigmoid } from "../activation.ts";
import { clamp } from "../clamp.ts";
import { pairwiseDistance } from "../distance.ts";
import { relu } from "../rectifiers.ts";
import { type LossOptions, reduceLosses } from "./reduction.ts";

type Floats = AnyTensor<FloatDType>;

export interface MarginOptions extends LossOptions {
  readonly margin?: number;
}

/** `x` where the target is 1, and `max(0, margin − x)` where it is −1. */
export function hingeEmbedding<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  target: AnyTensor<D>,
  options?: MarginOptions,
): AnyTensor<D>;
export function hingeEmbedding(
  x: Floats,
  target: Floats,
  { margin = 1, reduction = "mean" }: MarginOptions = {},
): Floats {
  const near = where(target.eq(1), x, 0);
  const far = where(target.eq(-1), relu(x.neg().add(margin)), 0);
  return reduceLosses(near.add(far), reduction);
}

/** `max(0, −target · (a − b) + margin)`: 1 asks for a above b, −1 for b above a. */
export function marginRanking<D extends FloatDType = "f32">(
  a: AnyTensor<D>,
  b: AnyTensor<D>,
  target: AnyTensor<D>,
  options?: MarginOptions,
): AnyTensor<D>;
export function marginRanking(
  a: Floats,
  b: Floats,
  target: Floats,
  { margin = 0, reduction = "mean" }: MarginOptions = {},
): Floats {
  return reduceLosses(relu(target.neg().mul(a.sub(b)).add(margin)), reduction);
}

/** `1 − cos(a, b)` where the target is 1, and `max(0, cos(a, b) − margin)` where it is −1. */
export function cosineEmbedding<D extends FloatDType = "f32">(
  a: AnyTensor<D>,
  b: AnyTensor<D>,
  target: AnyTensor<D>,
  options?: MarginOptions,
): AnyTensor<D>;
export function cosineEmbedding(
  a: Floats,
  b: Floats,
  target: Floats,
  { margin = 0, reduction = "mean" }: MarginOptions = {},
): Floats {
  const squares = (x: Floats): Floats => x.square().sum(-1).add(1e-12);
  const cos = a
    .mul(b)
    .sum(-1)
    .div(squares(a).mul(squares(b)).sqrt());
  const near = where(target.eq(1), cos.neg().add(1), 0);
  const far = where(target.eq(-1), relu(cos.sub(margin)), 0);
  return reduceLosses(near.add(far), reduction);
}

export interface TripletOptions extends MarginOptions {
  /** The exponent of the distance; 2 by default. */
  readonly p?: number;
  readonly eps?: number;
  /** Whether the negative may be compared with the positive, if that is nearer. */
  readonly swap?: boolean;
}

/** `max(0, margin + |anchor − positive| − |anchor − negative|)`. */
export function tripletMargin<D extends FloatDType = "f32">(
  anchor: AnyTensor<D>,
  positive: AnyTensor<D>,
  negative: AnyTensor<D>,
  options?: TripletOptions,
): AnyTensor<D>;
export function tripletMargin(
  anchor: Floats,
  positive: Floats,
  negative: Floats,
  { margin = 1, p = 2, eps = 1e-6, swap = false, reduction = "mean" }: TripletOptions = {},
): Floats {
  const far = pairwiseDistance(anchor, negative, { p, eps });
  const between = swap ? far.minimum(pairwiseDistance(positive, negative, { p, eps })) : far;
  const near = pairwiseDistance(anchor, positive, { p, eps });
  return reduceLosses(relu(near.sub(between).add(margin)), reduction);
}

/** `log(1 + e^(−target · x))` for targets 1 and −1. */
export function softMargin<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  target: AnyTensor<D>,
  options?: LossOptions,
): AnyTensor<D>;
export function softMargin(
  x: Floats,
  target: Floats,
  { reduction = "mean" }: LossOptions = {},
): Floats {
  return reduceLosses(logSigmoid(target.mul(x)).neg(), reduction);
}

export interface MultilabelOptions<D extends FloatDType = "f32"> extends LossOptions {
  /** A factor for each class. */
  readonly weight?: AnyTensor<D> | undefined;
}

/** The mean over the classes (the last axis) of the binary cross entropy of `sigmoid(x)`. */
export function multilabelSoftMargin<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  target: AnyTensor<D>,
  options?: MultilabelOptions<D>,
): AnyTensor<D>;
export function multilabelSoftMargin(
  x: Floats,
  target: Floats,
  { weight, reduction = "mean" }: MultilabelOptions<FloatDType> = {},
): Floats {
  const yes = target.mul(logSigmoid(x));
  const no = target.neg().add(1).mul(logSigmoid(x.neg()));
  const losses = yes.add(no).neg();
  const weighted = weight === undefined ? losses : losses.mul(weight);
  return reduceLosses(weighted.mean(-1), reduction);
}

export interface MultiMarginOptions<D extends FloatDType = "f32"> extends MarginOptions {
  /** The exponent, 1 or 2. */
  readonly p?: number;
  /** A factor for each class. */
  readonly weight?: AnyTensor<D> | undefined;
}

/** The mean over the classes (the last axis) of `max(0, margin − x[target] + x)ᵖ`, the target left out. */
export function multiMargin<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  target: AnyTensor<"i32">,
  options?: MultiMarginOptions<D>,
): AnyTensor<D>;
export function multiMargin(
  x: Floats,
  target: AnyTensor<"i32">,
  { p = 1, margin = 1, weight, reduction = "mean" }: MultiMarginOptions<FloatDType> = {},
): Floats {
  const classes = x.shape[x.rank - 1]!;
  const column = target.unsqueeze(-1);
  const gaps = relu(x.sub(x.gather(-1, column)).add(margin));
  const powers = p === 1 ? gaps : gaps.pow(p);
  const weighted = weight === undefined ? powers : powers.mul(weight.take(column));
  const others = where(column.eq(arange(classes)), 0, weighted);
  return reduceLosses(others.mean(-1), reduction);
}

/**
 * `target` lists classes, up to the first −1; the loss is the sum over each of them and each other class
 * of `max(0, 1 − x[listed] + x[other])`, divided by the number of classes.
 */
export function multilabelMargin<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  target: AnyTensor<"i32">,
  options?: LossOptions,
): AnyTensor<D>;
export function multilabelMargin(
  x: Floats,
  target: AnyTensor<"i32">,
  { reduction = "mean" }: LossOptions = {},
): Floats {
  if (x.rank === 0) return multilabelMargin(x.reshape([1]), target.reshape([1]), { reduction });
  const classes = x.shape[x.rank - 1]!;
  const places = arange(classes);
  // The first −1 ends the list; the position after the last ends one without.
  const ends = where(target.lt(0), places, classes).min(-1, { keepDim: true });
  const isListed = places.lt(ends);
  const listed = clamp(target, 0);
  const isTarget = listed.unsqueeze(-1).eq(places).to("f32").mul(isListed.unsqueeze(-1).to("f32"));
  const isOther = isTarget.max(-2, { keepDim: true }).eq(0);
  const gaps = relu(x.unsqueeze(-2).sub(x.gather(-1, listed).unsqueeze(-1)).add(1));
  const counts = isListed.unsqueeze(-1).logicalAnd(isOther);
  return reduceLosses(where(counts, gaps, 0).sum([-2, -1]).div(classes), reduction);
}

export interface TripletDistanceOptions<D extends FloatDType = "f32"> extends MarginOptions {
  /** How far two tensors are apart; `pairwiseDistance` by default. */
  readonly distance?: (a: AnyTensor<D>, b: AnyTensor<D>) => AnyTensor<D>;
  readonly swap?: boolean;
}

/** `tripletMargin` with a distance of one's own. */
export function tripletMarginWithDistance<D extends FloatDType = "f32">(
  anchor: AnyTensor<D>,
  positive: AnyTensor<D>,
  negative: AnyTensor<D>,
  options?: TripletDistanceOptions<D>,
): AnyTensor<D>;
export function tripletMarginWithDistance(
  anchor: Floats,
  positive: Floats,
  negative: Floats,
  {
    distance = pairwiseDistance,
    margin = 1,
    swap = false,
    reduction = "mean",
  }: TripletDistanceOptions<FloatDType> = {},
): Floats {
  const far = distance(anchor, negative);
  const between = swap ? far.minimum(distance(positive, negative)) : far;
  return reduceLosses(relu(distance(anchor, positive).sub(between).add(margin)), reduction);
}
