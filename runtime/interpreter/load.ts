/** Loads a package: checks its head and its tables, and makes what the interpreter needs of them. */

import * as op from "../ops/program-format";
import { kernelCountAt, kernelKeysAt } from "./kernel-table";
import { kernelKind, kernelLow, kernelWords } from "./kernels";
import * as program from "./program";
import { isAtEnd, mustHold, read, readBelow, readCount, readFrom } from "./reader";
import { kindOf } from "./registers";
import { cellCount, cellType, makerOf } from "./state";
import {
  cutOff,
  missingKernel,
  notAPackage,
  otherHeader,
  otherVersion,
  reasonCount,
  refuse,
  setReasons,
} from "./stop";
import {
  bytesOf,
  dimsOf,
  isDType,
  makeDense,
  setHead,
  setPointer,
  shiftOf,
  viewBytes,
} from "./tensors";
import { verifyFunction } from "./verify-code";
import { mustBeKnown } from "./verify-words";
import { at, goTo, setWord, word } from "./words";

const headBytes: usize = (op.headWords + 2 * op.sectionCount) * 4;
const mostHeader: u64 = 100000000;
const tensorWords: i32 = 12;
const immortal: i32 = -1;

/** The package lies at `file`, a multiple of 64; all after it may be used. */
export function loadPackage(file: usize, bytes: usize): void {
  if (bytes < 8) refuse(notAPackage);
  const header = load<u64>(file);
  if (header > mostHeader || <usize>header + 8 > bytes) refuse(notAPackage);
  const data = file + 8 + <usize>header;
  program.setProgram(data, file + bytes - data);
  if ((data & 63) !== 0 || program.dataBytes < headBytes) refuse(notAPackage);
  checkHead(file + 8, data);
  program.setStaticEnd(file + bytes);
  readSizes();
  readTypes();
  readSites();
  const texts = makeTexts();
  const views = makeViews();
  const kernels = findKernels();
  const chains = program.takeStatic((<usize>word(program.section(op.sectionHeapTypes), 0)) << 2);
  // Functions and state ask for what was made so far.
  program.setTables(texts, views, 0, 0, kernels, chains);
  const state = makeState();
  const functions = readFunctions();
  program.setTables(texts, views, state, functions, kernels, chains);
  verifyMakers();
  verifyCode();
}

function checkHead(header: usize, data: usize): void {
  if (word(data, 0) !== op.magicLow || word(data, 1) !== op.magicHigh) refuse(notAPackage);
  const version = word(data, op.headVersion);
  if (version < op.oldestVersion || version > op.formatVersion) refuse(otherVersion);
  if (hashOf(header, data) !== load<u64>(data, op.headHash * 4)) refuse(otherHeader);
  const whole = <usize>word(data, op.headBytes);
  if (whole > program.dataBytes || word(data, op.headSections) !== op.sectionCount) refuse(cutOff);
  let end = headBytes;
  for (let id = 0; id < op.sectionCount; id++) {
    const start = <usize>word(data, op.headWords + 2 * id);
    const length = <usize>word(data, op.headWords + 2 * id + 1);
    if (start < end || (start & 3) !== 0 || start > whole || length > whole - start) refuse(cutOff);
    end = start + length;
  }
}

/** FNV-1a of 64 bits. */
function hashOf(from: usize, to: usize): u64 {
  let hash = ((<u64>0xcbf29ce4) << 32) | <u64>0x84222325;
  for (let i = from; i < to; i++) hash = (hash ^ <u64>load<u8>(i)) * 0x100000001b3;
  return hash;
}

function open(id: i32): void {
  const start = program.section(id);
  readFrom(start, start + program.sectionBytes(id));
}

function readSizes(): void {
  open(op.sectionSizes);
  const symbols = read();
  const sizes = read();
  mustHold(<u32>symbols < 1 << 20 && <u32>sizes < 1 << 24);
  for (let i = 0; i < sizes; i++) {
    for (let terms = readCount(); terms > 0; terms--) {
      read();
      for (let atoms = readCount(); atoms > 0; atoms--) {
        if (readBelow(2) === op.atomSymbol) readBelow(symbols);
        else {
          mustBeKnown(op.knownFloors);
          readBelow(i);
          mustHold(read() > 0);
        }
      }
    }
  }
  program.setSizes(sizes, symbols);
}

/** Interpreters that were made for some packages may lack what computes it. */
function mustBeDType(dtype: i32): void {
  mustHold(isDType(dtype));
  mustBeKnown(op.knownDTypes + dtype);
}

function readTypes(): void {
  open(op.sectionHeapTypes);
  const heapTypes = readCount();
  open(op.sectionTypes);
  const types = readCount();
  for (let i = 0; i < types; i++) {
    const kind = readBelow(op.kindTensor + 1);
    const detail = read();
    mustBeKnown(op.knownKinds + kind);
    if (kind === op.kindRef) mustHold(<u32>detail < <u32>heapTypes);
    if (kind === op.kindTensor) mustBeDType(detail);
  }
  mustHold(isAtEnd());
  const all = program.section(op.sectionHeapTypes);
  const end = all + program.sectionBytes(op.sectionHeapTypes);
  for (let i = 0; i < heapTypes; i++) {
    const place = (<usize>word(all, 1 + i)) << 2;
    mustHold(place < end - all);
    readFrom(all + place, end);
    readHeapType(types);
  }
}

/** The leaves that cells have so far, of a type whose leaves begin at `leavesAt`. */
let leavesAt: usize = 0;
let leafNumber: i32 = 0;

function readHeapType(types: i32): void {
  const kind = read();
  mustHold(kind >= op.objectList && kind <= op.objectBox);
  const leaves = readCount();
  mustHold(leaves < 1 << 16);
  leavesAt = at;
  leafNumber = 0;
  for (let i = 0; i < leaves; i++) {
    mustHold(kindOf(readBelow(types)) !== op.kindTensor);
  }
  if (kind === op.objectRecord) {
    for (let fields = readCount(); fields > 0; fields--) {
      const isHidden = (word(at, 0) & op.hiddenField) !== 0;
      readCell(types, leaves, isHidden ? op.hiddenField : 0);
    }
  } else if (kind === op.objectList) readCell(types, leaves, 0);
  else if (kind === op.objectMap) {
    mustHold(kindOf(readBelow(types)) !== op.kindTensor);
    readCell(types, leaves, 0);
  } else {
    mustHold(kindOf(readBelow(types)) === op.kindTensor);
    for (let rank = readBelow(9); rank > 0; rank--) {
      const size = read();
      mustHold(size === op.openSize || <u32>size < <u32>program.sizeCount);
    }
  }
  mustHold(leafNumber === leaves);
}

function readCell(types: i32, leaves: i32, flag: i32): void {
  const options = readBelow(flag + 16) - flag;
  mustHold(options >= 0);
  if (options > 1) {
    mustHold(leafNumber < leaves && kindOf(word(leavesAt, leafNumber)) === op.kindNumber);
    leafNumber++;
  }
  for (let i = 0; i < options; i++) {
    readBelow(16);
    const type = readBelow(types + 1) - 1;
    if (type < 0) continue;
    mustHold(leafNumber < leaves && word(leavesAt, leafNumber) === type);
    leafNumber++;
  }
}

/** Texts of messages lie in the strings, which end in a zero byte. */
function readSites(): void {
  const bytes = <i32>program.sectionBytes(op.sectionStrings);
  const strings = program.section(op.sectionStrings);
  mustHold(bytes > 0 && load<u8>(strings + <usize>bytes - 1) === 0);
  open(op.sectionSites);
  const sites = readCount();
  for (let i = 0; i < sites; i++) {
    readBelow(bytes);
    for (let rest = 0; rest < 5; rest++) read();
  }
  open(op.sectionReasons);
  setReasons(program.section(op.sectionReasons));
  for (let i = 0; i < reasonCount; i++) mustHold(<u32>(read() - 1) < <u32>sites);
}

/** Texts in the form that the heap has, never counted nor changed. */
function makeTexts(): usize {
  open(op.sectionTexts);
  const count = readCount();
  const units = program.section(op.sectionTexts) + ((<usize>(1 + 2 * count)) << 2);
  const end = program.section(op.sectionTexts) + program.sectionBytes(op.sectionTexts);
  const addresses = program.takeStatic((<usize>count) << 2);
  for (let i = 0; i < count; i++) makeText(addresses + ((<usize>i) << 2), units, end);
  return addresses;
}

/** The next text, whose address comes to `to`. */
function makeText(to: usize, units: usize, end: usize): void {
  const first = read();
  const length = read();
  const from = units + ((<usize>first) << 1);
  mustHold(<u32>first <= 1 << 28 && <u32>length <= 1 << 28);
  mustHold(from + ((<usize>length) << 1) <= end);
  const s = program.takeStatic(16 + ((<usize>length) << 1));
  setWord(s, 0, immortal);
  setWord(s, 2, length);
  memory.copy(s + 16, from, (<usize>length) << 1);
  setWord(s, 3, textHash(from, length));
  store<u32>(to, <u32>s);
}

/** As the heap computes it for texts that it may change: static ones must have it from the start. */
function textHash(units: usize, length: i32): i32 {
  let hash = 0x811c9dc5;
  for (let i = 0; i < length; i++) {
    hash = (hash ^ <i32>load<u16>(units + ((<usize>i) << 1))) * 0x01000193;
  }
  return hash === 0 ? 1 : hash;
}

/** A view of each constant where it lies in the package. */
function makeViews(): usize {
  open(op.sectionTensors);
  const count = readCount();
  const addresses = program.takeStatic((<usize>count) << 2);
  for (let i = 0; i < count; i++) {
    const place = <usize>read();
    const bytes = <usize>read();
    const dtype = read();
    mustBeDType(dtype);
    const rank = readBelow(9);
    const dims = at;
    for (let axis = 0; axis < 8; axis++) mustHold(read() >= 0);
    mustHold(place <= program.dataBytes && bytes <= program.dataBytes - place);
    mustHold((place & ((1 << shiftOf(dtype)) - 1)) === 0);
    const v = immortalView(dtype, rank, dims);
    mustHold(bytesOf(v) === bytes);
    setPointer(v, program.program + place);
    setWord(addresses, i, <i32>v);
  }
  return addresses;
}

function immortalView(dtype: i32, rank: i32, dims: usize): usize {
  const v = program.takeStatic(viewBytes + 8);
  setWord(v, 0, immortal);
  setHead(v, dtype, rank);
  memory.copy(dimsOf(v), dims, (<usize>rank) << 2);
  let length: f64 = 1;
  for (let axis = 0; axis < rank; axis++) {
    const dim = word(dims, axis);
    if (dim > 0) length *= <f64>dim;
  }
  mustHold(length <= <f64>i32.MAX_VALUE);
  makeDense(v);
  return v;
}

/** The interpreter's record of each kernel that the program names. */
function findKernels(): usize {
  open(op.sectionKernels);
  const count = readCount();
  const addresses = program.takeStatic((<usize>count) << 2);
  for (let i = 0; i < count; i++) {
    const kind = read();
    const low = read();
    read();
    let found: usize = 0;
    for (let k = 0; k < word(kernelCountAt, 0); k++) {
      const record = kernelKeysAt + <usize>(k * kernelWords * 4);
      if (word(record, kernelLow) === low) found = record;
    }
    if (found === 0 || kernelKind(found) !== kind) refuse(missingKernel);
    setWord(addresses, i, <i32>found);
  }
  return addresses;
}

/** Memory of its own for each cell, with what it holds at first. */
function makeState(): usize {
  open(op.sectionState);
  const numbers = <usize>read();
  const count = readCount();
  const addresses = program.takeStatic((<usize>count) << 2);
  for (let i = 0; i < count; i++) makeCell(addresses + ((<usize>i) << 2), numbers);
  return addresses;
}

/** The next cell, whose address comes to `to`. */
function makeCell(to: usize, numbers: usize): void {
  const type = readBelow(word(program.section(op.sectionTypes), 0));
  const kind = kindOf(type);
  const back = at;
  let cell: usize = 0;
  if (kind === op.kindTensor) cell = stateTensor(type);
  else if (kind === op.kindRef) {
    readBelow(word(program.section(op.sectionFunctions), 0));
    cell = program.takeStatic(8);
  } else {
    mustHold(kind === op.kindNumber || kind === op.kindBool);
    const place = numbers + ((<usize>readBelow(1 << 24)) << 3);
    mustHold(place <= program.dataBytes && program.dataBytes - place >= 8);
    cell = program.takeStatic(8);
    const x = load<f64>(program.program + place);
    if (kind === op.kindNumber) store<f64>(cell, x);
    else store<i32>(cell, x !== 0 ? 1 : 0);
  }
  goTo(back + 4);
  store<u32>(to, <u32>cell);
}

function stateTensor(type: i32): usize {
  const tensors = program.section(op.sectionTensors);
  const record = tensors + 4 + <usize>(readBelow(word(tensors, 0)) * tensorWords * 4);
  mustHold(word(record, 2) === word(program.section(op.sectionTypes), 2 + 2 * type));
  const cell = immortalView(word(record, 2), word(record, 3), record + 16);
  const bytes = bytesOf(cell);
  const storage = program.takeStatic(bytes + 64);
  memory.copy(storage, program.program + <usize>word(record, 0), bytes);
  setPointer(cell, storage);
  return cell;
}

function readFunctions(): usize {
  open(op.sectionFunctions);
  const count = readCount();
  const records = program.takeStatic(<usize>(count * program.funcWords * 4));
  const all = program.section(op.sectionFunctions);
  const end = all + program.sectionBytes(op.sectionFunctions);
  for (let i = 0; i < count; i++) {
    const place = (<usize>word(all, 1 + i)) << 2;
    mustHold(place < end - all);
    readFrom(all + place, end);
    readFunction(records + <usize>(i * program.funcWords * 4));
  }
  return records;
}

function readFunction(record: usize): void {
  const types = word(program.section(op.sectionTypes), 0);
  const sites = word(program.section(op.sectionSites), 0);
  const strings = <i32>program.sectionBytes(op.sectionStrings);
  const codeWords = <i32>(program.sectionBytes(op.sectionCode) >> 2);
  setWord(record, program.funcIsEntry, readBelow(2));
  const name = readBelow(strings);
  const length = readBelow(strings - name);
  setWord(record, program.funcName, <i32>program.section(op.sectionStrings) + name);
  setWord(record, program.funcNameLength, length);
  const code = readBelow(codeWords);
  setWord(record, program.funcCode, <i32>program.section(op.sectionCode) + (code << 2));
  setWord(record, program.funcCodeWords, readBelow(codeWords - code + 1));
  const params = readCount();
  setWord(record, program.funcParams, params);
  setWord(record, program.funcParamRegs, <i32>at);
  for (let i = 0; i < params; i++) read();
  const results = readCount();
  setWord(record, program.funcResults, results);
  setWord(record, program.funcResultTypes, <i32>at);
  for (let i = 0; i < results; i++) readBelow(types);
  setWord(record, program.funcParamShapes, <i32>at);
  for (let i = 0; i < params; i++) {
    for (let rank = readBelow(9); rank > 0; rank--) readBelow(program.sizeCount);
  }
  const registers = readCount();
  setWord(record, program.funcRegisters, registers);
  setWord(record, program.funcRegisterTypes, <i32>at);
  for (let i = 0; i < registers; i++) readBelow(types);
  const symbols = readCount();
  setWord(record, program.funcSymbols, symbols);
  setWord(record, program.funcSymbolTable, <i32>at);
  for (let i = 0; i < symbols; i++) {
    readBelow(program.symbolCount);
    read();
    read();
    mustHold(<u32>(read() - 1) < <u32>sites);
  }
  const regs = <usize>word(record, program.funcParamRegs);
  for (let i = 0; i < params; i++) mustHold(<u32>word(regs, i) < <u32>registers);
}

/** What makes a cell has no parameters, and gives what the cell holds. */
function verifyMakers(): void {
  for (let cell = 0; cell < cellCount(); cell++) {
    if (kindOf(cellType(cell)) !== op.kindRef) continue;
    const func = program.functionAt(makerOf(cell));
    mustHold(word(func, program.funcParams) === 0 && word(func, program.funcResults) === 1);
    mustHold(word(<usize>word(func, program.funcResultTypes), 0) === cellType(cell));
  }
}

function verifyCode(): void {
  const count = word(program.section(op.sectionFunctions), 0);
  const marks = program.takeStatic(program.sectionBytes(op.sectionCode) >> 2);
  for (let i = 0; i < count; i++) verifyFunction(program.functionAt(i), marks);
}
