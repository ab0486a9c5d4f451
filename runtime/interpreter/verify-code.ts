/**
 * Verifies the operations of a function before any runs: registers exist and have the types that are due,
 * numbers name what there is, jumps go to operations, and the last one goes nowhere.
 */

import * as op from "../ops/program-format";
import { callOperation } from "./kernel-imports";
import { verificationsAt } from "./kernel-table";
import { funcCode, funcCodeWords } from "./program";
import { read, readFrom } from "./reader";
import { startFunction } from "./verify-control";
import { must, mustBeKnown } from "./verify-words";
import { at, setOperationWords, word } from "./words";

/** Marks lie one byte for each word of the code. */
export function verifyFunction(func: usize, marks: usize): void {
  startFunction(func);
  const start = <usize>word(func, funcCode);
  const words = word(func, funcCodeWords);
  const end = start + ((<usize>words) << 2);
  memory.fill(marks, 0, <usize>words);
  readFrom(start, end);
  let last = 0;
  while (at < end) {
    const place = at;
    store<u8>(marks + ((place - start) >> 2), 1);
    const first = read();
    last = first & 255;
    const count = (first >> 8) & 0xffffff;
    must(place + ((<usize>count) << 2) <= end);
    must(last <= op.mostOperation);
    mustBeKnown(last);
    setOperationWords(count);
    callOperation(verificationsAt + last);
    must(at === place + ((<usize>count) << 2));
  }
  must(isEnd(last));
  verifyJumps(start, end, marks, words);
}

function isEnd(code: i32): bool {
  return code === op.opJump || code === op.opReturn || code === op.opFail || code === op.opFailWith;
}

function verifyJumps(start: usize, end: usize, marks: usize, words: i32): void {
  for (let place = start; place < end; place += (<usize>((word(place, 0) >> 8) & 0xffffff)) << 2) {
    const code = word(place, 0) & 255;
    let target = 0;
    if (code === op.opJump) target = word(place, 1);
    else if (code === op.opJumpUnless) target = word(place, 2);
    else continue;
    must(<u32>target < <u32>words && load<u8>(marks + <usize>target) === 1);
  }
}
