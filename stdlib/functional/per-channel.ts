/** Owns how a list with a value for each channel meets a tensor of channels. */

import type { AnyTensor, FloatDType } from "../../runtime/eager/tensor-types.ts";

type Floats = AnyTensor<FloatDType>;

/** One value, or one for each channel, shaped to meet `x: [batch, channels, …]`. */
export function perChannel<D extends FloatDType = "f32">(
  x: AnyTensor,
  values: AnyTensor<D>,
): AnyTensor<D>;
export function perChannel(x: AnyTensor, values: Floats): Floats {
  return values.reshape([values.shape[0], ...x.shape.slice(2).map(() => 1)]);
}

/** `x: [batch, channels, …]` and a value for each channel, added. */
export function addPerChannel<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  bias: AnyTensor<D> | undefined,
): AnyTensor<D>;
export function addPerChannel(x: Floats, bias: Floats | undefined): Floats {
  return bias === undefined ? x : x.add(perChannel(x, bias));
}
