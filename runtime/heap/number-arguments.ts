/** How functions read numbers that stand for positions, counts and integers. */

export function isNan(x: f64): bool {
  return !(x <= Infinity);
}

/** `trunc(x)` between `low` and `high`, 0 for NaN. */
export function position(x: f64, low: i32, high: i32): i32 {
  return max(low, min(high, <i32>x));
}

/** JavaScript's ToUint32: `trunc(x)` modulo 2^32, 0 for NaN and the infinities. */
export function toUint32(x: f64): u32 {
  if (!(abs(x) < Infinity)) return 0;
  const whole = trunc(x);
  return <u32>(<u64>(whole - floor(whole / 4294967296) * 4294967296));
}
