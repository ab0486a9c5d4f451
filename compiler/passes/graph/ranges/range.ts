/** What is known of a number: an interval, whether it is whole, and whether it may be −0 or NaN. */

export interface Range {
  /** Both may be infinite; −0 counts as 0. Nothing lies between where `lo` is above `hi`. */
  readonly lo: number;
  readonly hi: number;
  /** Every finite value is an integer. */
  readonly whole: boolean;
  readonly negativeZero: boolean;
  readonly nan: boolean;
}

export const anything: Range = {
  lo: -Infinity,
  hi: Infinity,
  whole: false,
  negativeZero: true,
  nan: true,
};

/** Of code that nothing reaches. */
export const nothing: Range = {
  lo: Infinity,
  hi: -Infinity,
  whole: true,
  negativeZero: false,
  nan: false,
};

export const least32 = -(2 ** 31);
export const most32 = 2 ** 31 - 1;

export const integers = (lo: number, hi: number): Range => ({
  lo,
  hi,
  whole: true,
  negativeZero: false,
  nan: false,
});
export const anyInt = integers(least32, most32);

export const rangeOfNumber = (x: number): Range => ({
  lo: Number.isNaN(x) ? Infinity : x + 0,
  hi: Number.isNaN(x) ? -Infinity : x + 0,
  whole: Number.isInteger(x) || !Number.isFinite(x),
  negativeZero: Object.is(x, -0),
  nan: Number.isNaN(x),
});

/** Whether all values are integers of 32 bits, so that an i32 tells them apart. */
export const isInt = (r: Range): boolean =>
  r.whole && !r.negativeZero && !r.nan && r.lo >= least32 && r.hi <= most32;

export const isEmpty = (r: Range): boolean => r.lo > r.hi && !r.nan;

export const containsZero = (r: Range): boolean => r.lo <= 0 && r.hi >= 0;

export const join = (a: Range, b: Range): Range => ({
  lo: Math.min(a.lo, b.lo),
  hi: Math.max(a.hi, b.hi),
  whole: a.whole && b.whole,
  negativeZero: a.negativeZero || b.negativeZero,
  nan: a.nan || b.nan,
});

export const equalRange = (a: Range, b: Range): boolean =>
  a.lo === b.lo &&
  a.hi === b.hi &&
  a.whole === b.whole &&
  a.negativeZero === b.negativeZero &&
  a.nan === b.nan;

/** What lies in both, of values that are both. */
export function meet(a: Range, b: Range): Range {
  const [lo, hi] = [Math.max(a.lo, b.lo), Math.min(a.hi, b.hi)];
  const negativeZero = a.negativeZero && b.negativeZero && lo <= 0 && hi >= 0;
  return { lo, hi, whole: a.whole || b.whole, negativeZero, nan: a.nan && b.nan };
}
