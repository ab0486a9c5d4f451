/** Distances between floats and exact values, and bit patterns spread over all of them. */

import { bits, toFixed } from "./exact-functions.ts";

const view = new DataView(new ArrayBuffer(8));

/**
 * |computed − exact| in units of the last f32 place of `exact`; above the largest f32 the unit stays
 * the largest. Infinity where one of the two is NaN, or zeros, infinities or signs differ.
 */
export function ulpErrorF32(computed: number, exact: number): number {
  const rounded = Math.fround(exact);
  if (Object.is(computed, rounded) && !(Math.abs(exact) < Number.MAX_VALUE)) return 0;
  if (Number.isNaN(computed) || !(Math.abs(exact) <= Number.MAX_VALUE)) return Infinity;
  if (exact === 0 || isNegative(computed) !== isNegative(exact))
    return Object.is(computed, exact) ? 0 : Infinity;
  const [a, b] = [Math.min(Math.abs(computed), 2 ** 128), Math.min(Math.abs(exact), 2 ** 128)];
  const exponent = Math.max(-126, Math.min(127, exponentOf(b)));
  return Math.abs(a - b) / 2 ** (exponent - 23);
}

const isNegative = (x: number): boolean => x < 0 || Object.is(x, -0);

function exponentOf(x: number): number {
  view.setFloat64(0, x);
  return ((view.getInt32(0) >>> 20) & 0x7ff) - 1023;
}

export function f32OfBits(pattern: number): number {
  view.setInt32(0, pattern | 0);
  return view.getFloat32(0);
}

/** 2¹⁶ f32 values, or `count`: every exponent, both signs, low bits varied, ∞ and NaN among them. */
export function* spreadF32(count = 0x10000): Generator<number> {
  const step = 2 ** 32 / count + 1;
  for (let i = 0; i < count; i++) yield f32OfBits(Math.trunc(i * step));
}

/** The same for f64, where `exact` counts units of 2⁻ᵇⁱᵗˢ. */
export function ulpErrorF64(computed: number, exact: bigint): number {
  const size = exact < 0n ? -exact : exact;
  const exponent = BigInt(size.toString(2).length) - 1n - bits;
  const bounded = exponent < -1022n ? -1022n : exponent > 1023n ? 1023n : exponent;
  const unit = 1n << (bounded - 52n + bits);
  if (Number.isNaN(computed) || (exact !== 0n && isNegative(computed) !== exact < 0n))
    return Infinity;
  const limit = 1n << (1024n + bits);
  const a = Math.abs(computed) === Infinity ? limit : toFixed(Math.abs(computed));
  const b = size < limit ? size : limit;
  if (a === limit && 2n * (limit - b) <= unit) return 0;
  return Number(((a < b ? b - a : a - b) * 10000n) / unit) / 10000;
}

export function f64OfBits(pattern: bigint): number {
  view.setBigUint64(0, BigInt.asUintN(64, pattern));
  return view.getFloat64(0);
}

/** `count` finite f64 values spread over all patterns, and as many of magnitudes 2⁻³⁰ … 2¹⁰. */
export function* spreadF64(count: number): Generator<number> {
  const golden = 0x9e3779b97f4a7c15n;
  for (let i = 1n; i <= BigInt(count); i++) {
    const pattern = BigInt.asUintN(64, i * golden);
    const x = f64OfBits(pattern);
    if (Number.isFinite(x)) yield x;
    const exponent = 993n + (i % 41n);
    yield f64OfBits((pattern & 0x800fffffffffffffn) | (exponent << 52n));
  }
}
