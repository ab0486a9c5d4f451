/**
 * Verifies the operations of a function before any runs: registers exist and have the types that are due,
 * numbers name what there is, jumps go to operations, and the last one goes nowhere.
 */

import * as op from "../ops/program-format";
import { scalarSignature, textSignature } from "./kernel-dispatch";
import { heapType, keyType, leafCount, leafType } from "./objects";
import { kernelAt, kernelKind, kernelSlots, kernelTypes, reduceDType } from "./operate-map";
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
  sizeCount,
  symbolCount,
} from "./program";
import { read, readBelow, readFrom } from "./reader";
import { detailOf, kindOf } from "./registers";
import { badCode, refuse } from "./stop";
import { at, word } from "./words";

/** What a call for any dtype asks for. */
const anyDType: i32 = -1;
const f32: i32 = 0;
const i32Type: i32 = 1;
const mostRank: i32 = 8;
const mostAxes: i32 = 24;
const mostSlots: i32 = 8;

let func: usize = 0;
let registerCount: i32 = 0;
let types: usize = 0;

function must(holds: bool): void {
  if (!holds) refuse(badCode);
}

/** Marks lie one byte for each word of the code. */
export function verifyFunction(verified: usize, marks: usize): void {
  func = verified;
  registerCount = word(func, funcRegisters);
  types = <usize>word(func, funcRegisterTypes);
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
    verifyOperation(last, count);
    must(at === place + ((<usize>count) << 2));
  }
  must(last === op.opJump || last === op.opReturn || last === op.opFail);
  verifyJumps(start, end, marks, words);
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

/** A register; gives its type. */
function any(): i32 {
  return word(types, readBelow(registerCount));
}

function ofKind(kind: i32): void {
  must(kindOf(any()) === kind);
}

function numeric(): void {
  ofKind(op.kindNumber);
}

function flag(): void {
  ofKind(op.kindBool);
}

function textual(): void {
  ofKind(op.kindText);
}

/** A tensor's register; gives its dtype. */
function tensor(due: i32): i32 {
  const type = any();
  must(kindOf(type) === op.kindTensor);
  const dtype = detailOf(type);
  must(due === anyDType || dtype === due);
  return dtype;
}

/** A register of an object of this kind; gives its heap type. */
function object(kind: i32): usize {
  const type = any();
  must(kindOf(type) === op.kindRef);
  const found = heapType(detailOf(type));
  must(kind === 0 || word(found, 0) === kind);
  return found;
}

function size(): void {
  readBelow(sizeCount);
}

function sizes(count: i32): void {
  for (let i = 0; i < count; i++) size();
}

function site(): void {
  const found = read();
  must(found > 0 && found <= word(section(op.sectionSites), 0));
}

function shape(): i32 {
  const rank = read();
  must(<u32>rank <= <u32>mostRank);
  sizes(rank);
  return rank;
}

function placesFor(count: i32, axes: i32): void {
  for (let i = 0; i < count; i++) {
    must(<u32>read() <= 1);
    size();
    sizes(axes);
  }
}

function places(axes: i32): void {
  const count = read();
  must(<u32>count <= <u32>mostRank);
  placesFor(count, axes);
}

function kernel(kind: i32): usize {
  const found = kernelAt(readBelow(word(section(op.sectionKernels), 0)));
  must(word(found, kernelKind) === kind);
  return found;
}

function same(a: i32, b: i32): void {
  must(a === b);
}

/** A type that refers to heap objects of the same type, or the same type. */
function leaf(type: usize, at: i32, found: i32): void {
  must(<u32>at < <u32>leafCount(type));
  same(leafType(type, at), found);
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
    case op.opCheck:
      flag();
      site();
      break;
    case op.opCheckEqual:
    case op.opCheckAtMost:
      sizes(2);
      site();
      break;
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

function verifyOperator(code: i32, words: i32): void {
  switch (code) {
    case op.opReshape:
      tensor(tensor(anyDType));
      shape();
      break;
    case op.opView:
      tensor(tensor(anyDType));
      places(shape());
      break;
    case op.opMap:
      verifyMap();
      break;
    case op.opReduce: {
      const out = tensor(anyDType);
      const dtype = tensor(anyDType);
      same(word(kernel(op.kernelReduce), reduceDType), dtype | (out << 2));
      verifyFinish(out);
      read();
      shape();
      break;
    }
    case op.opContract:
      verifyContract();
      break;
    case op.opWindow:
      tensor(f32);
      tensor(f32);
      read();
      verifyFinish(f32);
      verifyWindow();
      break;
    case op.opPieces:
      verifyPieces();
      break;
    case op.opIndex: {
      tensor(tensor(anyDType));
      tensor(i32Type);
      site();
      const rank = shape();
      places(rank);
      places(rank);
      break;
    }
    case op.opScatter:
      verifyScatter();
      break;
    case op.opScan: {
      const out = tensor(anyDType);
      const types = word(kernel(op.kernelScan), kernelTypes);
      const inside = types & 3;
      same(types >> 2, out);
      read();
      const count = read();
      must(count === word(kernelAt(word(at - 12, 0)), kernelSlots));
      for (let i = 0; i < count; i++) tensor(inside);
      break;
    }
    case op.opSort: {
      tensor(i32Type);
      must(tensor(anyDType) !== 2);
      read();
      read();
      break;
    }
    default:
      verifyHeap(code, words);
  }
}

/** The kernel takes as many operands, of these dtypes, and gives the result's. */
function verifyMap(): void {
  const out = tensor(anyDType);
  const found = kernel(op.kernelMap);
  const kernelDTypes = word(found, kernelTypes);
  same(kernelDTypes & 3, out);
  const args = read();
  must(<u32>args <= <u32>mostSlots);
  for (let i = 0; i < args; i++) tensor((kernelDTypes >> (2 + 2 * i)) & 3);
  const constants = read();
  must(<u32>constants <= <u32>mostSlots);
  for (let i = 0; i < constants; i++) {
    must(<u32>read() <= 4);
    read();
    read();
  }
  const axes = read();
  must(<u32>axes <= <u32>mostSlots);
  for (let i = 0; i < axes; i++) readBelow(mostRank);
  must(args + constants + axes === word(found, kernelSlots));
  shape();
}

/** A kernel that reads the result, the count or both, and gives what the result is. */
function verifyFinish(dtype: i32): void {
  const finishing = read();
  const reads = read();
  if (finishing === 0) return;
  must(<u32>(finishing - 1) < <u32>word(section(op.sectionKernels), 0) && <u32>reads <= 3);
  const found = kernelAt(finishing - 1);
  must(word(found, kernelKind) === op.kernelMap);
  const slots = (reads & 1) + (reads >> 1);
  must(word(found, kernelSlots) === slots);
  for (let i = 0; i <= slots; i++) same((word(found, kernelTypes) >> (2 * i)) & 3, dtype);
}

function verifyContract(): void {
  const dtype = tensor(anyDType);
  must(dtype !== 2 && <u32>read() <= 1);
  tensor(dtype);
  tensor(dtype);
  const rank = shape();
  const outputs = read();
  const reduced = read();
  must(<u32>outputs <= <u32>mostAxes && <u32>reduced <= <u32>mostAxes);
  must(outputs + reduced <= mostAxes);
  sizes(outputs + reduced);
  must(<u32>read() <= 1);
  sizes(1 + reduced);
  places(outputs + reduced);
  places(outputs + reduced);
  placesFor(rank, outputs);
}

function verifyWindow(): void {
  const axes = read();
  must(axes >= 1 && axes <= 3);
  const most: i32 = 1 << 20;
  for (let i = 0; i < axes; i++) {
    const kernelSize = read();
    const stride = read();
    const padding = read();
    const dilation = read();
    must(kernelSize > 0 && kernelSize < 1024 && stride > 0 && stride < most);
    must(padding >= 0 && padding < most && dilation > 0 && dilation < most);
  }
  shape();
}

function verifyPieces(): void {
  const dtype = tensor(anyDType);
  const filling = read();
  must(<u32>filling <= 2);
  if (filling === op.fillSize) size();
  else read();
  read();
  const rank = shape();
  for (let pieces = read(); pieces > 0; pieces--) {
    tensor(dtype);
    sizes(2 * rank);
    places(rank);
  }
}

function verifyScatter(): void {
  const dtype = tensor(anyDType);
  tensor(dtype);
  tensor(i32Type);
  tensor(dtype);
  const isAdd = read();
  must(isAdd === 0 || (isAdd === 1 && dtype !== 2));
  site();
  const axes = read();
  must(<u32>axes <= <u32>mostAxes);
  sizes(axes);
  places(axes);
  places(axes);
  places(axes);
}

function verifyHeap(code: i32, words: i32): void {
  switch (code) {
    case op.opSame:
      flag();
      object(0);
      object(0);
      break;
    case op.opBox: {
      const box = object(op.objectBox);
      tensor(boxed(box));
      break;
    }
    case op.opUnbox: {
      const dtype = tensor(anyDType);
      same(boxed(object(op.objectBox)), dtype);
      break;
    }
    case op.opNew:
      verifyNew(words);
      break;
    case op.opFieldGet: {
      const type = any();
      const record = object(op.objectRecord);
      leaf(record, read(), type);
      break;
    }
    case op.opFieldSet: {
      const record = object(op.objectRecord);
      const type = any();
      leaf(record, read(), type);
      break;
    }
    case op.opListGet: {
      const type = any();
      const list = object(op.objectList);
      numeric();
      leaf(list, read(), type);
      break;
    }
    case op.opListSet: {
      const list = object(op.objectList);
      numeric();
      const type = any();
      leaf(list, read(), type);
      break;
    }
    case op.opListPush: {
      const list = object(op.objectList);
      leaves(list, words - 3);
      read();
      break;
    }
    case op.opListLength:
      numeric();
      object(op.objectList);
      break;
    case op.opListResize:
      object(op.objectList);
      numeric();
      break;
    case op.opListInsert:
    case op.opListRemove:
      object(op.objectList);
      numeric();
      numeric();
      break;
    case op.opListSlice:
      same(<i32>object(op.objectList), <i32>object(op.objectList));
      numeric();
      numeric();
      break;
    case op.opListReverse:
      object(op.objectList);
      break;
    case op.opListJoin: {
      textual();
      const list = object(op.objectList);
      must(leafCount(list) === 1 && kindOf(leafType(list, 0)) === op.kindText);
      textual();
      break;
    }
    case op.opListOfTensor: {
      const list = object(op.objectList);
      const dtype = tensor(anyDType);
      must(leafCount(list) === 1);
      must(kindOf(leafType(list, 0)) === (dtype === 2 ? op.kindBool : op.kindNumber));
      break;
    }
    default:
      verifyMaps(code, words);
  }
}

function boxed(box: usize): i32 {
  return detailOf(word(box, 2));
}

function leaves(type: usize, count: i32): void {
  must(count === leafCount(type));
  for (let i = 0; i < count; i++) same(any(), leafType(type, i));
}

/** d, leaves, count: as many as the type has, for a list of elements. */
function verifyNew(words: i32): void {
  const type = object(0);
  const count = words - 3;
  const kind = word(type, 0);
  if (kind === op.objectRecord) leaves(type, count);
  else if (kind === op.objectMap) must(count === 0);
  else {
    must(kind === op.objectList && count >= 0);
    const each = leafCount(type);
    must(each === 0 ? count === 0 : count % each === 0);
    for (let i = 0; i < count; i++) same(any(), leafType(type, i % each));
  }
  read();
}

function verifyMaps(code: i32, words: i32): void {
  switch (code) {
    case op.opMapSize:
      numeric();
      object(op.objectMap);
      break;
    case op.opMapHas:
    case op.opMapRemove: {
      flag();
      const map = object(op.objectMap);
      same(any(), keyType(map));
      break;
    }
    case op.opMapGet: {
      const type = any();
      const map = object(op.objectMap);
      same(any(), keyType(map));
      leaf(map, read(), type);
      break;
    }
    case op.opMapPut: {
      const map = object(op.objectMap);
      same(any(), keyType(map));
      leaves(map, words - 4);
      read();
      break;
    }
    case op.opMapNext:
      numeric();
      object(op.objectMap);
      numeric();
      break;
    case op.opMapKeyAt: {
      const type = any();
      same(keyType(object(op.objectMap)), type);
      numeric();
      break;
    }
    case op.opMapValueAt: {
      const type = any();
      const map = object(op.objectMap);
      numeric();
      leaf(map, read(), type);
      break;
    }
    case op.opMapClear:
    case op.opMapHold:
    case op.opMapRelease:
      object(op.objectMap);
      break;
    default:
      refuse(badCode);
  }
}
