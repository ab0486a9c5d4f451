/** Functions whose gradient is written beside them. */

import type { AnyTensor, FloatDType } from "../../runtime/eager/tensor-types.ts";
import { type Forward, withGradient } from "../../runtime/eager/with-gradient.ts";

/** What a backward function gives: a cotangent for each tensor argument, or undefined where none flows. */
export type GradOf<A> = {
  [K in keyof A]: A[K] extends AnyTensor<"f64">
    ? AnyTensor<"f64"> | undefined
    : A[K] extends AnyTensor
      ? AnyTensor<"f32"> | undefined
      : undefined;
};

/**
 * A function that computes `forward(…).value`, and whose gradient is `backward(saved, g)` for the cotangent
 * `g` of that value. No gradient flows to tensors that `forward` captures.
 */
export function customGrad<A extends unknown[], S, D extends FloatDType = "f32">(
  forward: (...args: A) => Forward<S, D>,
  backward: (saved: S, g: AnyTensor<D>) => GradOf<NoInfer<A>>,
): (...args: A) => AnyTensor<D> {
  return (...args) => withGradient(forward, backward, args);
}
