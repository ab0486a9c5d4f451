/** Element-wise arithmetic that is made of operators. */

import { tensor } from "../../runtime/eager/from-data.ts";
import { div, eq, pow, where } from "../../runtime/eager/primitives.ts";
import type {
  AnyTensor,
  DType,
  Float,
  FloatDType,
  Operand,
  Promote,
} from "../../runtime/eager/tensor-types.ts";
import { commonShape } from "./broadcast.ts";
import { toFloat } from "./float.ts";

type Floats = AnyTensor<FloatDType>;

/** `x · x` of each element. */
export function square<D extends DType = "f32">(x: AnyTensor<D>): AnyTensor<Promote<D, D>> {
  return x.mul(x);
}

/** `1 / x` of each element. */
export function reciprocal<D extends DType>(x: AnyTensor<D>): AnyTensor<Float<D>>;
export function reciprocal(x: AnyTensor): AnyTensor<FloatDType> {
  return div(1, toFloat(x));
}

/** `1 / √x` of each element. */
export function rsqrt<D extends DType>(x: AnyTensor<D>): AnyTensor<Float<D>>;
export function rsqrt(x: AnyTensor): AnyTensor<FloatDType> {
  return div(1, toFloat(x).sqrt());
}

/** `start + weight · (end − start)`: from `start` at 0 to `end` at 1. */
export function lerp<D extends FloatDType = "f32">(
  start: AnyTensor<D>,
  end: AnyTensor<D>,
  weight: Operand<"f32">,
): AnyTensor<D>;
export function lerp(start: Floats, end: Floats, weight: Operand<"f32">): Floats {
  return start.add(end.sub(start).mul(weight));
}

export interface ValueOption {
  /** A factor; 1 by default. */
  readonly value?: number;
}

/** `x + value · a · b`. */
export function addcmul<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  a: AnyTensor<D>,
  b: AnyTensor<D>,
  options?: ValueOption,
): AnyTensor<D>;
export function addcmul(x: Floats, a: Floats, b: Floats, { value = 1 }: ValueOption = {}): Floats {
  return x.add(a.mul(value).mul(b));
}

/** `x + value · a / b`. */
export function addcdiv<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  a: AnyTensor<D>,
  b: AnyTensor<D>,
  options?: ValueOption,
): AnyTensor<D>;
export function addcdiv(x: Floats, a: Floats, b: Floats, { value = 1 }: ValueOption = {}): Floats {
  return x.add(a.mul(value).div(b));
}

/** The quotient rounded down, an integer where both are; the remainder is `x.remainder(y)`. */
export function floorDivide<D extends DType, E extends DType = D>(
  x: AnyTensor<D>,
  y: Operand<E>,
): AnyTensor<Promote<D, E>>;
export function floorDivide(x: AnyTensor, y: AnyTensor | number): AnyTensor {
  const { dtype } = x.remainder(y);
  if (dtype !== "u8" && dtype !== "i8") return wholeQuotient(x, y);
  // What is taken off may wrap around in eight bits.
  return wholeQuotient(x.to("i32"), typeof y === "number" ? y : y.to("i32")).to(dtype);
}

function wholeQuotient(x: AnyTensor, y: AnyTensor | number): AnyTensor {
  const whole = x.sub(x.remainder(y));
  const quotient = whole.div(y).round();
  if (whole.dtype === "f32" || whole.dtype === "f64") return where(eq(y, 0), x.div(y), quotient);
  // f32 holds the quotient of large integers only nearly; what is left is divided once more.
  const nearly = quotient.to("i32");
  return nearly.add(whole.sub(nearly.mul(y)).div(y).round().to("i32"));
}

/** The elements of `x` to the powers in `y`, computed in f64. */
export function floatPower(x: AnyTensor | number, y: AnyTensor | number): AnyTensor<"f64"> {
  const [base, exponent] = [inDouble(x), inDouble(y)];
  return pow(base, exponent);
}

const inDouble = (x: AnyTensor | number): AnyTensor<"f64"> =>
  typeof x === "number" ? tensor(x, "f64") : x.to("f64");

/** The greatest common divisor, never negative. */
export function gcd<D extends "i32" | "u8" | "i8">(a: AnyTensor<D>, b: AnyTensor<D>): AnyTensor<D> {
  const shape = commonShape("gcd", [a.shape, b.shape]);
  let [m, n]: AnyTensor<"i32">[] = [
    a.to("i32").abs().expand(shape),
    b.to("i32").abs().expand(shape),
  ];
  // Euclid's steps, all elements together until the last is done.
  while (n!.ne(0).any().item()) {
    const isDone = n!.eq(0);
    const rest = m!.remainder(where(isDone, 1, n!));
    m = where(isDone, m!, n!);
    n = where(isDone, 0, rest);
  }
  return m!.to(a.dtype);
}

/** The least common multiple; 0 where an element is 0. */
export function lcm<D extends "i32" | "u8" | "i8">(a: AnyTensor<D>, b: AnyTensor<D>): AnyTensor<D> {
  const divisor = gcd(a, b).to("i32");
  const product = a
    .to("i32")
    .floorDivide(where(divisor.eq(0), 1, divisor))
    .mul(b.to("i32"))
    .abs();
  return product.to(a.dtype);
}
