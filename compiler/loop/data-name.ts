/** Names for constant data by its content, so that equal tables become one. */

/** `prefix.` and sixteen hex digits of a 64-bit FNV-1a hash of `bytes`. */
export function dataObjectName(prefix: string, bytes: Uint8Array): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return `${prefix}.${hash.toString(16).padStart(16, "0")}`;
}
