/** Loads a package: checks its head and its tables, and makes what the interpreter needs of them. */

import * as op from "../ops/program-format";
import { findKernels, readFunctions } from "./load-functions";
import { readSites, readSizes, readTypes } from "./load-types";
import { makeState, makeTexts, makeViews } from "./load-values";
import * as program from "./program";
import { mustHold } from "./reader";
import { kindOf } from "./registers";
import { cellCount, cellType, makerOf } from "./state";
import { cutOff, notAPackage, otherHeader, otherVersion, refuse } from "./stop";
import { verifyFunction } from "./verify-code";
import { word } from "./words";

const headBytes: usize = (op.headWords + 2 * op.sectionCount) * 4;
const mostHeader: u64 = 100000000;

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
