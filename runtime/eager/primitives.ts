/** Operators as functions, with the types that their records state in words. */

import type { DType } from "../../compiler/ops/types.ts";
import { operator } from "./operators.ts";
import type { AnyTensor, Axes, Float, FloatDType, Keep, Promote, Tensor } from "./tensor-types.ts";

/** A number takes the dtype of the tensor beside it. */
interface Binary {
  <A extends DType, B extends DType = A>(
    a: AnyTensor<A>,
    b: AnyTensor<B> | number,
  ): AnyTensor<Promote<A, B>>;
  <B extends DType>(a: number, b: AnyTensor<B>): AnyTensor<B>;
}
/** Integers become f32. */
interface FloatBinary {
  <A extends DType, B extends DType = A>(
    a: AnyTensor<A>,
    b: AnyTensor<B> | number,
  ): AnyTensor<Float<A, B>>;
  <B extends DType>(a: number, b: AnyTensor<B>): AnyTensor<Float<B>>;
}
type Comparison = (a: AnyTensor | number, b: AnyTensor | number) => AnyTensor<"bool">;

export const add: Binary = /* @__PURE__ */ operator("add");
export const sub: Binary = /* @__PURE__ */ operator("sub");
export const mul: Binary = /* @__PURE__ */ operator("mul");
export const div: FloatBinary = /* @__PURE__ */ operator("div");
export const pow: FloatBinary = /* @__PURE__ */ operator("pow");
export const minimum: Binary = /* @__PURE__ */ operator("minimum");
export const maximum: Binary = /* @__PURE__ */ operator("maximum");
export const eq: Comparison = /* @__PURE__ */ operator("eq");
export const ne: Comparison = /* @__PURE__ */ operator("ne");
export const lt: Comparison = /* @__PURE__ */ operator("lt");
export const le: Comparison = /* @__PURE__ */ operator("le");
export const gt: Comparison = /* @__PURE__ */ operator("gt");
export const ge: Comparison = /* @__PURE__ */ operator("ge");

interface Where {
  <D extends DType>(
    condition: AnyTensor<"bool">,
    a: AnyTensor<D>,
    b: AnyTensor<NoInfer<D>> | number,
  ): AnyTensor<D>;
  <D extends DType>(
    condition: AnyTensor<"bool">,
    a: AnyTensor<NoInfer<D>> | number,
    b: AnyTensor<D>,
  ): AnyTensor<D>;
  <A extends DType, B extends DType>(
    condition: AnyTensor<"bool">,
    a: AnyTensor<A>,
    b: AnyTensor<B>,
  ): AnyTensor<Promote<A, B>>;
  (condition: AnyTensor<"bool">, a: number, b: number): Tensor;
}
/** Elements of `a` where the condition is true, of `b` where it is false. */
export const where: Where = /* @__PURE__ */ operator("where");

/** The tensors one after another along an axis. */
export const cat: <D extends DType>(
  tensors: readonly AnyTensor<D>[],
  dim?: number,
) => AnyTensor<D> = /* @__PURE__ */ operator("cat");

interface Full {
  (shape: readonly number[], value: boolean): AnyTensor<"bool">;
  <D extends DType = "f32">(
    shape: readonly number[],
    value: number | boolean,
    dtype?: D,
  ): AnyTensor<D>;
}
/** A tensor that holds one value everywhere. */
export const full: Full = /* @__PURE__ */ operator("full");

interface Arange {
  <D extends DType = "i32">(stop: number, dtype?: D): AnyTensor<D>;
  <D extends DType = "i32">(start: number, stop: number, step?: number, dtype?: D): AnyTensor<D>;
}
/** The numbers from `start` (0 if only the stop is given) in steps as long as they stay before `stop`. */
export const arange: Arange = /* @__PURE__ */ operator("arange");

// Internal operators: what the standard library is made of, not for users.

/** The tensor in a frame of a constant; the library's own `pad` has other frames, too. */
export const pad: <D extends DType>(
  x: AnyTensor<D>,
  widths: readonly (readonly [number, number])[],
  options?: { readonly value?: number },
) => AnyTensor<D> = /* @__PURE__ */ operator("pad");

/** The matrix product over the last two axes. */
export const dot: <D extends DType>(a: AnyTensor<D>, b: AnyTensor<D>) => AnyTensor<D> =
  /* @__PURE__ */ operator("dot");

/** A number for all spatial axes, or one for each. */
type PerAxis = number | readonly number[];

export const conv: <D extends FloatDType>(
  x: AnyTensor<D>,
  weight: AnyTensor<D>,
  options?: { stride?: PerAxis; padding?: PerAxis; dilation?: PerAxis; groups?: number },
) => AnyTensor<D> = /* @__PURE__ */ operator("conv");

/** The gradient of `conv` by its input, whose spatial sizes are `inputSize`: transposed convolution. */
export const convInputGrad: <D extends FloatDType>(
  g: AnyTensor<D>,
  weight: AnyTensor<D>,
  inputSize: readonly number[],
  options?: { stride?: PerAxis; padding?: PerAxis; dilation?: PerAxis; groups?: number },
) => AnyTensor<D> = /* @__PURE__ */ operator("convInputGrad");

export const maxPool: <D extends FloatDType>(
  x: AnyTensor<D>,
  kernel: readonly number[],
  options?: { stride?: PerAxis | undefined; padding?: PerAxis; dilation?: PerAxis },
) => AnyTensor<D> = /* @__PURE__ */ operator("maxPool");

export const avgPool: <D extends FloatDType>(
  x: AnyTensor<D>,
  kernel: readonly number[],
  options?: { stride?: PerAxis | undefined; padding?: PerAxis },
) => AnyTensor<D> = /* @__PURE__ */ operator("avgPool");

type Bounds = readonly (number | null)[];
export const slice: <D extends DType>(
  x: AnyTensor<D>,
  start: Bounds,
  stop: Bounds,
  step?: Bounds,
) => AnyTensor<D> = /* @__PURE__ */ operator("slice");

/** `y[i] = a[i] · y[i − 1] + b[i]` along an axis, beginning with 0. */
export const linearScan: <D extends DType>(
  a: AnyTensor<D>,
  b: AnyTensor<D>,
  dim: number,
) => AnyTensor<D> = /* @__PURE__ */ operator("linearScan");

export const sumBack: (x: Tensor, dim?: Axes, options?: Keep) => Tensor =
  /* @__PURE__ */ operator("sumBack");

/** Whole numbers below `range`; each word of seed and position as an i32. */
export const randomWords: (
  range: AnyTensor<"i32">,
  seedLow: AnyTensor<"i32">,
  seedHigh: AnyTensor<"i32">,
  positionLow: AnyTensor<"i32">,
  positionHigh: AnyTensor<"i32">,
  domain: AnyTensor<"i32">,
  count: number,
) => AnyTensor<"i32"> = /* @__PURE__ */ operator("randomWords");

/** The same tensor, taken for a constant where gradients are computed. */
export const stopGradient: <D extends DType>(x: AnyTensor<D>) => AnyTensor<D> =
  /* @__PURE__ */ operator("stopGradient");
