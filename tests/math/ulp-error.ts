/** Distances between floats and exact values, and bit patterns spread over all of them. */

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

/** 2¹⁶ f32 values: every exponent, both signs, low bits varied; subnormals, ∞ and NaN among them. */
export function* spreadF32(): Generator<number> {
  for (let i = 0; i < 0x10000; i++) yield f32OfBits(i * 0x10001);
}
