/** What the interpreter is told when it is built: where the kernels have their memory, and which there are. */

import { type DataObject, placeData } from "../../compiler/loop/ir.ts";
import type { Kernels } from "../../compiler/lower/kernels/build-kernels.ts";
import { blockElements, shifts } from "../../compiler/lower/kernels/memory.ts";
import { questionName } from "../../compiler/lower/kernels/uses.ts";
import { constantCode, indexCode, maxPlanAxes } from "../../compiler/ops/kernel-abi.ts";
import type { Op } from "../../compiler/ops/op.ts";
import * as format from "../../compiler/ops/program-format.ts";
import {
  mostConstants,
  mostInputs,
  mostOperation,
  mostPlaces,
} from "../../compiler/ops/program-format.ts";
import { type InterpreterTable, operationBits } from "../../compiler/wasm/trim-interpreter.ts";
import { dispatchParts, importsText } from "./interpreter-dispatch.ts";
import { kernelRecords, recordWords } from "./kernel-records.ts";

const wordsObject = (name: string, words: Uint32Array): DataObject => {
  const bytes = new Uint8Array(words.buffer);
  return { name, bytes, size: bytes.length };
};

/** Of how many contractions the packed weights are kept. */
const mostPacked = 256;

/** What one step makes of a block: elements of up to eight bytes, and room for a vector past the end. */
const placeBytes = blockElements * 8 + 64;

/** The kernels with the memory that the interpreter needs beside theirs. */
export interface InterpreterParts {
  readonly table: InterpreterTable;
  readonly module: Kernels["module"];
  /** Functions of the interpreter that are called by number, after the kernels. */
  readonly hostTable: readonly string[];
  /** Sources by the names under which the interpreter imports them. */
  readonly sources: ReadonlyMap<string, string>;
}

const operations = new Map<number, string>(
  Object.entries(format).flatMap(([name, number]) =>
    /^op[A-Z]/.test(name) ? [[number, name] as const] : [],
  ),
);
/** What counts as operations of their own, after all others: ways of operations, kinds of values, types of elements. */
const knownOperations = [
  ...operations.keys(),
  ...Array.from({ length: format.mostKnown - mostOperation }, (_, i) => mostOperation + 1 + i),
];
/** Functions of the interpreter that are called as kernels are: what runs steps, then operations that kernels do not have. */
const own = ["table_runSteps", "table_remainder"];

/** Exported functions of each operation, by its number; numbers without one have those of `drop`. */
const operationTable = (what: "run" | "verify"): string[] =>
  Array.from(
    { length: mostOperation + 1 },
    (_, number) => `${what}_${operations.get(number) ?? "opDrop"}`,
  );

export function interpreterParts(kernels: Kernels, ops: readonly Op[]): InterpreterParts {
  const { records, ways } = kernelRecords(kernels, ops);
  const wayList = new Uint8Array(Int32Array.from(ways).buffer);
  const recordBytes = recordWords * 4;
  const recordWordList = Uint32Array.from(records.flatMap((r) => r.words));
  const recordList = new Uint8Array(recordWordList.buffer);
  const countWord = new Uint8Array(Uint32Array.of(records.length).buffer);
  const hostTable = [...own, ...operationTable("run"), ...operationTable("verify")];
  const dispatch = dispatchParts();
  const extra: DataObject[] = [
    { name: "interpreter scratch", bytes: undefined, size: 13 * 128 },
    { name: "step values", bytes: undefined, size: 8 * (mostInputs + mostConstants + mostPlaces) },
    { name: "step constants", bytes: undefined, size: 64 * mostConstants },
    { name: "step inputs", bytes: undefined, size: 64 * (mostInputs + 1) },
    { name: "step slots", bytes: undefined, size: 8 * (mostInputs + 1) },
    { name: "step places", bytes: undefined, size: placeBytes * mostPlaces },
    { name: "packed operands", bytes: undefined, size: 24 * mostPacked },
    { name: "kernel count", bytes: countWord, size: 8 },
    { name: "known operations", bytes: operationBits(knownOperations), size: 16 },
    wordsObject("scalar signatures", dispatch.scalars),
    wordsObject("text signatures", dispatch.texts),
    { name: "kernel ways", bytes: wayList, size: wayList.length },
    { name: "kernel keys", bytes: recordList, size: recordList.length },
  ];
  // Low addresses are short in code, so the small come first, of which there are many.
  const data = [...kernels.module.data, ...extra].sort((a, b) => a.size - b.size);
  const module = { ...kernels.module, data };
  const { addresses, end } = placeData(data);
  const numbers: Readonly<Record<string, readonly [type: string, value: number]>> = {
    descriptorsAt: ["usize", addresses.get("descriptors")!],
    planAt: ["usize", addresses.get("plan")!],
    cellsAt: ["usize", addresses.get("cells")!],
    scratchAt: ["usize", addresses.get("interpreter scratch")!],
    scalarSignaturesAt: ["usize", addresses.get("scalar signatures")!],
    textSignaturesAt: ["usize", addresses.get("text signatures")!],
    kernelWaysAt: ["usize", addresses.get("kernel ways")!],
    kernelKeysAt: ["usize", addresses.get("kernel keys")!],
    stepValuesAt: ["usize", addresses.get("step values")!],
    stepConstantsAt: ["usize", addresses.get("step constants")!],
    stepInputsAt: ["usize", addresses.get("step inputs")!],
    stepSlotsAt: ["usize", addresses.get("step slots")!],
    stepPlacesAt: ["usize", addresses.get("step places")!],
    packedAt: ["usize", addresses.get("packed operands")!],
    mostPacked: ["i32", mostPacked],
    placeBytes: ["usize", placeBytes],
    stepElements: ["i32", blockElements],
    stepsKernel: ["i32", kernels.module.table.length],
    memoryStart: ["usize", end],
    kernelCountAt: ["usize", addresses.get("kernel count")!],
    knownOperationsAt: ["usize", addresses.get("known operations")!],
    operationsAt: ["i32", kernels.module.table.length + own.length],
    verificationsAt: ["i32", kernels.module.table.length + own.length + mostOperation + 1],
    indexCode: ["i32", indexCode],
    constantCode: ["i32", constantCode],
    maxPlanAxes: ["i32", maxPlanAxes],
    shifts: ["i32", shifts],
  };
  const table = Object.entries(numbers)
    .map(([name, [type, value]]) => `export const ${name}: ${type} = ${value};\n`)
    .join("");
  return {
    module,
    hostTable,
    table: {
      places: [...kernels.module.table, ...hostTable],
      kernelPlaces: kernels.module.table.length,
      kernels: records.map(({ hash, places, questions }) => ({ hash, places, questions })),
      questions: kernels.questions.map((what) => ({ what, name: questionName(what) })),
      recordBytes,
      countAt: addresses.get("kernel count")!,
      operationsAt: addresses.get("known operations")!,
      recordsAt: addresses.get("kernel keys")!,
      dataOf: [
        [format.opScalar, addresses.get("scalar signatures")!],
        [format.opTexts, addresses.get("text signatures")!],
      ],
    },
    sources: new Map([
      ["interpreter/kernel-table.ts", table],
      ["interpreter/kernel-imports.ts", importsText()],
      ["interpreter/kernel-dispatch.ts", dispatch.text],
    ]),
  };
}
