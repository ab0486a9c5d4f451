/** Verifies the operations of control, numbers, texts and state. */

import * as op from "../ops/program-format";
import { scalarSignature, textSignature } from "./kernel-dispatch";
import { leafCount, leafType } from "./objects";
import {
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
import { read, readBelow } from "./reader";
import { kindOf } from "./registers";
import {
  any,
  anyDType,
  enterFunction,
  flag,
  must,
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
import { word } from "./words";

let func: usize = 0;

/** From here on operations are those of this function. */
export function startFunction(verified: usize): void {
  func = verified;
  enterFunction(word(func, funcRegisters), <usize>word(func, funcRegisterTypes));
}

export function verifyMove(): void {
  same(any(), any());
}

export function verifyDrop(): void {
  must(kindOf(any()) >= op.kindText);
}

export function verifyJump(): void {
  read();
}

export function verifyJumpUnless(): void {
  flag();
  read();
}

export function verifyReturn(): void {
  for (let i = 0; i < word(func, funcResults); i++) {
    same(any(), word(<usize>word(func, funcResultTypes), i));
  }
}

export function verifyFail(): void {
  site();
}

export function verifyFailWith(): void {
  textual();
  site();
}

export function verifyCheck(): void {
  flag();
  site();
}

export function verifyCheckEqual(): void {
  sizes(2);
  site();
}

export function verifyNumber(): void {
  const kind = kindOf(any());
  const value = read();
  const high = read();
  must(kind === op.kindNumber || (kind === op.kindBool && <u32>value <= 1 && high === 0));
}

export function verifySize(): void {
  numeric();
  size();
}

export function verifyBind(): void {
  numeric();
  readBelow(symbolCount);
  site();
}

export function verifyText(): void {
  textual();
  readBelow(word(section(op.sectionTexts), 0));
}

export function verifyScalar(): void {
  verifySignature(scalarSignature(read()), 0);
}

export function verifyConst(): void {
  const dtype = tensor(anyDType);
  const place = readBelow(word(section(op.sectionTensors), 0));
  same(word(section(op.sectionTensors), 1 + place * 12 + 2), dtype);
}

export function verifyStateGet(): void {
  verifyCell(any());
}

export function verifyStateSet(): void {
  const type = any();
  // Nothing ever takes the place of what the start has made.
  must(kindOf(type) !== op.kindRef);
  verifyCell(type);
}

function verifyCell(type: i32): void {
  const cell = readBelow(word(section(op.sectionState), 1));
  same(word(section(op.sectionState), 2 + 2 * cell), type);
}

export function verifyItem(): void {
  const kind = kindOf(any());
  const dtype = tensor(anyDType);
  must(kind === (dtype === 2 ? op.kindBool : op.kindNumber));
}

export function verifySplat(): void {
  const dtype = tensor(anyDType);
  const kind = kindOf(any());
  must(kind === op.kindBool || (kind === op.kindNumber && dtype !== 2));
  site();
}

/** Results and arguments are as the function has them. */
export function verifyCall(): void {
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
export function verifyTexts(): void {
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
