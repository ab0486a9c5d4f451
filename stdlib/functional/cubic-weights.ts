/** Owns the weights of cubic convolution. */

import type { AnyTensor, FloatDType } from "../../runtime/eager/tensor-types.ts";

type Floats = AnyTensor<FloatDType>;

/** The steepness of the kernel, as in PyTorch. */
const a = -0.75;

/** What the four neighbours of a place weigh that lies `t` (0 to 1) behind the second of them. */
export function cubicWeights<D extends FloatDType = "f32">(
  t: AnyTensor<D>,
): readonly AnyTensor<D>[];
export function cubicWeights(t: Floats): readonly Floats[] {
  const rest = t.neg().add(1);
  return [far(t.add(1)), near(t), near(rest), far(rest.add(1))];
}

/** `(a + 2) t³ − (a + 3) t² + 1`: up to a distance of 1. */
const near = (t: Floats): Floats =>
  t
    .mul(a + 2)
    .sub(a + 3)
    .mul(t)
    .mul(t)
    .add(1);

/** `a t³ − 5a t² + 8a t − 4a`: for distances from 1 to 2. */
const far = (t: Floats): Floats =>
  t
    .mul(a)
    .sub(5 * a)
    .mul(t)
    .add(8 * a)
    .mul(t)
    .sub(4 * a);
