/** FNV-1a of 64 bits: what packages state of their header, and name kernels by. */

const prime = 0x100000001b3n;
const start = 0xcbf29ce484222325n;

/** The hash as two words, the low one first. */
export function fnv64(bytes: Uint8Array): readonly [low: number, high: number] {
  let [low, high] = [Number(start & 0xffffffffn), Number(start >> 32n)];
  const primeLow = Number(prime & 0xffffffffn);
  for (const byte of bytes) {
    low = (low ^ byte) >>> 0;
    // (high, low) × (2⁸ 2³² + 0x1b3), modulo 2⁶⁴: products of 32 by 9 bits are exact.
    const product = low * primeLow;
    const carry = Math.floor(product / 2 ** 32);
    high = (Math.imul(high, primeLow) + carry + (low << 8)) >>> 0;
    low = product >>> 0;
  }
  return [low, high];
}
