/** How variables that were observed together vary together. */

import { arange, where } from "../../runtime/eager/primitives.ts";
import { refuse } from "../../runtime/eager/refuse.ts";
import type { AnyTensor, FloatDType } from "../../runtime/eager/tensor-types.ts";
import { clamp } from "./clamp.ts";
import { matmul } from "./matmul.ts";
import { transpose } from "./shape.ts";

type Floats = AnyTensor<FloatDType>;

export interface CovOptions<D extends FloatDType = "f32"> {
  /** What the count of observations is reduced by; 1 by default. */
  readonly correction?: number;
  /** How often each observation was made. */
  readonly frequencies?: AnyTensor<"i32">;
  /** How much each observation counts. */
  readonly weights?: AnyTensor<D>;
}

/**
 * The covariances of the rows of `x`, one a variable; each column is an observation of them. One row,
 * which may be a list, gives a single value.
 */
export function cov<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  options?: CovOptions<D>,
): AnyTensor<D>;
export function cov(
  x: Floats,
  { correction = 1, frequencies, weights }: CovOptions<FloatDType> = {},
): Floats {
  if (x.rank > 2) refuse("shape", `cov: a tensor of rank ${x.rank} has no rows of observations`);
  const rows = x.rank === 2 ? x : x.reshape([1, -1]);
  const count = frequencies?.to("f32") ?? rows.narrow(0, 0, 1).reshape([-1]).mul(0).add(1);
  const share = weights === undefined ? count : count.mul(weights);
  const total = share.sum();
  const mean = rows.mul(share).sum(1, { keepDim: true }).div(total);
  const apart = rows.sub(mean);
  const divisor =
    weights === undefined
      ? total.sub(correction)
      : total.sub(share.mul(weights).sum().mul(correction).div(total));
  const sums = matmul(apart.mul(share), transpose(apart, 0, 1));
  const result = sums.div(clamp(divisor, 0));
  return rows.shape[0] === 1 ? result.reshape([]) : result;
}

/** The correlations of the rows of `x`: their covariances divided by both deviations. */
export function corrcoef<D extends FloatDType = "f32">(x: AnyTensor<D>): AnyTensor<D>;
export function corrcoef(x: Floats): Floats {
  const c = cov(x);
  if (c.rank === 0) return c.div(c);
  const isOwn = arange(c.shape[0]).eq(arange(c.shape[0]).unsqueeze(-1));
  const deviation = where(isOwn, c, 0).sum(-1).sqrt();
  return clamp(c.div(deviation).div(deviation.unsqueeze(-1)), -1, 1);
}
