/** Texts as hosts without UTF-16 read them. */

import { allocRaw } from "./allocate";
import { headerBytes } from "./header";
import { unitCount, unitOf } from "./strings";

/** The address of the text in UTF-8 with a zero byte after it, in a block of its own. A lone surrogate becomes U+FFFD. */
export function strUtf8(s: usize): usize {
  const length = unitCount(s);
  const start = allocRaw(<usize>length * 3 + 1) + headerBytes;
  let at = start;
  for (let i = 0; i < length; i++) {
    let point = unitOf(s, i);
    if ((point & 0xf800) === 0xd800) {
      const next = i + 1 < length ? unitOf(s, i + 1) : 0;
      if (point < 0xdc00 && (next & 0xfc00) === 0xdc00) {
        point = 0x10000 + ((point & 0x3ff) << 10) + (next & 0x3ff);
        i++;
      } else point = 0xfffd;
    }
    at = putPoint(at, point);
  }
  store<u8>(at, 0);
  return start;
}

function putPoint(at: usize, point: i32): usize {
  if (point < 0x80) {
    store<u8>(at, <u8>point);
    return at + 1;
  }
  if (point < 0x800) {
    store<u8>(at, <u8>(0xc0 | (point >> 6)));
    return putTail(at + 1, point, 0);
  }
  if (point < 0x10000) {
    store<u8>(at, <u8>(0xe0 | (point >> 12)));
    return putTail(at + 1, point, 6);
  }
  store<u8>(at, <u8>(0xf0 | (point >> 18)));
  return putTail(at + 1, point, 12);
}

/** The bytes after the first one, six bits each, from those `shift` bits up. */
function putTail(first: usize, point: i32, shift: i32): usize {
  let at = first;
  for (let bits = shift; bits >= 0; bits -= 6) {
    store<u8>(at, <u8>(0x80 | ((point >> bits) & 0x3f)));
    at++;
  }
  return at;
}
