/**
 * Makes interpreters of all that the build has put together: the whole one, or one without what some packages
 * do not need: operations, kernels, and what only those reach.
 */

import type { Api, Module } from "./api.ts";
import { EmitError } from "./api.ts";
import { features, guarded } from "./emit-module.ts";
import { pruneLinked } from "./link-library.ts";
import { dataCountSection, dataSection, readData, readSections } from "./read-sections.ts";
import { appendSections } from "./sections.ts";

/** What the build tells of an interpreter that it wrote. */
export interface InterpreterTable {
  /** The function at each place of the table of functions: kernels by name, `run_…` of operations, families. */
  readonly places: readonly string[];
  /** How many of these are kernels' own; they come first. */
  readonly kernelPlaces: number;
  /** For each record of a kernel, in order. */
  readonly kernels: readonly KernelEntry[];
  /** What code asks about, and the function that answers. */
  readonly questions: readonly { readonly what: string; readonly name: string }[];
  readonly recordBytes: number;
  /** Where the number of records lies, the bits of known operations, and the records. */
  readonly countAt: number;
  readonly operationsAt: number;
  readonly recordsAt: number;
  /** Data that only one operation reads. */
  readonly dataOf: readonly (readonly [operation: number, address: number])[];
}

interface KernelEntry {
  readonly hash: string;
  /** The places that it needs, and the questions that are to be answered with yes. */
  readonly places: readonly number[];
  readonly questions: readonly string[];
}

export interface InterpreterNeeds {
  /** By their numbers. */
  readonly operations: ReadonlySet<number>;
  /** Hashes of kernels' names, as the table writes them. */
  readonly kernels: ReadonlySet<string>;
  /** Names of further functions of the table that stay. */
  readonly places: ReadonlySet<string>;
  /** Questions to be answered with yes, beside those of kernels. */
  readonly questions: ReadonlySet<string>;
  /** Names of functions that no such program reaches. */
  readonly unreached: readonly string[];
  /** Names of functions that refuse a program, because what they read is left out. */
  readonly refusing: readonly string[];
}

/** The whole interpreter of what `emitInterpreter` gives. */
export async function wholeInterpreter(parts: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const { default: api } = await import("binaryen");
  const code = guarded(() => shrink(api, parts));
  return appendSections(withoutData(code), readData(readSections(parts)), []);
}

/** @throws EmitError where the interpreter is not the table's */
export async function trimInterpreter(
  parts: Uint8Array,
  table: InterpreterTable,
  needs: InterpreterNeeds,
): Promise<Uint8Array<ArrayBuffer>> {
  const { default: api } = await import("binaryen");
  const records = table.kernels.map(({ hash }, i) => ({ hash, i }));
  const kept = records.filter(({ hash }) => needs.kernels.has(hash)).map(({ i }) => i);
  const places = new Set(kept.flatMap((i) => table.kernels[i]!.places));
  const staying = table.places.map((name, i) => places.has(i) || needs.places.has(name));
  const code = guarded(() => {
    const m = api.readBinary(parts);
    try {
      m.setFeatures(features(api));
      keepPlaces(api, m, staying);
      for (const name of deniedQuestions(table, needs, kept))
        replaceBody(api, m, name, m.i32.const(0));
      for (const name of kernelsWithout(table, staying)) replaceBody(api, m, name, m.unreachable());
      for (const name of needs.unreached) replaceBody(api, m, name, m.unreachable());
      for (const name of needs.refusing) {
        const refusal = m.call(refuse, [m.i32.const(missingOperation)], api.none);
        replaceBody(api, m, name, refusal);
      }
      pruneLinked(m);
      return shrink(api, m.emitBinary());
    } finally {
      m.dispose();
    }
  });
  return withData(parts, code, table, needs, kept);
}

/** The function by which the interpreter refuses a program, and why: as runtime/interpreter/stop.ts has them. */
const refuse = "interpreter/stop/refuse";
const missingOperation = 8;

/** What does not stay leaves nothing at its place: programs that ask for it are refused before they run. */
function keepPlaces(api: Api, m: Module, staying: readonly boolean[]): void {
  const segment = api.getElementSegmentInfo(m.getElementSegmentByIndex(0));
  if (segment.data.length !== staying.length)
    throw new EmitError("the interpreter has another table of functions");
  m.removeElementSegment(segment.name);
  for (let from = staying.indexOf(true); from >= 0; ) {
    const end = staying.indexOf(false, from);
    const functions = segment.data.slice(from, end < 0 ? undefined : end);
    m.addActiveElementSegment(segment.table, `elements ${from}`, functions, m.i32.const(from));
    from = end < 0 ? end : staying.indexOf(true, end);
  }
}

/** The functions whose answer is no. */
function deniedQuestions(
  table: InterpreterTable,
  needs: InterpreterNeeds,
  kept: readonly number[],
): string[] {
  const yes = new Set([...needs.questions, ...kept.flatMap((i) => table.kernels[i]!.questions)]);
  return table.questions.filter(({ what }) => !yes.has(what)).map(({ name }) => name);
}

/** Kernels that have no place any more: then no other kernel calls them either. */
function kernelsWithout(table: InterpreterTable, staying: readonly boolean[]): Set<string> {
  const kernels = table.places.slice(0, table.kernelPlaces);
  const kept = new Set(kernels.filter((_, i) => staying[i]));
  return new Set(kernels.filter((name) => !kept.has(name)));
}

function replaceBody(api: Api, m: Module, name: string, body: number): void {
  const found = m.getFunction(name);
  if (found === 0) throw new EmitError(`the interpreter has no function ${name}`);
  const { params, results } = api.getFunctionInfo(found);
  m.removeFunction(name);
  m.addFunction(name, params, results, [], body);
}

/** What makes code smaller before binaryen's own order of passes, between two turns of it, and after it. */
const passesBefore = [
  // First of all the answers to questions go to where they are asked.
  ...["dae-optimizing", "simplify-globals-optimizing", "dae-optimizing"],
  ...["duplicate-function-elimination", "remove-unused-module-elements", "once-reduction"],
  ...["inlining", "simplify-globals-optimizing", "generate-global-effects", "rse", "vacuum"],
  ...["code-folding", "ssa-nomerge", "local-cse", "remove-unused-brs", "remove-unused-names"],
  ...["merge-blocks", "precompute-propagate", "simplify-globals-optimizing", "dae-optimizing"],
];
const passesBetween = ["dae-optimizing", "simplify-globals-optimizing"];
const passesAfter = ["const-hoisting", "reorder-locals", "reorder-functions", "reorder-globals"];

/**
 * The code as small as binaryen makes it, without names. The interpreter's kernels are not unrolled as those
 * of compiled modules are, and lose nothing by it.
 */
function shrink(api: Api, code: Uint8Array): Uint8Array {
  const before = [api.getOptimizeLevel(), api.getShrinkLevel()] as const;
  const hadNames = api.getDebugInfo();
  const m = api.readBinary(code);
  try {
    m.setFeatures(features(api));
    api.setOptimizeLevel(2);
    api.setShrinkLevel(2);
    m.runPasses(passesBefore);
    m.optimize();
    m.runPasses(passesBetween);
    m.optimize();
    m.runPasses(passesAfter);
    api.setDebugInfo(false);
    return m.emitBinary();
  } finally {
    api.setDebugInfo(hadNames);
    api.setOptimizeLevel(before[0]);
    api.setShrinkLevel(before[1]);
    m.dispose();
  }
}

/** `code` with the data of `interpreter`, in which the records and operations that stay are known. */
function withData(
  interpreter: Uint8Array,
  code: Uint8Array,
  table: InterpreterTable,
  { operations }: InterpreterNeeds,
  kept: readonly number[],
): Uint8Array<ArrayBuffer> {
  const changed = new Map<number, (bytes: Uint8Array) => Uint8Array>([
    [table.countAt, () => new Uint8Array(Uint32Array.of(kept.length).buffer)],
    [table.operationsAt, () => operationBits(operations)],
    [
      table.recordsAt,
      (bytes) => {
        const size = table.recordBytes;
        const records = new Uint8Array(kept.length * size);
        for (const [to, i] of kept.entries())
          records.set(bytes.subarray(i * size, (i + 1) * size), to * size);
        return records;
      },
    ],
  ]);
  const unread = new Set(
    table.dataOf.filter(([operation]) => !operations.has(operation)).map(([, address]) => address),
  );
  const segments = readData(readSections(interpreter))
    .filter(({ address }) => !unread.has(address))
    .map(({ address, bytes }) => ({ address, bytes: changed.get(address)?.(bytes) ?? bytes }));
  return appendSections(withoutData(code), segments, []);
}

/** A bit for each operation. */
export function operationBits(operations: Iterable<number>): Uint8Array {
  const bits = new Uint8Array(16);
  for (const number of operations) bits[number >> 3]! |= 1 << (number & 7);
  return bits;
}

/** The module without its data, and without the section that counts them, which nothing here asks for. */
function withoutData(module: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [module.subarray(0, 8)];
  let at = 8;
  for (const { id, size } of readSections(module)) {
    if (id !== dataSection && id !== dataCountSection) parts.push(module.subarray(at, at + size));
    at += size;
  }
  const whole = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  parts.reduce((to, part) => {
    whole.set(part, to);
    return to + part.length;
  }, 0);
  return whole;
}
