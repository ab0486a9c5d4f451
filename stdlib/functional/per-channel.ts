/** Owns how a list with a value for each channel meets a tensor of channels. */

import type { AnyTensor, Tensor } from "../../runtime/eager/tensor-types.ts";

/** One value, or one for each channel, shaped to meet `x: [batch, channels, …]`. */
export function perChannel(x: AnyTensor, values: Tensor): Tensor {
  return values.reshape([values.shape[0], ...x.shape.slice(2).map(() => 1)]);
}

/** `x: [batch, channels, …]` and a value for each channel, added. */
export function addPerChannel(x: Tensor, bias: Tensor | undefined): Tensor {
  return bias === undefined ? x : x.add(perChannel(x, bias));
}
