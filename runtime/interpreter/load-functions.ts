/** Reads the functions of a package and the kernels that they call. */

import * as op from "../ops/program-format";
import { kernelCountAt, kernelKeysAt } from "./kernel-table";
import { kernelKind, kernelLow, kernelWords } from "./kernels";
import * as program from "./program";
import { mustHold, read, readBelow, readCount, readFrom, readSection } from "./reader";
import { missingKernel, refuse } from "./stop";
import { at, setWord, word } from "./words";

/** The interpreter's record of each kernel that the program names. */
export function findKernels(): usize {
  readSection(op.sectionKernels);
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

export function readFunctions(): usize {
  readSection(op.sectionFunctions);
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
