/**
 * Philox 4×32-10, a random function of a key and a position: Salmon, Moraes, Dror and Shaw, "Parallel
 * random numbers: as easy as 1, 2, 3", 2011. All values are i32 that hold unsigned words.
 */

import { add, binary, constant, convert, type Expr, mul, select } from "../expr.ts";

export type Words = readonly [Expr, Expr, Expr, Expr];
/** A number of 64 bits. */
export interface Pair {
  readonly low: Expr;
  readonly high: Expr;
}

const multiplierA = word(0xd2511f53);
const multiplierC = word(0xcd9e8d57);
/** What is added to the key's words before each further round: the golden ratio, and √3 − 1. */
const steps = [0x9e3779b9, 0xbb67ae85] as const;
const rounds = 10;

function word(bits: number): Expr {
  return constant("i32", bits | 0);
}
const xor = (a: Expr, b: Expr): Expr => binary("xor", a, b);
const upperHalf = (a: Expr): Expr => binary("shrU", a, 16);
const lowerHalf = (a: Expr): Expr => binary("and", a, 0xffff);

/** The upper word of the product of two words. */
export function upperProduct(a: Expr, b: Expr): Expr {
  const [aHigh, aLow, bHigh, bLow] = [upperHalf(a), lowerHalf(a), upperHalf(b), lowerHalf(b)];
  const middle = add(mul(aHigh, bLow), upperHalf(mul(aLow, bLow)));
  const carry = add(mul(aLow, bHigh), lowerHalf(middle));
  return add(mul(aHigh, bHigh), add(upperHalf(middle), upperHalf(carry)));
}

/** The words at position `counter` under `key`. */
export function philox(counter: Words, key: Pair): Words {
  let [a, b, c, d] = counter;
  for (let round = 0; round < rounds; round++) {
    const keyA = add(key.low, word(Math.imul(round, steps[0])));
    const keyC = add(key.high, word(Math.imul(round, steps[1])));
    [a, b, c, d] = [
      xor(xor(upperProduct(c, multiplierC), b), keyA),
      mul(c, multiplierC),
      xor(xor(upperProduct(a, multiplierA), d), keyC),
      mul(a, multiplierA),
    ];
  }
  return [a, b, c, d];
}

/** The word at `position` of the sequence that `key` and `domain` begin: four from each block. */
export function wordAt(position: Pair, key: Pair, domain: Expr): Expr {
  const blockLow = binary("or", binary("shrU", position.low, 2), binary("shl", position.high, 30));
  const words = philox([blockLow, binary("shrU", position.high, 2), word(0), domain], key);
  const isOdd = binary("ne", binary("and", position.low, 1), 0);
  const isUpper = binary("ne", binary("and", position.low, 2), 0);
  return select(isUpper, select(isOdd, words[3], words[2]), select(isOdd, words[1], words[0]));
}

/** `start + steps`, where `steps` is below 2³¹. */
export function advance({ low, high }: Pair, by: Expr): Pair {
  const sum = add(low, by);
  // As unsigned numbers: the sum is below its term only where it has wrapped.
  const unsigned = (a: Expr): Expr => xor(a, word(0x80000000));
  return { low: sum, high: add(high, convert(binary("lt", unsigned(sum), unsigned(low)), "i32")) };
}
