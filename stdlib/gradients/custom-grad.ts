/** Functions whose gradient is written beside them. */

import type { AnyTensor, Tensor } from "../../runtime/eager/tensor-types.ts";
import { type Forward, withGradient } from "../../runtime/eager/with-gradient.ts";

/** What a backward function gives: a cotangent for each tensor argument, or undefined where none flows. */
export type GradOf<A> = {
  [K in keyof A]: A[K] extends AnyTensor ? Tensor | undefined : undefined;
};

/**
 * A function that computes `forward(…).value`, and whose gradient is `backward(saved, g)` for the cotangent
 * `g` of that value. No gradient flows to tensors that `forward` captures.
 */
export function customGrad<A extends unknown[], S>(
  forward: (...args: A) => Forward<S>,
  backward: (saved: S, g: Tensor) => GradOf<NoInfer<A>>,
): (...args: A) => Tensor {
  return (...args) => withGradient(forward, backward, args);
}
