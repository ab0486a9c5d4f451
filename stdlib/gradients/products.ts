/** Products with the derivatives of a function, without ever making the whole matrix. */

import { differentiate } from "../../runtime/eager/differentiate.ts";
import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import { zeros } from "../functional/creation.ts";
import { stack } from "../functional/join.ts";
import { grad } from "./grad.ts";

/** `(x, v) ⇒ { value: f(x), grad: vᵀ·J }`, where J is the derivative of `f` at x and v has the shape of f(x). */
export function vjp(
  f: (x: Tensor) => Tensor,
): (x: Tensor, v: Tensor) => { value: Tensor; grad: Tensor } {
  return (x, v) => {
    const { value, grads } = differentiate(f, [x], [], v);
    return { value, grad: grads[0]! };
  };
}

/** `(x, v) ⇒ { value: f(x), tangent: J·v }`, where J is the derivative of `f` at x and v has the shape of x. */
export function jvp(
  f: (x: Tensor) => Tensor,
): (x: Tensor, v: Tensor) => { value: Tensor; tangent: Tensor } {
  return (x, v) => {
    // u ⇒ uᵀ·J is linear: going back through it, from v, gives J·v.
    const value = f(x);
    const back = (u: Tensor) => differentiate(f, [x], [], u).grads[0]!;
    const { grads } = differentiate(back, [zeros(value.shape)], [], v);
    return { value, tangent: grads[0]! };
  };
}

/** The second derivatives of `f`, whose result has one element, at a vector x: a matrix. */
export function hessian(f: (x: Tensor) => Tensor): (x: Tensor) => Tensor {
  return (x) => {
    const rows: Tensor[] = [];
    const slope = grad(f);
    for (let i = 0; i < x.shape[0]; i++) rows.push(grad((y: Tensor) => slope(y).at(i))(x));
    return stack(rows);
  };
}
