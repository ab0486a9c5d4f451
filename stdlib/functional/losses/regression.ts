/** Losses of predicted values. */

import { where } from "../../../runtime/eager/primitives.ts";
import type { AnyTensor, FloatDType } from "../../../runtime/eager/tensor-types.ts";
import { clamp } from "../clamp.ts";
import { type LossOptions, reduceLosses } from "./reduction.ts";

type Floats = AnyTensor<FloatDType>;

/** The squared error. */
export function mse<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  target: AnyTensor<D>,
  options?: LossOptions,
): AnyTensor<D>;
export function mse(x: Floats, target: Floats, { reduction = "mean" }: LossOptions = {}): Floats {
  return reduceLosses(x.sub(target).square(), reduction);
}

/** The absolute error. */
export function l1<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  target: AnyTensor<D>,
  options?: LossOptions,
): AnyTensor<D>;
export function l1(x: Floats, target: Floats, { reduction = "mean" }: LossOptions = {}): Floats {
  return reduceLosses(x.sub(target).abs(), reduction);
}

export interface SmoothL1Options extends LossOptions {
  /** Below this error the loss is a parabola; 1 by default. */
  readonly beta?: number;
}

/** `e² / (2 · beta)` where the error e is below beta, `|e| − beta / 2` elsewhere. */
export function smoothL1<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  target: AnyTensor<D>,
  options?: SmoothL1Options,
): AnyTensor<D>;
export function smoothL1(
  x: Floats,
  target: Floats,
  { beta = 1, reduction = "mean" }: SmoothL1Options = {},
): Floats {
  const error = x.sub(target).abs();
  if (beta === 0) return reduceLosses(error, reduction);
  const losses = where(error.lt(beta), error.mul(error).mul(0.5).div(beta), error.sub(0.5 * beta));
  return reduceLosses(losses, reduction);
}

export interface HuberOptions extends LossOptions {
  /** Up to this error the loss is a parabola; 1 by default. */
  readonly delta?: number;
}

/** `e² / 2` where the error e is at most delta, `delta · (|e| − delta / 2)` elsewhere. */
export function huber<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  target: AnyTensor<D>,
  options?: HuberOptions,
): AnyTensor<D>;
export function huber(
  x: Floats,
  target: Floats,
  { delta = 1, reduction = "mean" }: HuberOptions = {},
): Floats {
  const error = x.sub(target).abs();
  const losses = where(
    error.le(delta),
    error.mul(error).mul(0.5),
    error.sub(0.5 * delta).mul(delta),
  );
  return reduceLosses(losses, reduction);
}

export interface PoissonNllOptions extends LossOptions {
  /** Whether x is the logarithm of the rate; true by default. */
  readonly logInput?: boolean;
  /** Whether Stirling's approximation of `log target!` is added. */
  readonly full?: boolean;
  /** Added to a rate that is not a logarithm. */
  readonly eps?: number;
}

/** The negative log likelihood of counts under a Poisson distribution. */
export function poissonNll<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  target: AnyTensor<D>,
  options?: PoissonNllOptions,
): AnyTensor<D>;
export function poissonNll(
  x: Floats,
  target: Floats,
  { logInput = true, full = false, eps = 1e-8, reduction = "mean" }: PoissonNllOptions = {},
): Floats {
  const plain = logInput ? x.exp().sub(target.mul(x)) : x.sub(target.mul(x.add(eps).log()));
  return reduceLosses(full ? plain.add(stirling(target)) : plain, reduction);
}

/** `n · log n − n + log(2πn) / 2` where n > 1, and 0 elsewhere. */
function stirling(n: Floats): Floats {
  const safe = where(n.gt(1), n, 1);
  const terms = safe
    .mul(safe.log())
    .sub(safe)
    .add(
      safe
        .mul(2 * Math.PI)
        .log()
        .mul(0.5),
    );
  return where(n.gt(1), terms, 0);
}

export interface GaussianNllOptions extends LossOptions {
  /** Whether the constant `log(2π) / 2` is added. */
  readonly full?: boolean;
  /** The least variance. */
  readonly eps?: number;
}

/** The negative log likelihood of values under normal distributions with mean x. */
export function gaussianNll<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  target: AnyTensor<D>,
  variance: AnyTensor<D>,
  options?: GaussianNllOptions,
): AnyTensor<D>;
export function gaussianNll(
  x: Floats,
  target: Floats,
  variance: Floats,
  { full = false, eps = 1e-6, reduction = "mean" }: GaussianNllOptions = {},
): Floats {
  const isPerRow = variance.rank === x.rank - 1;
  const spread = clamp(isPerRow ? variance.unsqueeze(-1) : variance, eps);
  const losses = spread.log().add(x.sub(target).square().div(spread)).mul(0.5);
  return reduceLosses(full ? losses.add(0.9189385332046727) : losses, reduction);
}
