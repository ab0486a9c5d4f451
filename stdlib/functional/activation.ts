/** Smooth activations. */

import { where } from "../../runtime/eager/primitives.ts";
import { demand } from "../../runtime/eager/refuse.ts";
import type { AnyTensor, FloatDType } from "../../runtime/eager/tensor-types.ts";
import { axisOf } from "./axis.ts";

type Floats = AnyTensor<FloatDType>;

export interface GeluOptions {
  /** `tanh`: the approximation that GPT-2 uses. */
  readonly approximate?: "none" | "tanh";
}

/** `x · Φ(x)`, Φ the distribution function of the normal distribution. */
export function gelu<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  options?: GeluOptions,
): AnyTensor<D>;
export function gelu(x: Floats, { approximate = "none" }: GeluOptions = {}): Floats {
  if (approximate === "tanh") {
    // √(2/π) · (x + 0.044715 x³)
    const inner = x.mul(x).mul(x).mul(0.044715).add(x).mul(0.7978845608028654);
    return x.mul(0.5).mul(inner.tanh().add(1));
  }
  return x.mul(0.5).mul(x.mul(Math.SQRT1_2).erf().add(1));
}

/** `x · sigmoid(x)`, also called swish. */
export function silu<D extends FloatDType = "f32">(x: AnyTensor<D>): AnyTensor<D>;
export function silu(x: Floats): Floats {
  return x.mul(x.sigmoid());
}

/** `x > 0 ? x : alpha · (eˣ − 1)` of each element. */
export function elu<D extends FloatDType = "f32">(x: AnyTensor<D>, alpha?: number): AnyTensor<D>;
export function elu(x: Floats, alpha = 1): Floats {
  return where(x.gt(0), x, expm1Below(x).mul(alpha));
}

/** `elu`, scaled so that layers keep mean 0 and variance 1. */
export function selu<D extends FloatDType = "f32">(x: AnyTensor<D>): AnyTensor<D>;
export function selu(x: Floats): Floats {
  return elu(x, 1.6732632423543772).mul(1.0507009873554805);
}

/** `max(0, x) + min(0, alpha · (e^(x / alpha) − 1))`. */
export function celu<D extends FloatDType = "f32">(x: AnyTensor<D>, alpha?: number): AnyTensor<D>;
export function celu(x: Floats, alpha = 1): Floats {
  return where(x.gt(0), x, expm1Below(x.div(alpha)).mul(alpha));
}

/** `eˣ − 1` where x ≤ 0. Elsewhere it is 0, so that nothing overflows there, in gradients either. */
function expm1Below(x: Floats): Floats {
  return where(x.gt(0), 0, x).expm1();
}

export interface SoftplusOptions {
  readonly beta?: number;
  /** Above it `beta · x` counts as large: the result is x. */
  readonly threshold?: number;
}

/** `log(1 + e^(beta · x)) / beta`: a smooth `relu`. */
export function softplus<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  options?: SoftplusOptions,
): AnyTensor<D>;
export function softplus(x: Floats, { beta = 1, threshold = 20 }: SoftplusOptions = {}): Floats {
  const scaled = x.mul(beta);
  return where(scaled.gt(threshold), x, logOnePlusExp(scaled).div(beta));
}

/** `log(1 + eˣ) = max(x, 0) + log(1 + e^−|x|)`, which does not overflow. */
function logOnePlusExp(x: Floats): Floats {
  return where(x.lt(0), 0, x).add(x.abs().neg().exp().log1p());
}

/** `log(sigmoid(x))`, exact also where that is nearly 0 or 1. */
export function logSigmoid<D extends FloatDType = "f32">(x: AnyTensor<D>): AnyTensor<D>;
export function logSigmoid(x: Floats): Floats {
  return logOnePlusExp(x.neg()).neg();
}

/** `x / (1 + |x|)`. */
export function softsign<D extends FloatDType = "f32">(x: AnyTensor<D>): AnyTensor<D>;
export function softsign(x: Floats): Floats {
  return x.div(x.abs().add(1));
}

/** `x · tanh(softplus(x))`. */
export function mish<D extends FloatDType = "f32">(x: AnyTensor<D>): AnyTensor<D>;
export function mish(x: Floats): Floats {
  return x.mul(softplus(x).tanh());
}

/** `x − tanh(x)`. */
export function tanhshrink<D extends FloatDType = "f32">(x: AnyTensor<D>): AnyTensor<D>;
export function tanhshrink(x: Floats): Floats {
  return x.sub(x.tanh());
}

/** The first half of the axis `dim`, times the sigmoid of the second. */
export function glu<D extends FloatDType = "f32">(x: AnyTensor<D>, dim?: number): AnyTensor<D>;
export function glu(x: Floats, dim = -1): Floats {
  const axis = axisOf("glu", dim, x.rank);
  const size = x.shape[axis]!;
  const half = Math.floor(size / 2);
  demand(half * 2 === size, `glu: axis ${dim} of size ${size} has no two halves`);
  return x.narrow(axis, 0, half).mul(x.narrow(axis, half, half).sigmoid());
}
