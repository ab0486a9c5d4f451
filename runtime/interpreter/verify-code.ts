/**
 * Verifies the operations of a function before any runs: registers exist and have the types that are due,
 * numbers name what there is, jumps go to operations, and the last one goes nowhere.
 */

import * as op from "../ops/program-format";
import { scalarSignature, textSignature } from "./kernel-dispatch";
import { leafCount, leafType } from "./objects";
import {
  funcCode,
  funcCodeWords,
  funcParamRegs,
  funcParams,
  funcRegisters,
  funcRegisterTypes,
  funcResults,
  funcResultTypes,
  functionAt,
  section,
  symbolCount,
} from "./program";
import { read, readBelow, readFrom } from "./reader";
import { kindOf } from "./registers";
import { verifyOperator } from "./verify-operator";
import {
  any,
  anyDType,
  enterFunction,
  flag,
  must,
  mustBeKnown,
  numeric,
  object,
  ofKind,
  same,
  site,
  size,
  sizes,
  tensor,
  textual,
} from "./verify-words";
import { at, word } from "./words";

let func: usize = 0;

/** Marks lie one byte for each word of the code. */
export function verifyFunction(verified: usize, marks: usize): void {
  func = verified;
  enterFunction(word(func, funcRegisters), <usize>word(func, funcRegisterTypes));
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
    verifyOperation(last, count);
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

function verifyOperation(code: i32, words: i32): void {
  switch (code) {
    case op.opMove:
      same(any(), any());
      break;
    case op.opDrop:
    case op.opEmpty:
      must(kindOf(any()) >= op.kindText);
      break;
    case op.opJump:
      read();
      break;
    case op.opJumpUnless:
      flag();
      read();
      break;
    case op.opCall:
      verifyCall();
      break;
    case op.opReturn:
      for (let i = 0; i < word(func, funcResults); i++) {
        same(any(), word(<usize>word(func, funcResultTypes), i));
      }
      break;
    case op.opFail:
      site();
      break;
    case op.opFailWith:
      textual();
      site();
      break;
    case op.opCheck:
      flag();
      site();
      break;
    case op.opCheckEqual:
    case op.opCheckAtMost:
      sizes(2);
      site();
      break;
    default:
      verifyValue(code, words);
  }
}

/** What makes numbers, texts and tensors of what is not on the heap. */
function verifyValue(code: i32, words: i32): void {
  switch (code) {
    case op.opNumber: {
      const kind = kindOf(any());
      const value = read();
      const high = read();
      must(kind === op.kindNumber || (kind === op.kindBool && <u32>value <= 1 && high === 0));
      break;
    }
    case op.opSize:
      numeric();
      size();
      break;
    case op.opBind:
      numeric();
      readBelow(symbolCount);
      site();
      break;
    case op.opText:
      textual();
      readBelow(word(section(op.sectionTexts), 0));
      break;
    case op.opScalar:
      verifySignature(scalarSignature(read()), 0);
      break;
    case op.opTexts:
      verifyTexts();
      break;
    case op.opConst: {
      const dtype = tensor(anyDType);
      const place = readBelow(word(section(op.sectionTensors), 0));
      same(word(section(op.sectionTensors), 1 + place * 12 + 2), dtype);
      break;
    }
    case op.opStateGet:
    case op.opStateSet: {
      const type = any();
      // Nothing ever takes the place of what the start has made.
      must(code === op.opStateGet || kindOf(type) !== op.kindRef);
      const cell = readBelow(word(section(op.sectionState), 1));
      same(word(section(op.sectionState), 2 + 2 * cell), type);
      break;
    }
    case op.opItem: {
      const kind = kindOf(any());
      const dtype = tensor(anyDType);
      must(kind === (dtype === 2 ? op.kindBool : op.kindNumber));
      break;
    }
    case op.opSplat: {
      const dtype = tensor(anyDType);
      const kind = kindOf(any());
      must(kind === op.kindBool || (kind === op.kindNumber && dtype !== 2));
      site();
      break;
    }
    default:
      verifyOperator(code, words);
  }
}

/** Results and arguments are as the function has them. */
function verifyCall(): void {
  const callee = functionAt(readBelow(word(section(op.sectionFunctions), 0)));
  for (let i = 0; i < word(callee, funcResults); i++) {
    same(any(), word(<usize>word(callee, funcResultTypes), i));
  }
  const params = <usize>word(callee, funcParamRegs);
  for (let i = 0; i < word(callee, funcParams); i++) {
    same(any(), word(<usize>word(callee, funcRegisterTypes), word(params, i)));
  }
}

/** Four bits for each kind, plus one; the result's first. */
function verifySignature(signature: i32, skipped: i32): void {
  must(signature > 0);
  for (let rest = signature >> (4 * skipped); rest > 0; rest >>= 4) ofKind((rest & 15) - 1);
}

/** The list of texts that some functions give is a list of nothing but texts. */
function verifyTexts(): void {
  const signature = textSignature(read());
  must(signature > 0);
  if ((signature & 15) - 1 !== op.kindRef) {
    verifySignature(signature, 0);
    return;
  }
  const list = object(op.objectList);
  must(leafCount(list) === 1 && kindOf(leafType(list, 0)) === op.kindText);
  verifySignature(signature, 1);
}
