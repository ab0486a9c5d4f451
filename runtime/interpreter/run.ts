/** The loop over a program's operations. */

import { alloc, free } from "../heap/allocate";
import { headerBytes } from "../heap/header";
import * as op from "../ops/program-format";
import { runScalar, runTexts } from "./kernel-dispatch";
import { refuel, spend } from "./limits";
import { runContract } from "./operate-contract";
import * as heap from "./operate-heap";
import { runFormula, runMap, runReduce } from "./operate-map";
import { runPieces, runReshape, runView } from "./operate-move";
import { runIndex, runScan, runScatter, runSort, runWindow } from "./operate-rows";
import {
  funcCode,
  funcParamRegs,
  funcParams,
  funcRegisters,
  funcRegisterTypes,
  funcResults,
  functionAt,
  symbolCount,
  symbolValues,
  tensorViews,
  textAddresses,
} from "./program";
import {
  boolIn,
  detailOf,
  give,
  isCounted,
  kindOf,
  numberIn,
  objectIn,
  pointerIn,
  reg,
  registers,
  release,
  replaceValue,
  setBool,
  setNumber,
  setRegisters,
  typeOf,
} from "./registers";
import { evaluateSizes, nextSize } from "./sizes";
import { readState, writeState } from "./state";
import { reasonDepth, reasonUnlawful, stop, stopFor, stopSaying } from "./stop";
import { dtypeBool, dtypeF32, dtypeOf, lengthOf, newScalar, pointerOf } from "./tensors";
import { at, goTo, next, setWord, word } from "./words";

/** Calls inside each other. */
const deepest: i32 = 10000;

// Words of a frame, before its registers.
const frameOuter: i32 = 0;
const frameReturn: i32 = 1;
const frameFunction: i32 = 2;
const frameSymbols: i32 = 3;
const frameWords: i32 = 4;

let frame: usize = 0;
let depth: i32 = 0;

/** Makes the frame of a function; its registers are what operations work on from now on. */
export function enter(func: usize): void {
  const count = word(func, funcRegisters);
  const made = alloc(((<usize>count) << 3) + frameWords * 4) + headerBytes;
  setWord(made, frameOuter, <i32>frame);
  setWord(made, frameReturn, <i32>at);
  setWord(made, frameFunction, <i32>func);
  frame = made;
  setRegisters(made + frameWords * 4, <usize>word(func, funcRegisterTypes));
}

/** Releases what the registers of the function refer to, and goes back to the caller's. */
export function leave(): void {
  const func = <usize>word(frame, frameFunction);
  const count = word(func, funcRegisters);
  for (let r = 0; r < count; r++) {
    const p = pointerIn(r);
    if (p !== 0 && isCounted(typeOf(r))) release(typeOf(r), p);
  }
  const gone = frame;
  frame = <usize>word(gone, frameOuter);
  goTo(<usize>word(gone, frameReturn));
  if (frame !== 0) {
    const outer = <usize>word(frame, frameFunction);
    setRegisters(frame + frameWords * 4, <usize>word(outer, funcRegisterTypes));
  }
  free(gone - headerBytes);
}

export function forgetFrames(): void {
  frame = 0;
  depth = 0;
}

/** Runs an entry whose frame has been made and filled; its results stay in its registers. */
export function runEntry(func: usize): void {
  refuel();
  const entry = frame;
  goTo(<usize>word(func, funcCode));
  while (true) {
    const start = at;
    const first = next();
    spend(1);
    const code = first & 255;
    if (code === op.opReturn && frame === entry) {
      goTo(start);
      return;
    }
    step(code, first >> 8, <usize>word(<usize>word(frame, frameFunction), funcCode));
  }
}

function step(code: i32, words: i32, codeStart: usize): void {
  switch (code) {
    case op.opMove: {
      const d = next();
      replaceValue(typeOf(d), reg(d), reg(next()));
      break;
    }
    case op.opDrop:
      give(next(), 0);
      break;
    case op.opJump:
      goTo(codeStart + ((<usize>next()) << 2));
      break;
    case op.opJumpUnless: {
      const c = boolIn(next());
      const target = next();
      if (c === 0) goTo(codeStart + ((<usize>target) << 2));
      break;
    }
    case op.opCall:
      call();
      break;
    case op.opReturn:
      giveBack();
      break;
    case op.opFail:
      stop(next());
      break;
    case op.opFailWith: {
      const text = pointerIn(next());
      stopSaying(next(), text);
      break;
    }
    case op.opCheck: {
      const c = boolIn(next());
      const site = next();
      if (c === 0) stop(site);
      break;
    }
    case op.opCheckEqual: {
      const left = nextSize();
      const right = nextSize();
      const site = next();
      if (left !== right) stop(site);
      break;
    }
    case op.opCheckAtMost: {
      const left = nextSize();
      const right = nextSize();
      const site = next();
      if (left > right) stop(site);
      break;
    }
    case op.opNumber: {
      const d = next();
      store<u32>(reg(d), next());
      store<u32>(reg(d), next(), 4);
      break;
    }
    case op.opSize: {
      const d = next();
      setNumber(d, <f64>nextSize());
      break;
    }
    case op.opBind:
      bind();
      break;
    case op.opText: {
      const d = next();
      give(d, <usize>word(textAddresses, next()));
      break;
    }
    case op.opScalar:
      runScalar();
      break;
    case op.opConst: {
      const d = next();
      give(d, <usize>word(tensorViews, next()));
      break;
    }
    case op.opStateGet: {
      const d = next();
      readState(d, next());
      break;
    }
    case op.opStateSet: {
      const a = next();
      writeState(a, next());
      break;
    }
    case op.opItem:
      item();
      break;
    case op.opSplat:
      splat();
      break;
    case op.opReshape:
      runReshape();
      break;
    case op.opView:
      runView();
      break;
    case op.opMap:
      runMap();
      break;
    case op.opFormula:
      runFormula();
      break;
    case op.opReduce:
      runReduce();
      break;
    case op.opContract:
      runContract();
      break;
    case op.opWindow:
      runWindow();
      break;
    case op.opPieces:
      runPieces();
      break;
    case op.opIndex:
      runIndex();
      break;
    case op.opScatter:
      runScatter();
      break;
    case op.opScan:
      runScan();
      break;
    case op.opSort:
      runSort();
      break;
    default:
      stepHeap(code, words);
  }
}

function stepHeap(code: i32, words: i32): void {
  switch (code) {
    case op.opTexts:
      runTexts();
      break;
    case op.opEmpty:
      give(next(), 0);
      break;
    case op.opSame:
      heap.runSame();
      break;
    case op.opBox:
      heap.runBox();
      break;
    case op.opUnbox:
      heap.runUnbox();
      break;
    case op.opNew:
      heap.runNew(words);
      break;
    case op.opFieldGet:
      heap.runFieldGet();
      break;
    case op.opFieldSet:
      heap.runFieldSet();
      break;
    case op.opListLength:
      heap.runListLength();
      break;
    case op.opListGet:
      heap.runListGet();
      break;
    case op.opListSet:
      heap.runListSet();
      break;
    case op.opListPush:
      heap.runListPush(words);
      break;
    case op.opListResize:
      heap.runListResize();
      break;
    case op.opListInsert:
      heap.runListInsert();
      break;
    case op.opListRemove:
      heap.runListRemove();
      break;
    case op.opListSlice:
      heap.runListSlice();
      break;
    case op.opListReverse:
      heap.runListReverse();
      break;
    case op.opListJoin:
      heap.runListJoin();
      break;
    case op.opListOfTensor:
      heap.runListOfTensor();
      break;
    case op.opListToTensor:
      heap.runListToTensor();
      break;
    case op.opListStack:
      heap.runListStack();
      break;
    case op.opMapSize:
      heap.runMapSize();
      break;
    case op.opMapHas:
      heap.runMapHas();
      break;
    case op.opMapGet:
      heap.runMapGet();
      break;
    case op.opMapPut:
      heap.runMapPut(words);
      break;
    case op.opMapRemove:
      heap.runMapRemove();
      break;
    case op.opMapClear:
      heap.runMapClear();
      break;
    case op.opMapNext:
      heap.runMapNext();
      break;
    case op.opMapKeyAt:
      heap.runMapKeyAt();
      break;
    case op.opMapValueAt:
      heap.runMapValueAt();
      break;
    case op.opMapHold:
      heap.runMapHold();
      break;
    case op.opMapRelease:
      heap.runMapRelease();
      break;
    default:
      unreachable();
  }
}

/** function, results, arguments: the callee's frame is made, its parameters are the arguments. */
function call(): void {
  const func = functionAt(next());
  if (++depth > deepest) stopFor(reasonDepth);
  const results = at;
  const args = results + ((<usize>word(func, funcResults)) << 2);
  const count = word(func, funcParams);
  const caller = registers;
  spend((symbolCount + word(func, funcRegisters)) >> 4);
  const symbols = alloc((<usize>symbolCount) << 2);
  memory.copy(symbols + headerBytes, symbolValues, (<usize>symbolCount) << 2);
  setWord(frame, frameSymbols, <i32>symbols);
  goTo(results);
  enter(func);
  const params = <usize>word(func, funcParamRegs);
  for (let i = 0; i < count; i++) {
    const r = word(params, i);
    replaceValue(typeOf(r), reg(r), caller + ((<usize>word(args, i)) << 3));
  }
  goTo(<usize>word(func, funcCode));
}

/** Gives the results to the caller's registers, and goes on after its call. */
function giveBack(): void {
  const func = <usize>word(frame, frameFunction);
  const values = at;
  const results = word(func, funcResults);
  const outer = <usize>word(frame, frameOuter);
  const outerTypes = <usize>word(<usize>word(outer, frameFunction), funcRegisterTypes);
  const targets = <usize>word(frame, frameReturn);
  for (let i = 0; i < results; i++) {
    const d = word(targets, i);
    const to = outer + frameWords * 4 + ((<usize>d) << 3);
    replaceValue(word(outerTypes, d), to, reg(word(values, i)));
  }
  leave();
  depth--;
  goTo(at + ((<usize>(results + word(func, funcParams))) << 2));
  const symbols = <usize>word(frame, frameSymbols);
  if (memory.compare(symbolValues, symbols + headerBytes, (<usize>symbolCount) << 2) !== 0) {
    memory.copy(symbolValues, symbols + headerBytes, (<usize>symbolCount) << 2);
    evaluateSizes();
  }
  free(symbols);
}

/** a, named size, site. */
function bind(): void {
  const x = numberIn(next());
  const symbol = next();
  const site = next();
  const size = <i32>x;
  if (<f64>size !== x || size < 0) stop(site);
  if (word(symbolValues, symbol) === size) return;
  setWord(symbolValues, symbol, size);
  evaluateSizes();
}

function item(): void {
  const d = next();
  const v = objectIn(next());
  if (lengthOf(v) !== 1) stopFor(reasonUnlawful);
  const dtype = dtypeOf(v);
  if (dtype === dtypeBool) setBool(d, load<u8>(pointerOf(v)));
  else
    setNumber(d, dtype === dtypeF32 ? <f64>load<f32>(pointerOf(v)) : <f64>load<i32>(pointerOf(v)));
}

/** A number or boolean as a tensor, rounded once; a fraction is refused for integers. */
function splat(): void {
  const d = next();
  const a = next();
  const site = next();
  const dtype = detailOf(typeOf(d));
  const isBool = kindOf(typeOf(a)) === op.kindBool;
  const x = isBool ? <f64>boolIn(a) : numberIn(a);
  if (dtype !== dtypeF32 && !isBool && x !== trunc(x)) stop(site);
  const v = newScalar(dtype);
  if (dtype === dtypeF32) store<f32>(pointerOf(v), <f32>x);
  else if (dtype === dtypeBool) store<u8>(pointerOf(v), <u8>x & 1);
  else store<i32>(pointerOf(v), <i32>x);
  give(d, v);
}
