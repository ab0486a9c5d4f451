/** Writes a text unit by unit, where its length is not known before. One text at a time. */

import { allocRaw, free } from "./allocate";
import { headerBytes } from "./header";
import { textFrom } from "./strings";

let block: usize = 0;
let cursor: usize = 0;

/** Begins a text of at most `most` units. */
export function openText(most: i32): void {
  block = allocRaw((<usize>most) << 1);
  cursor = block + headerBytes;
}

export function put(unit: i32): void {
  store<u16>(cursor, <u16>unit);
  cursor += 2;
}

/** `n` in decimal. */
export function putInteger(n: i32): void {
  if (n >= 10) putInteger(n / 10);
  put(0x30 + (n % 10));
}

export function closeText(): usize {
  const start = block + headerBytes;
  const text = textFrom(start, <i32>((cursor - start) >> 1));
  free(block);
  return text;
}
