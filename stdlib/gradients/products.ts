/** Products with the derivatives of a function, without ever making the whole matrix. */

import { differentiate } from "../../runtime/eager/differentiate.ts";
import type { AnyTensor, FloatDType } from "../../runtime/eager/tensor-types.ts";
import { zeros } from "../functional/creation.ts";
import { stack } from "../functional/join.ts";

/** `(x, v) ⇒ { value: f(x), grad: vᵀ·J }`, where J is the derivative of `f` at x and v has the shape of f(x). */
export function vjp<D extends FloatDType = "f32", E extends FloatDType = D>(
  f: (x: AnyTensor<D>) => AnyTensor<E>,
): (x: AnyTensor<D>, v: AnyTensor<E>) => { value: AnyTensor<E>; grad: AnyTensor<D> } {
  return (x, v) => {
    const { value, grads } = differentiate(f, [x], [], v);
    return { value, grad: grads[0]! };
  };
}

/** `(x, v) ⇒ { value: f(x), tangent: J·v }`, where J is the derivative of `f` at x and v has the shape of x. */
export function jvp<D extends FloatDType = "f32", E extends FloatDType = D>(
  f: (x: AnyTensor<D>) => AnyTensor<E>,
): (x: AnyTensor<D>, v: AnyTensor<D>) => { value: AnyTensor<E>; tangent: AnyTensor<E> } {
  return (x, v) => {
    // u ⇒ uᵀ·J is linear: going back through it, from v, gives J·v.
    const value = f(x);
    const back = (u: AnyTensor<E>) => differentiate(f, [x], [], u).grads[0]!;
    const { grads } = differentiate(back, [zeros(value.shape, value.dtype)], [], v);
    return { value, tangent: grads[0]! };
  };
}

/** The second derivatives of `f`, whose result has one element, at a vector x: a matrix. */
export function hessian<D extends FloatDType = "f32">(
  f: (x: AnyTensor<D>) => AnyTensor<D>,
): (x: AnyTensor<D>) => AnyTensor<D> {
  return (x) => {
    const rows: AnyTensor<D>[] = [];
    const slope = (y: AnyTensor<D>): AnyTensor<D> => gradOf(f, y);
    for (let i = 0; i < x.shape[0]; i++) rows.push(gradOf((y) => slope(y).at(i), x));
    return stack(rows);
  };
}

const gradOf = <D extends FloatDType>(
  f: (x: AnyTensor<D>) => AnyTensor<D>,
  x: AnyTensor<D>,
): AnyTensor<D> => differentiate(f, [x], [], undefined).grads[0]!;
