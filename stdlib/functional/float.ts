/** Owns how what computes with floats takes its operands: f64 as it is, everything else as f32. */

import type { AnyTensor, FloatDType } from "../../runtime/eager/tensor-types.ts";

export const toFloat = (x: AnyTensor): AnyTensor<FloatDType> => (isFloat(x) ? x : x.to("f32"));

const isFloat = (x: AnyTensor): x is AnyTensor<FloatDType> =>
  x.dtype === "f32" || x.dtype === "f64";
