/** Owns how what computes with floats takes its operands: f64 as it is, everything else as f32. */

import type { AnyTensor, FloatDType } from "../../runtime/eager/tensor-types.ts";

export const toFloat = (x: AnyTensor): AnyTensor<FloatDType> =>
  x.dtype === "f64" ? x.to("f64") : x.to("f32");
