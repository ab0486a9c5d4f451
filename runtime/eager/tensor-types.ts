/** The types of the eager API: `Tensor` as programs write it. Methods come from operator records. */

import type { DType } from "../../compiler/ops/types.ts";

export type { DType };
export type Dim = number | string;
export type Shape = readonly Dim[];

/** What TypeScript itself compares: rank and literal sizes; names and `any` never conflict. */
export type Sizes<S> = 0 extends 1 & S
  ? any
  : { readonly [K in keyof S]: S[K] extends string ? number : S[K] };

/**
 * A tensor of the given sizes and dtype. A size is a number, a name (equal names are equal sizes within
 * a function), or `number` for any. `Tensor` alone is any shape of f32.
 */
export type Tensor<S extends Shape = any, D extends DType = "f32"> = TensorValue<Sizes<S>, D>;

/** A tensor of any shape. */
export type AnyTensor<D extends DType = DType> = Tensor<any, D>;

/** Destructures to `number` up to rank 8, under noUncheckedIndexedAccess too. */
export interface AnyShape extends ReadonlyArray<number> {
  readonly 0: number;
  readonly 1: number;
  readonly 2: number;
  readonly 3: number;
  readonly 4: number;
  readonly 5: number;
  readonly 6: number;
  readonly 7: number;
}

export type Promote<A extends DType, B extends DType> = A extends B
  ? A
  : "f64" extends A | B
    ? "f64"
    : "f32" extends A | B
      ? "f32"
      : "i32" extends A | B
        ? "i32"
        : "bool" extends A | B
          ? Exclude<A | B, "bool">
          : "i32";
/** The dtype that sums are of. */
type Acc<D extends DType> = D extends "bool" | "u8" | "i8" ? "i32" : D;
/** What has a gradient. */
export type FloatDType = "f32" | "f64";
/** The dtype that functions of floats compute in; f32 where the operands' dtypes are not known. */
export type Float<D extends DType, E extends DType = D> = [D] extends ["f64"]
  ? "f64"
  : [E] extends ["f64"]
    ? "f64"
    : [D | E] extends [FloatDType]
      ? D | E
      : "f32";
type Numeric<D extends DType> = D extends "bool" ? "i32" : D;
type Whole = "i32" | "u8" | "i8";
export type Axes = number | readonly number[];
export interface Keep {
  readonly keepDim?: boolean;
}
/** What an operator takes beside a tensor: another one, or a number, which takes the tensor's dtype. */
export type Operand<E extends DType> = Tensor<any, E> | number;

/** Something that `pipe` passes a tensor through: a module or a function. */
export type Stage = { forward(x: any): any } | ((x: any) => any);
export type Out<St, X> = St extends { forward(x: any): infer R }
  ? R
  : St extends (x: any) => infer R
    ? R
    : X;

/** What elements are given as. */
interface Arrays {
  readonly f32: Float32Array;
  readonly f64: Float64Array;
  readonly i32: Int32Array;
  readonly u8: Uint8Array;
  readonly i8: Int8Array;
  readonly bool: Uint8Array;
}

/**
 * The sizes are apart from all else, and the dtype says how it varies: finding that out took TypeScript most of
 * the time of checking a program.
 */
export interface TensorValue<N, out D extends DType> extends TensorMembers<D> {
  /** Never called: it carries the sizes, bivariantly, for TypeScript's comparison. */
  sizes$(s: N): void;
}

export interface TensorMembers<out D extends DType> {
  readonly dtype: D;
  readonly shape: AnyShape;
  readonly rank: number;
  /** The number of elements. */
  readonly length: number;

  add<E extends DType = D>(other: Operand<E>): Tensor<any, Promote<D, E>>;
  sub<E extends DType = D>(other: Operand<E>): Tensor<any, Promote<D, E>>;
  mul<E extends DType = D>(other: Operand<E>): Tensor<any, Promote<D, E>>;
  div<E extends DType = D>(other: Operand<E>): Tensor<any, Float<D, E>>;
  pow<E extends DType = D>(exponent: Operand<E>): Tensor<any, Float<D, E>>;
  minimum<E extends DType = D>(other: Operand<E>): Tensor<any, Promote<D, E>>;
  maximum<E extends DType = D>(other: Operand<E>): Tensor<any, Promote<D, E>>;
  eq<E extends DType>(other: Operand<E>): Tensor<any, "bool">;
  ne<E extends DType>(other: Operand<E>): Tensor<any, "bool">;
  lt<E extends DType>(other: Operand<E>): Tensor<any, "bool">;
  le<E extends DType>(other: Operand<E>): Tensor<any, "bool">;
  gt<E extends DType>(other: Operand<E>): Tensor<any, "bool">;
  ge<E extends DType>(other: Operand<E>): Tensor<any, "bool">;
  logicalAnd(this: Tensor<any, "bool">, other: Tensor<any, "bool">): Tensor<any, "bool">;
  logicalOr(this: Tensor<any, "bool">, other: Tensor<any, "bool">): Tensor<any, "bool">;
  logicalNot(this: Tensor<any, "bool">): Tensor<any, "bool">;
  neg(): Tensor<any, D>;
  abs(): Tensor<any, D>;
  sign(): Tensor<any, D>;
  sqrt(): Tensor<any, Float<D>>;
  exp(): Tensor<any, Float<D>>;
  log(): Tensor<any, Float<D>>;
  tanh(): Tensor<any, Float<D>>;
  sigmoid(): Tensor<any, Float<D>>;
  erf(): Tensor<any, Float<D>>;
  erfc(): Tensor<any, Float<D>>;
  erfinv(): Tensor<any, Float<D>>;
  exp2(): Tensor<any, Float<D>>;
  expm1(): Tensor<any, Float<D>>;
  log2(): Tensor<any, Float<D>>;
  log10(): Tensor<any, Float<D>>;
  log1p(): Tensor<any, Float<D>>;
  sin(): Tensor<any, Float<D>>;
  cos(): Tensor<any, Float<D>>;
  tan(): Tensor<any, Float<D>>;
  asin(): Tensor<any, Float<D>>;
  acos(): Tensor<any, Float<D>>;
  atan(): Tensor<any, Float<D>>;
  atan2<E extends DType = D>(x: Operand<E>): Tensor<any, Float<D, E>>;
  sinh(): Tensor<any, Float<D>>;
  cosh(): Tensor<any, Float<D>>;
  asinh(): Tensor<any, Float<D>>;
  acosh(): Tensor<any, Float<D>>;
  atanh(): Tensor<any, Float<D>>;
  fmod<E extends DType = D>(other: Operand<E>): Tensor<any, Numeric<Promote<D, E>>>;
  remainder<E extends DType = D>(other: Operand<E>): Tensor<any, Numeric<Promote<D, E>>>;
  bitAnd<A extends Whole, E extends Whole = A>(
    this: Tensor<any, A>,
    other: Operand<E>,
  ): Tensor<any, Promote<A, E>>;
  bitOr<A extends Whole, E extends Whole = A>(
    this: Tensor<any, A>,
    other: Operand<E>,
  ): Tensor<any, Promote<A, E>>;
  bitXor<A extends Whole, E extends Whole = A>(
    this: Tensor<any, A>,
    other: Operand<E>,
  ): Tensor<any, Promote<A, E>>;
  bitNot<A extends Whole>(this: Tensor<any, A>): Tensor<any, A>;
  shiftLeft<A extends Whole, E extends Whole = A>(
    this: Tensor<any, A>,
    other: Operand<E>,
  ): Tensor<any, Promote<A, E>>;
  shiftRight<A extends Whole, E extends Whole = A>(
    this: Tensor<any, A>,
    other: Operand<E>,
  ): Tensor<any, Promote<A, E>>;
  trunc(): Tensor<any, D>;
  floor(): Tensor<any, D>;
  ceil(): Tensor<any, D>;
  round(): Tensor<any, D>;

  sum(dim?: Axes, options?: Keep): Tensor<any, Acc<D>>;
  prod(dim?: Axes, options?: Keep): Tensor<any, Acc<D>>;
  mean(dim?: Axes, options?: Keep): Tensor<any, Float<D>>;
  max(dim?: Axes, options?: Keep): Tensor<any, D>;
  min(dim?: Axes, options?: Keep): Tensor<any, D>;
  argmax(dim?: number, options?: Keep): Tensor<any, "i32">;
  argmin(dim?: number, options?: Keep): Tensor<any, "i32">;

  argsort(dim?: number, options?: { readonly descending?: boolean }): Tensor<any, "i32">;
  cumsum(dim: number): Tensor<any, Acc<D>>;
  cumprod(dim: number): Tensor<any, Acc<D>>;
  cummax(dim: number): Tensor<any, D>;
  cummin(dim: number): Tensor<any, D>;
  cumargmax(dim: number): Tensor<any, "i32">;
  cumargmin(dim: number): Tensor<any, "i32">;

  reshape(shape: readonly number[]): Tensor<any, D>;
  permute(dims: readonly number[]): Tensor<any, D>;
  expand(shape: readonly number[]): Tensor<any, D>;
  flip(dim?: Axes): Tensor<any, D>;
  narrow(dim: number, start: number, length: number): Tensor<any, D>;
  gather(dim: number, index: Tensor<any, "i32">): Tensor<any, D>;
  take(index: Tensor<any, "i32">, dim?: number): Tensor<any, D>;
  scatter(dim: number, index: Tensor<any, "i32">, source: Operand<D> | boolean): Tensor<any, D>;
  scatterAdd(dim: number, index: Tensor<any, "i32">, source: Operand<D>): Tensor<any, Acc<D>>;
  indexAdd(dim: number, index: Tensor<any, "i32">, source: Tensor<any, D>): Tensor<any, Acc<D>>;
  to<E extends DType>(dtype: E): Tensor<any, E>;

  /** The only element, as a number or boolean. */
  item(): D extends "bool" ? boolean : number;
  /** The elements of a tensor of rank 1. */
  toList(): D extends "bool" ? boolean[] : number[];
  /** A copy of the elements in row-major order. Eager only. */
  toTypedArray(): Arrays[D];
  toString(): string;

  pipe<A extends Stage>(a: A): Out<A, this>;
  pipe<A extends Stage, B extends Stage>(a: A, b: B): Out<B, Out<A, this>>;
  pipe<A extends Stage, B extends Stage, C extends Stage>(
    a: A,
    b: B,
    c: C,
  ): Out<C, Out<B, Out<A, this>>>;
  pipe<A extends Stage, B extends Stage, C extends Stage, E extends Stage>(
    a: A,
    b: B,
    c: C,
    d: E,
  ): Out<E, Out<C, Out<B, Out<A, this>>>>;
  pipe<A extends Stage, B extends Stage, C extends Stage, E extends Stage, F extends Stage>(
    a: A,
    b: B,
    c: C,
    d: E,
    e: F,
  ): Out<F, Out<E, Out<C, Out<B, Out<A, this>>>>>;
}
