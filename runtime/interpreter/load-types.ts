/** Reads the types and sizes of a package, and where its code came from; all of it is checked. */

import * as op from "../ops/program-format";
import * as program from "./program";
import { isAtEnd, mustHold, read, readBelow, readCount, readFrom, readSection } from "./reader";
import { kindOf } from "./registers";
import { reasonCount, setReasons } from "./stop";
import { isDType } from "./tensors";
import { mustBeKnown } from "./verify-words";
import { at, word } from "./words";

export function readSizes(): void {
  readSection(op.sectionSizes);
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
export function mustBeDType(dtype: i32): void {
  mustHold(isDType(dtype));
  mustBeKnown(op.knownDTypes + dtype);
}

export function readTypes(): void {
  readSection(op.sectionHeapTypes);
  const heapTypes = readCount();
  readSection(op.sectionTypes);
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
export function readSites(): void {
  const bytes = <i32>program.sectionBytes(op.sectionStrings);
  const strings = program.section(op.sectionStrings);
  mustHold(bytes > 0 && load<u8>(strings + <usize>bytes - 1) === 0);
  readSection(op.sectionSites);
  const sites = readCount();
  for (let i = 0; i < sites; i++) {
    readBelow(bytes);
    for (let rest = 0; rest < 5; rest++) read();
  }
  readSection(op.sectionReasons);
  setReasons(program.section(op.sectionReasons));
  for (let i = 0; i < reasonCount; i++) mustHold(<u32>(read() - 1) < <u32>sites);
}
