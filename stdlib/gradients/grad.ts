/** Gradients of functions that return one number. */

import { type Differentiable, differentiate } from "../../runtime/eager/differentiate.ts";
import type { AnyTensor, FloatDType, Tensor } from "../../runtime/eager/tensor-types.ts";
import { training } from "../../runtime/eager/training.ts";
import type { Parameter } from "../nn/cells.ts";

/**
 * The gradient of `f`, whose result has one element: with respect to its first argument, or to `params`,
 * one gradient for each. Where nothing flows it is zero. With `params`, `f` runs in training mode.
 */
export function grad<A extends Tensor, R extends unknown[]>(
  f: (x: A, ...rest: R) => Tensor,
): (x: A, ...rest: R) => Tensor;
export function grad<A extends AnyTensor<"f64">, R extends unknown[]>(
  f: (x: A, ...rest: R) => AnyTensor<FloatDType>,
): (x: A, ...rest: R) => AnyTensor<"f64">;
export function grad<A extends unknown[]>(
  f: (...args: A) => Differentiable,
  params: readonly Parameter[],
): (...args: A) => Tensor[];
export function grad(
  f: (...args: unknown[]) => Differentiable,
  params?: readonly Parameter[],
): (...args: unknown[]) => AnyTensor<FloatDType> | AnyTensor<FloatDType>[] {
  if (params !== undefined) return (...args) => ofParameters(f, params, args).grads;
  return (x, ...rest) => ofFirst(f, x, rest).grads[0]!;
}

/** The result of `f` and its gradient in one go; `grad` says with respect to what. */
export function valueAndGrad<A extends Tensor, R extends unknown[]>(
  f: (x: A, ...rest: R) => Tensor,
): (x: A, ...rest: R) => { value: Tensor; grad: Tensor };
export function valueAndGrad<A extends AnyTensor<"f64">, R extends unknown[], V extends FloatDType>(
  f: (x: A, ...rest: R) => AnyTensor<V>,
): (x: A, ...rest: R) => { value: AnyTensor<V>; grad: AnyTensor<"f64"> };
export function valueAndGrad<A extends unknown[], V extends Differentiable>(
  f: (...args: A) => V,
  params: readonly Parameter[],
): (...args: A) => { value: V; grads: Tensor[] };
export function valueAndGrad(
  f: (...args: unknown[]) => Differentiable,
  params?: readonly Parameter[],
): (...args: unknown[]) => unknown {
  if (params !== undefined) return (...args) => ofParameters(f, params, args);
  return (x, ...rest) => {
    const { value, grads } = ofFirst(f, x, rest);
    return { value, grad: grads[0]! };
  };
}

const ofFirst = (f: (...args: unknown[]) => Differentiable, x: unknown, rest: unknown[]) =>
  differentiate((y) => f(y, ...rest), [x as AnyTensor<FloatDType>], [], undefined);

const ofParameters = (
  f: (...args: unknown[]) => Differentiable,
  params: readonly Parameter[],
  args: unknown[],
) => training(true, () => differentiate(() => f(...args), [], params, undefined));
