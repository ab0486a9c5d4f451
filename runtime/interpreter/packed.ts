/**
 * Packed weights: the rows of contractions that are constants are brought into panels once. A first call notes which
 * those are, the next preparation makes room for them outside of the heap, and the call after it fills the room.
 */

import { growMemory, isLimited } from "./grow-memory";
import { mostPacked, packedAt } from "./kernel-table";
import { extentsAt, mostAxes } from "./places";
import * as plan from "./plan-words";
import { setPlan } from "./plans";
import { staticEnd, takeStatic } from "./program";
import { setWord, word } from "./words";

// Words of an entry: the operation, rows, positions, how they lie, the room, whether it is filled.
const operationWord: i32 = 0;
const rowsWord: i32 = 1;
const positionsWord: i32 = 2;
const orderWord: i32 = 3;
const roomWord: i32 = 4;
const filledWord: i32 = 5;
const entryBytes: usize = 24;

let count: i32 = 0;

export function forgetPacked(): void {
  count = 0;
}

function entryAt(i: i32): usize {
  return packedAt + <usize>i * entryBytes;
}

/** A hash of where the rows' elements lie. */
function orderOf(from: usize, by: usize): i32 {
  let hash = <i32>from;
  for (let axis = 0; axis < mostAxes; axis++) {
    const step = word(by, axis);
    if (step !== 0) hash = ((hash * 31 + step) * 31 + word(extentsAt, axis)) * 31 + axis;
  }
  return hash;
}

/**
 * What is kept of the rows that the operation at `operation` reads comes into the plan. Gives the entry; 0 where nothing
 * is kept.
 */
export function findPacked(
  operation: usize,
  from: usize,
  by: usize,
  rows: i32,
  positions: i32,
): usize {
  const order = orderOf(from, by);
  for (let i = 0; i < count; i++) {
    const entry = entryAt(i);
    if (<usize>word(entry, operationWord) !== operation) continue;
    // Sizes of a run may make the same operation read other rows.
    const isSame = word(entry, rowsWord) === rows && word(entry, positionsWord) === positions;
    if (!isSame || word(entry, orderWord) !== order) return 0;
    setPlan(plan.contractPackedRows, word(entry, roomWord));
    setPlan(plan.contractIsPacked, word(entry, filledWord));
    return entry;
  }
  // Who bounds the memory wants it for the program.
  if (count === mostPacked || isLimited()) return 0;
  const entry = entryAt(count++);
  setWord(entry, operationWord, <i32>operation);
  setWord(entry, rowsWord, rows);
  setWord(entry, positionsWord, positions);
  setWord(entry, orderWord, order);
  setWord(entry, roomWord, 0);
  setWord(entry, filledWord, 0);
  return entry;
}

/** After the contraction: what has room is there now. */
export function noteFilled(entry: usize): void {
  if (entry !== 0 && word(entry, roomWord) !== 0) setWord(entry, filledWord, 1);
}

/** Room for all that was noted, as far as there is memory. Nothing lies on the heap, which begins behind it. */
export function makeRoom(): void {
  for (let i = 0; i < count; i++) {
    const entry = entryAt(i);
    if (word(entry, roomWord) !== 0) continue;
    const bytes = <usize>((word(entry, rowsWord) + 3) & ~3) * <usize>word(entry, positionsWord) * 4;
    const lacking = (<i64>staticEnd + <i64>bytes + 0x30000 - ((<i64>memory.size()) << 16)) >> 16;
    if (lacking > 0 && (lacking > 0xffff || growMemory(<i32>lacking) < 0)) return;
    setWord(entry, roomWord, <i32>takeStatic(bytes));
  }
}
