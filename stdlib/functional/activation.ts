/** Smooth activations. */

import { where } from "../../runtime/eager/primitives.ts";
import { demand } from "../../runtime/eager/refuse.ts";
import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import { axisOf } from "./axis.ts";

export interface GeluOptions {
  /** `tanh`: the approximation that GPT-2 uses. */
  readonly approximate?: "none" | "tanh";
}

/** `x · Φ(x)`, Φ the distribution function of the normal distribution. */
export function gelu(x: Tensor, { approximate = "none" }: GeluOptions = {}): Tensor {
  if (approximate === "tanh") {
    // √(2/π) · (x + 0.044715 x³)
    const inner = x.mul(x).mul(x).mul(0.044715).add(x).mul(0.7978845608028654);
    return x.mul(0.5).mul(inner.tanh().add(1));
  }
  return x.mul(0.5).mul(x.mul(Math.SQRT1_2).erf().add(1));
}

/** `x · sigmoid(x)`, also called swish. */
export function silu(x: Tensor): Tensor {
  return x.mul(x.sigmoid());
}

/** `x > 0 ? x : alpha · (eˣ − 1)` of each element. */
export function elu(x: Tensor, alpha = 1): Tensor {
  return where(x.gt(0), x, expm1Below(x).mul(alpha));
}

/** `elu`, scaled so that layers keep mean 0 and variance 1. */
export function selu(x: Tensor): Tensor {
  return elu(x, 1.6732632423543772).mul(1.0507009873554805);
}

/** `max(0, x) + min(0, alpha · (e^(x / alpha) − 1))`. */
export function celu(x: Tensor, alpha = 1): Tensor {
  return where(x.gt(0), x, expm1Below(x.div(alpha)).mul(alpha));
}

/** `eˣ − 1` where x ≤ 0. Elsewhere it is 0, so that nothing overflows there, in gradients either. */
function expm1Below(x: Tensor): Tensor {
  return where(x.gt(0), 0, x).expm1();
}

export interface SoftplusOptions {
  readonly beta?: number;
  /** Above it `beta · x` counts as large: the result is x. */
  readonly threshold?: number;
}

/** `log(1 + e^(beta · x)) / beta`: a smooth `relu`. */
export function softplus(x: Tensor, { beta = 1, threshold = 20 }: SoftplusOptions = {}): Tensor {
  const scaled = x.mul(beta);
  return where(scaled.gt(threshold), x, logOnePlusExp(scaled).div(beta));
}

/** `log(1 + eˣ) = max(x, 0) + log(1 + e^−|x|)`, which does not overflow. */
function logOnePlusExp(x: Tensor): Tensor {
  return where(x.lt(0), 0, x).add(x.abs().neg().exp().log1p());
}

/** `log(sigmoid(x))`, exact also where that is nearly 0 or 1. */
export function logSigmoid(x: Tensor): Tensor {
  return logOnePlusExp(x.neg()).neg();
}

/** `x / (1 + |x|)`. */
export function softsign(x: Tensor): Tensor {
  return x.div(x.abs().add(1));
}

/** `x · tanh(softplus(x))`. */
export function mish(x: Tensor): Tensor {
  return x.mul(softplus(x).tanh());
}

/** `x − tanh(x)`. */
export function tanhshrink(x: Tensor): Tensor {
  return x.sub(x.tanh());
}

/** The first half of the axis `dim`, times the sigmoid of the second. */
export function glu(x: Tensor, dim = -1): Tensor {
  const axis = axisOf("glu", dim, x.rank);
  const size = x.shape[axis]!;
  const half = Math.floor(size / 2);
  demand(half * 2 === size, `glu: axis ${dim} of size ${size} has no two halves`);
  return x.narrow(axis, 0, half).mul(x.narrow(axis, half, half).sigmoid());
}
