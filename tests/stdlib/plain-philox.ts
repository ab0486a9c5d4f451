/**
 * The oracle of the random generator: Philox 4×32-10, a random function of a key and a position: Salmon, Moraes, Dror and Shaw, "Parallel
 * random numbers: as easy as 1, 2, 3", 2011.
 */

/** Four words of 32 bits. */
export type Words = readonly [number, number, number, number];

const multiplierA = 0xd2511f53;
const multiplierB = 0xcd9e8d57;
/** What is added to the key's words before each further round: the golden ratio, and √3 − 1. */
const stepA = 0x9e3779b9;
const stepB = 0xbb67ae85;
const rounds = 10;

/** The upper 32 bits of a product of 32-bit words. */
function upperProduct(a: number, b: number): number {
  const [aLow, aHigh, bLow, bHigh] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carry = (middle & 0xffff) + aLow * bHigh;
  return (aHigh * bHigh + Math.floor(middle / 65536) + Math.floor(carry / 65536)) >>> 0;
}

/** The words at position `counter` under `key`. */
export function philox(counter: Words, key: readonly [number, number]): Words {
  let [a, b, c, d] = counter;
  let [keyA, keyB] = key;
  for (let round = 0; round < rounds; round++) {
    const [upperA, lowerA] = [upperProduct(multiplierA, a), Math.imul(multiplierA, a)];
    const [upperC, lowerC] = [upperProduct(multiplierB, c), Math.imul(multiplierB, c)];
    [a, b, c, d] = [
      (upperC ^ b ^ keyA) >>> 0,
      lowerC >>> 0,
      (upperA ^ d ^ keyB) >>> 0,
      lowerA >>> 0,
    ];
    keyA = (keyA + stepA) >>> 0;
    keyB = (keyB + stepB) >>> 0;
  }
  return [a, b, c, d];
}
