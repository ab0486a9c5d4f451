/** Verifies element-wise computations: each step reads what is there by then, of the types of its kernel. */

import * as op from "../ops/program-format";
import { stepValuesAt } from "./kernel-table";
import { kernelOperands, kernelType } from "./kernels";
import { read, readBelow } from "./reader";
import { typeF64 } from "./steps";
import {
  anyDType,
  i32Type,
  kernel,
  mostRank,
  must,
  mustBeKnown,
  numeric,
  shape,
  tensor,
} from "./verify-words";

/** Of a place that nothing was put into. */
const nothing: i32 = 255;

/** Values have a byte each, their type, where a run has their addresses. */
let values: i32 = 0;

function addValue(type: i32): void {
  store<u8>(stepValuesAt + <usize>values, type);
  values++;
}

export function verifyMap(): void {
  const out = tensor(anyDType);
  values = 0;
  for (let n = readBelow(op.mostInputs + 1); n > 0; n--) addValue(tensor(anyDType));
  for (let n = readBelow(op.mostInputs + 1 - values); n > 0; n--) {
    mustBeKnown(op.knownPositions);
    readBelow(mostRank);
    addValue(i32Type);
  }
  verifyConstants();
  shape();
  verifySteps(out);
}

export function verifyFormula(): void {
  numeric();
  values = 0;
  for (let n = readBelow(op.mostInputs + 1); n > 0; n--) {
    numeric();
    addValue(typeF64);
  }
  verifyConstants();
  verifySteps(typeF64);
}

function verifyConstants(): void {
  for (let n = readBelow(op.mostConstants + 1); n > 0; n--) {
    mustBeKnown(op.knownConstants);
    addValue(readBelow(op.scalarTypes));
    read();
    read();
  }
}

/** The last step gives the result; its place means nothing. */
function verifySteps(result: i32): void {
  const places = stepValuesAt + <usize>values;
  memory.fill(places, <u8>nothing, op.mostPlaces);
  const known = values + op.mostPlaces;
  const count = readBelow(op.mostSteps + 1);
  must(count > 0);
  for (let rest = count - 1; rest >= 0; rest--) {
    const found = kernel(op.kernelMap);
    const place = readBelow(op.mostPlaces);
    for (let i = 0; i < kernelOperands(found); i++) {
      must(<i32>load<u8>(stepValuesAt + <usize>readBelow(known)) === kernelType(found, 1 + i));
    }
    const made = kernelType(found, 0);
    if (rest === 0) must(made === result);
    else store<u8>(places + <usize>place, made);
  }
}
