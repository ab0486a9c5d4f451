/** The range of what a scalar function gives, from those of its operands. */

import {
  anyInt,
  anything,
  containsZero,
  integers,
  isEmpty,
  join,
  least32,
  most32,
  nothing,
  type Range,
} from "./range.ts";

/** Of `fn`, whose result is a number; operands that are booleans have any range. */
export function rangeOfScalar(fn: string, given: readonly Range[]): Range {
  if (fn === "choose") return join(given[1]!, given[2]!);
  if (fn === "toNumber") return integers(0, 1);
  if (given.some(isEmpty)) return nothing;
  const [a, b] = [given[0]!, given[1]];
  const bits = rangeOfBits(fn, a, b);
  if (bits) return bits;
  return (b ? rangeOfTwo(fn, a, b) : rangeOfOne(fn, a)) ?? anything;
}

/** Of candidates that may be NaN, where infinities meet: then nothing is known. */
function between(candidates: readonly number[]): Pick<Range, "lo" | "hi"> {
  if (candidates.some(Number.isNaN)) return { lo: -Infinity, hi: Infinity };
  return { lo: Math.min(...candidates) + 0, hi: Math.max(...candidates) + 0 };
}

const isNegative = (r: Range): boolean => r.lo < 0 || r.negativeZero;
const isInfinite = (r: Range): boolean => r.lo === -Infinity || r.hi === Infinity;

function rangeOfTwo(fn: string, a: Range, b: Range): Range | undefined {
  const whole = a.whole && b.whole;
  const nan = a.nan || b.nan;
  const anyZero = a.negativeZero || b.negativeZero;
  switch (fn) {
    case "add":
      return {
        ...between([a.lo + b.lo, a.hi + b.hi]),
        whole,
        negativeZero: a.negativeZero && b.negativeZero,
        nan: nan || (isInfinite(a) && isInfinite(b)),
      };
    case "sub":
      return {
        ...between([a.lo - b.hi, a.hi - b.lo]),
        whole,
        negativeZero: a.negativeZero && containsZero(b),
        nan: nan || (isInfinite(a) && isInfinite(b)),
      };
    case "mul":
      return {
        ...between([a.lo * b.lo, a.lo * b.hi, a.hi * b.lo, a.hi * b.hi]),
        whole,
        negativeZero: zeroOfProduct(a, b, whole),
        nan: nan || (isInfinite(a) && containsZero(b)) || (isInfinite(b) && containsZero(a)),
      };
    case "div": {
      const corners = [a.lo / b.lo, a.lo / b.hi, a.hi / b.lo, a.hi / b.hi];
      return {
        ...(containsZero(b) ? { lo: -Infinity, hi: Infinity } : between(corners)),
        whole: false,
        negativeZero: isNegative(a) || isNegative(b),
        nan: nan || (containsZero(a) && containsZero(b)) || (isInfinite(a) && isInfinite(b)),
      };
    }
    case "rem":
      return rangeOfRemainder(a, b);
    case "min":
      return {
        lo: Math.min(a.lo, b.lo),
        hi: Math.min(a.hi, b.hi),
        whole,
        negativeZero: anyZero,
        nan,
      };
    case "max":
      return {
        lo: Math.max(a.lo, b.lo),
        hi: Math.max(a.hi, b.hi),
        whole,
        negativeZero: anyZero,
        nan,
      };
    default:
      return undefined;
  }
}

/** Whether a product may be −0: of a zero and what is negative, or of what is too small for f64. */
const zeroOfProduct = (a: Range, b: Range, whole: boolean): boolean =>
  a.negativeZero ||
  b.negativeZero ||
  (containsZero(a) && b.lo < 0) ||
  (containsZero(b) && a.lo < 0) ||
  (!whole && (a.lo < 0 || b.lo < 0));

/** Not larger than the dividend, smaller than the divisor, with the dividend's sign. */
function rangeOfRemainder(a: Range, b: Range): Range {
  const whole = a.whole && b.whole;
  const divisor = Math.max(Math.abs(b.lo), Math.abs(b.hi));
  const most = whole && divisor <= 2 ** 53 ? divisor - 1 : divisor;
  return {
    lo: a.lo < 0 ? Math.max(a.lo, -most) : 0,
    hi: a.hi > 0 ? Math.min(a.hi, most) : 0,
    whole,
    negativeZero: isNegative(a),
    nan: a.nan || b.nan || containsZero(b) || isInfinite(a),
  };
}

function rangeOfOne(fn: string, a: Range): Range | undefined {
  const { nan } = a;
  const rounded = (f: (x: number) => number, negativeZero: boolean): Range => ({
    lo: f(a.lo) + 0,
    hi: f(a.hi) + 0,
    whole: true,
    negativeZero: a.negativeZero || negativeZero,
    nan,
  });
  // What lies between −1 and 0 becomes −0.
  const fraction = !a.whole && a.lo < 0 && a.hi > -1;
  switch (fn) {
    case "neg":
      return { ...a, lo: -a.hi + 0, hi: -a.lo + 0, negativeZero: containsZero(a) };
    case "abs": {
      const [lo, hi] = [Math.abs(a.lo), Math.abs(a.hi)];
      const least = containsZero(a) ? 0 : Math.min(lo, hi);
      return { lo: least, hi: Math.max(lo, hi), whole: a.whole, negativeZero: false, nan };
    }
    case "floor":
      return rounded(Math.floor, false);
    case "ceil":
      return rounded(Math.ceil, fraction);
    case "trunc":
      return rounded(Math.trunc, fraction);
    case "round":
      return rounded(Math.round, fraction);
    case "sign":
      return {
        lo: Math.sign(a.lo) + 0,
        hi: Math.sign(a.hi) + 0,
        whole: true,
        negativeZero: a.negativeZero,
        nan,
      };
    case "sqrt":
      return {
        lo: Math.sqrt(Math.max(a.lo, 0)),
        hi: Math.sqrt(Math.max(a.hi, 0)),
        whole: false,
        negativeZero: a.negativeZero,
        nan: nan || a.lo < 0,
      };
    case "fround":
      return {
        ...a,
        lo: Math.fround(a.lo),
        hi: Math.fround(a.hi),
        // Small ones become zeros.
        negativeZero: a.negativeZero || (!a.whole && a.lo < 0),
      };
    default:
      return undefined;
  }
}

/** What ToInt32 makes of a number: it wraps where the number is not of 32 bits, and cuts fractions. */
function toInt32(r: Range): Range {
  if (r.lo < least32 || r.hi > most32) return anyInt;
  const cut = integers(Math.trunc(r.lo) + 0, Math.trunc(r.hi) + 0);
  return r.nan || r.lo > r.hi ? join(cut, integers(0, 0)) : cut;
}

const constantOf = (r: Range): number | undefined => (r.lo === r.hi ? r.lo : undefined);

/** 0 and all numbers with as many bits. */
const upToBits = (most: number): Range => integers(0, 2 ** (32 - Math.clz32(most)) - 1);

function rangeOfBits(fn: string, x: Range, y: Range | undefined): Range | undefined {
  const a = toInt32(x);
  if (fn === "clz32") return integers(0, 32);
  if (fn === "bitNot") return integers(~a.hi, ~a.lo);
  if (!y) return undefined;
  const b = toInt32(y);
  const positive = a.lo >= 0 && b.lo >= 0;
  switch (fn) {
    case "bitAnd":
      if (a.lo < 0 && b.lo < 0) return anyInt;
      return integers(0, Math.min(a.lo < 0 ? most32 : a.hi, b.lo < 0 ? most32 : b.hi));
    case "bitOr":
    case "bitXor":
      return positive ? upToBits(Math.max(a.hi, b.hi)) : anyInt;
    case "imul":
      return anyInt;
    case "shl":
    case "shr":
    case "shrU":
      return rangeOfShift(fn, a, constantOf(b));
    default:
      return undefined;
  }
}

function rangeOfShift(fn: "shl" | "shr" | "shrU", a: Range, by: number | undefined): Range {
  if (fn === "shr") {
    if (by !== undefined) return integers(a.lo >> by, a.hi >> by);
    return integers(Math.min(a.lo, 0), Math.max(a.hi, -1));
  }
  if (fn === "shrU") {
    if (a.lo >= 0) return by === undefined ? integers(0, a.hi) : integers(a.lo >> by, a.hi >> by);
    return integers(0, by === undefined ? 2 ** 32 - 1 : -1 >>> by);
  }
  if (by === undefined) return anyInt;
  const factor = 2 ** (by & 31);
  const [lo, hi] = [a.lo * factor, a.hi * factor];
  return lo >= least32 && hi <= most32 ? integers(lo, hi) : anyInt;
}
