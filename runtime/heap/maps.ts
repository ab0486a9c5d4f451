/**
 * Maps and sets in the order of insertion. Entries lie in one array: 8 bytes of key, then 8 for each
 * leaf of the value. Beside it lie each entry's hash (0: deleted) and a table of entries by hash,
 * probed one after the other. References in entries are the caller's to count.
 *
 * A map: +8 live entries, +12 entries ever used, +16 capacity, +20 leaves, +24 locks, +28 the entries'
 * block, +32 the block of hashes and table (both 0 while there are no entries).
 */

import { alloc, allocRaw, free } from "./allocate";
import { fail, headerBytes, outOfMemory, setCount } from "./header";
import { isNan } from "./number-arguments";
import { strEqual, strHash } from "./strings";

const sizeAt: usize = 8;
const usedAt: usize = 12;
const capacityAt: usize = 16;
const leavesAt: usize = 20;
const locksAt: usize = 24;
const entriesAt: usize = 28;
const indexAt: usize = 32;
const fieldBytes: usize = 28;

const keyBytes: usize = 8;
const leastCapacity: i32 = 4;
const mostCapacity: i32 = 1 << 26;

const canonicalNan: u64 = 0x7ff8000000000000;

/** Whether the last put made a new entry. */
export let mapAdded: i32 = 0;

// How keys are compared.
const byBits: i32 = 0;
const byContent: i32 = 1;

export function mapNew(leaves: i32): usize {
  const map = alloc(fieldBytes);
  store<i32>(map, leaves, leavesAt);
  return map;
}

/** Gives back a map's blocks. */
export function mapFree(map: usize): void {
  free(load<u32>(map, entriesAt));
  free(load<u32>(map, indexAt));
  free(map);
}

/** Counts the references to a map's blocks; no call goes through it any more. */
export function mapKeep(map: usize): void {
  store<i32>(map, 0, locksAt);
  const entries = <usize>load<u32>(map, entriesAt);
  if (entries === 0) return;
  setCount(entries, 1);
  setCount(load<u32>(map, indexAt), 1);
}

/** Entries ever used, of which some may be deleted. */
export function mapUsed(map: usize): i32 {
  return usedOf(map);
}

function usedOf(map: usize): i32 {
  return load<i32>(map, usedAt);
}

function capacityOf(map: usize): i32 {
  return load<i32>(map, capacityAt);
}

function entryBytes(map: usize): usize {
  return keyBytes + ((<usize>load<u32>(map, leavesAt)) << 3);
}

function entryAddress(map: usize, i: i32): usize {
  return <usize>load<u32>(map, entriesAt) + headerBytes + <usize>i * entryBytes(map);
}

function hashAddress(map: usize, i: i32): usize {
  return <usize>load<u32>(map, indexAt) + headerBytes + ((<usize>i) << 2);
}

function hashOf(map: usize, i: i32): i32 {
  return load<i32>(hashAddress(map, i));
}

/** The table has two places for each entry, after the hashes; a place holds 1 + an entry's number. */
function placeAddress(map: usize, place: i32): usize {
  return hashAddress(map, capacityOf(map) + place);
}

function maskOf(map: usize): i32 {
  return 2 * capacityOf(map) - 1;
}

/** Keys that are equal get equal bits: −0 becomes 0, and there is one NaN. */
function numberKey(k: f64): u64 {
  return isNan(k) ? canonicalNan : reinterpret<u64>(k + 0);
}

/** Never 0, which marks deleted entries. */
function mixed(bits: u64): i32 {
  let h = <i32>(bits ^ (bits >> 32));
  h = (h ^ (h >>> 16)) * 0x85ebca6b;
  h = (h ^ (h >>> 13)) * 0xc2b2ae35;
  h ^= h >>> 16;
  return h === 0 ? 1 : h;
}

/** The number of the live entry with this key, or −1. */
function find(map: usize, key: u64, hash: i32, kind: i32): i32 {
  const capacity = capacityOf(map);
  if (capacity === 0) return -1;
  // Read once: a call for each would cost more than the search.
  const hashes = hashAddress(map, 0);
  const places = hashes + ((<usize>capacity) << 2);
  const entries = entryAddress(map, 0);
  const stride = entryBytes(map);
  const mask = 2 * capacity - 1;
  let place = hash & mask;
  let i = load<i32>(places + ((<usize>place) << 2)) - 1;
  while (i >= 0) {
    if (load<i32>(hashes + ((<usize>i) << 2)) === hash) {
      const own = load<u64>(entries + <usize>i * stride);
      if (own === key || (kind === byContent && strEqual(<usize>own, <usize>key))) return i;
    }
    place = (place + 1) & mask;
    i = load<i32>(places + ((<usize>place) << 2)) - 1;
  }
  return -1;
}

function enterHash(map: usize, i: i32, hash: i32): void {
  const mask = maskOf(map);
  let place = hash & mask;
  while (load<i32>(placeAddress(map, place)) !== 0) place = (place + 1) & mask;
  store<i32>(placeAddress(map, place), i + 1);
}

/**
 * Makes room for another entry: without the deleted ones in about twice the room of the live, or, while
 * the map is locked, with every entry where it is in twice the room.
 */
function rebuild(map: usize): void {
  const isLocked = load<i32>(map, locksAt) > 0;
  const used = usedOf(map);
  let capacity = leastCapacity;
  const least = isLocked ? used + 1 : load<i32>(map, sizeAt) + (load<i32>(map, sizeAt) >> 1) + 1;
  while (capacity < least) capacity <<= 1;
  if (capacity > mostCapacity || <u64>entryBytes(map) * <u64>capacity > 1 << 30) fail(outOfMemory);
  const bytes = entryBytes(map);
  const oldEntries = <usize>load<u32>(map, entriesAt);
  const oldIndex = <usize>load<u32>(map, indexAt);
  // Where memory ends here, the map stays as it is.
  const entries = allocRaw(<usize>capacity * bytes);
  const index = alloc(<usize>capacity * 12);
  store<u32>(map, <u32>entries, entriesAt);
  store<u32>(map, <u32>index, indexAt);
  store<i32>(map, capacity, capacityAt);
  let kept = 0;
  for (let i = 0; i < used; i++) {
    const hash = load<i32>(oldIndex + headerBytes + ((<usize>i) << 2));
    if (hash === 0 && !isLocked) continue;
    memory.copy(entryAddress(map, kept), oldEntries + headerBytes + <usize>i * bytes, bytes);
    store<i32>(hashAddress(map, kept), hash);
    if (hash !== 0) enterHash(map, kept, hash);
    kept++;
  }
  store<i32>(map, kept, usedAt);
  free(oldEntries);
  free(oldIndex);
}

/** The address of the value, with a new entry of zeros where there was none. */
function put(map: usize, key: u64, hash: i32, kind: i32): usize {
  const found = find(map, key, hash, kind);
  mapAdded = found < 0 ? 1 : 0;
  if (found >= 0) return entryAddress(map, found) + keyBytes;
  if (usedOf(map) === capacityOf(map)) rebuild(map);
  const i = usedOf(map);
  const entry = entryAddress(map, i);
  const end = entry + entryBytes(map);
  store<u64>(entry, key);
  for (let at = entry + keyBytes; at < end; at += 8) store<u64>(at, 0);
  store<i32>(hashAddress(map, i), hash);
  enterHash(map, i, hash);
  store<i32>(map, i + 1, usedAt);
  store<i32>(map, load<i32>(map, sizeAt) + 1, sizeAt);
  return entry + keyBytes;
}

/** Its place in the table stays taken until the next rebuild, so that searches go on past it. */
function drop(map: usize, i: i32): usize {
  if (i < 0) return 0;
  store<i32>(hashAddress(map, i), 0);
  store<i32>(map, load<i32>(map, sizeAt) - 1, sizeAt);
  return entryAddress(map, i);
}

function valueAddress(map: usize, i: i32): usize {
  return i < 0 ? 0 : entryAddress(map, i) + keyBytes;
}

export function mapFindNum(map: usize, k: f64): usize {
  const key = numberKey(k);
  return valueAddress(map, find(map, key, mixed(key), byBits));
}

export function mapPutNum(map: usize, k: f64): usize {
  const key = numberKey(k);
  return put(map, key, mixed(key), byBits);
}

/** The key's address in the entry that is gone, to be read before the next put; 0 without one. */
export function mapDropNum(map: usize, k: f64): usize {
  const key = numberKey(k);
  return drop(map, find(map, key, mixed(key), byBits));
}

export function mapFindStr(map: usize, s: usize): usize {
  return valueAddress(map, find(map, <u64>s, mixed(<u64>strHash(s)), byContent));
}

export function mapPutStr(map: usize, s: usize): usize {
  return put(map, <u64>s, mixed(<u64>strHash(s)), byContent);
}

export function mapDropStr(map: usize, s: usize): usize {
  return drop(map, find(map, <u64>s, mixed(<u64>strHash(s)), byContent));
}

export function mapFindRef(map: usize, p: usize): usize {
  return valueAddress(map, find(map, <u64>p, mixed(<u64>p), byBits));
}

export function mapPutRef(map: usize, p: usize): usize {
  return put(map, <u64>p, mixed(<u64>p), byBits);
}

export function mapDropRef(map: usize, p: usize): usize {
  return drop(map, find(map, <u64>p, mixed(<u64>p), byBits));
}

export function mapSize(map: usize): f64 {
  return <f64>load<i32>(map, sizeAt);
}

/** While the map is locked, entries to come keep counting from where the old ones ended. */
export function mapClear(map: usize): void {
  store<i32>(map, 0, sizeAt);
  if (load<i32>(map, locksAt) > 0) {
    for (let i = 0; i < usedOf(map); i++) store<i32>(hashAddress(map, i), 0);
    return;
  }
  free(load<u32>(map, entriesAt));
  free(load<u32>(map, indexAt));
  store<u32>(map, 0, entriesAt);
  store<u32>(map, 0, indexAt);
  store<i32>(map, 0, capacityAt);
  store<i32>(map, 0, usedAt);
}

/** The number of the first live entry from `at` on, or −1. */
export function mapNext(map: usize, at: i32): i32 {
  const used = usedOf(map);
  for (let i = at; i < used; i++) if (hashOf(map, i) !== 0) return i;
  return -1;
}

export function mapKeyAt(map: usize, i: i32): usize {
  return entryAddress(map, i);
}

export function mapValueAt(map: usize, i: i32): usize {
  return entryAddress(map, i) + keyBytes;
}

/** Until as many unlocks, entries keep their numbers. */
export function mapLock(map: usize): void {
  store<i32>(map, load<i32>(map, locksAt) + 1, locksAt);
}

export function mapUnlock(map: usize): void {
  store<i32>(map, load<i32>(map, locksAt) - 1, locksAt);
}
