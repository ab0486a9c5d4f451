/** Keeps gradients from being too large. */

import { div, minimum } from "../../runtime/eager/primitives.ts";
import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import { clamp } from "../functional/clamp.ts";
import { stack } from "../functional/join.ts";

/** The Euclidean norm of all gradients together: that of the norms of each. */
export function gradNorm(grads: readonly Tensor[]): Tensor {
  return normOf(stack(grads.map((g) => normOf(g))));
}

/** Multiplies all gradients by the number that takes their common norm to `max`, where it is greater. */
export function clipNorm(grads: readonly Tensor[], max: number): Tensor[] {
  const factor = minimum(div(max, gradNorm(grads).add(1e-6)), 1);
  return grads.map((g) => g.mul(factor));
}

/** Takes every element to within −max and max. */
export function clipValue(grads: readonly Tensor[], max: number): Tensor[] {
  return grads.map((g) => clamp(g, -max, max));
}

const normOf = (x: Tensor): Tensor => x.mul(x).sum().sqrt();
