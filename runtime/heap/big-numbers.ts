/**
 * Natural numbers of any size up to `mostWords` words of 32 bits, for conversions between decimal and
 * binary that must be exact: +0 how many words there are, +4 the words, the lowest first, the last not 0.
 */

const mostWords: usize = 100;
const wordsAt: usize = 4;

/** What a number takes. */
export const bigBytes: usize = wordsAt + 4 * mostWords;

function countOf(p: usize): usize {
  return load<u32>(p);
}

function endOf(p: usize): usize {
  return p + wordsAt + (countOf(p) << 2);
}

export function bigSet(p: usize, value: u64): void {
  store<u64>(p, value, wordsAt);
  store<u32>(p, value >> 32 ? 2 : value ? 1 : 0);
}

export function bigCopy(to: usize, from: usize): void {
  memory.copy(to, from, endOf(from) - from);
}

/** How many bits `p` has without leading zeros. */
export function bigBits(p: usize): i32 {
  const count = countOf(p);
  return count === 0 ? 0 : <i32>(count << 5) - <i32>clz<u32>(load<u32>(endOf(p) - 4));
}

/** `p = p × factor + added`. */
export function bigMultiply(p: usize, factor: u32, added: u32): void {
  const end = endOf(p);
  let carry = <u64>added;
  for (let at = p + wordsAt; at < end; at += 4) {
    carry += <u64>load<u32>(at) * <u64>factor;
    store<u32>(at, <u32>carry);
    carry >>= 32;
  }
  if (carry === 0) return;
  store<u32>(end, <u32>carry);
  store<u32>(p, <u32>countOf(p) + 1);
}

/** `p = p × 5^n`. */
export function bigTimes5(p: usize, n: i32): void {
  for (; n >= 13; n -= 13) bigMultiply(p, 1220703125, 0);
  let factor: u32 = 1;
  for (; n > 0; n--) factor *= 5;
  bigMultiply(p, factor, 0);
}

/** `p = p × 2^n`. */
export function bigShift(p: usize, n: i32): void {
  if (n & 31) bigMultiply(p, 1 << (n & 31), 0);
  const words = <usize>(n >> 5);
  const count = countOf(p);
  if (count === 0 || words === 0) return;
  const first = p + wordsAt;
  memory.copy(first + (words << 2), first, count << 2);
  memory.fill(first, 0, words << 2);
  store<u32>(p, <u32>(count + words));
}

/** Below 0, 0 or above, as `a` is smaller than, equal to or greater than `b`. */
export function bigCompare(a: usize, b: usize): i32 {
  const difference = <i32>countOf(a) - <i32>countOf(b);
  if (difference !== 0) return difference;
  let other = endOf(b);
  for (let at = endOf(a); at > a + wordsAt; ) {
    at -= 4;
    other -= 4;
    const own = load<u32>(at);
    const its = load<u32>(other);
    if (own !== its) return own < its ? -1 : 1;
  }
  return 0;
}

/** `a = a + b`. */
export function bigAdd(a: usize, b: usize): void {
  while (countOf(a) < countOf(b)) {
    store<u32>(endOf(a), 0);
    store<u32>(a, <u32>countOf(a) + 1);
  }
  const end = endOf(a);
  const otherEnd = endOf(b);
  let other = b + wordsAt;
  let carry: u64 = 0;
  for (let at = a + wordsAt; at < end; at += 4, other += 4) {
    carry += <u64>load<u32>(at);
    if (other < otherEnd) carry += <u64>load<u32>(other);
    store<u32>(at, <u32>carry);
    carry >>= 32;
  }
  if (carry === 0) return;
  store<u32>(end, <u32>carry);
  store<u32>(a, <u32>countOf(a) + 1);
}

/** `a = a − b × times`, which is not below 0. */
export function bigSubtract(a: usize, b: usize, times: u32): void {
  const end = endOf(a);
  const otherEnd = endOf(b);
  let other = b + wordsAt;
  let product: u64 = 0;
  let borrow: i64 = 0;
  for (let at = a + wordsAt; at < end; at += 4, other += 4) {
    if (other < otherEnd) product += <u64>load<u32>(other) * <u64>times;
    borrow += <i64>load<u32>(at) - <i64>(product & 0xffffffff);
    store<u32>(at, <u32>borrow);
    product >>= 32;
    borrow >>= 32;
  }
  let count = countOf(a);
  while (count > 0 && load<u32>(a + (count << 2)) === 0) count--;
  store<u32>(a, <u32>count);
}

/**
 * The whole part of a/b, at most one too small. It must be below 16, and the highest word of `b` between
 * 2^27 and 2^28, so that `a` has no more words.
 */
export function bigQuotient(a: usize, b: usize): u32 {
  if (countOf(a) < countOf(b)) return 0;
  return load<u32>(endOf(a) - 4) / (load<u32>(endOf(b) - 4) + 1);
}
