/** What packages need of the interpreter: operations, kernels, and the functions that go with them. */

import type { GeneralQuestion } from "../../compiler/lower/kernels/uses.ts";
import { tensorCodes } from "../../compiler/ops/kernel-abi.ts";
import * as format from "../../compiler/ops/program-format.ts";
import { bytesOf, type DType, dtypes } from "../../compiler/ops/types.ts";
import type { InterpreterNeeds } from "../../compiler/wasm/trim-interpreter.ts";

export function interpreterNeeds(programs: readonly Uint8Array[]): InterpreterNeeds {
  const known = new Set<number>();
  const kernels = new Set<string>();
  const has = { objects: false, texts: false, state: false };
  for (const program of programs) {
    const section = sectionsOf(program);
    for (const op of operationsOf(section(format.sectionFunctions), section(format.sectionCode)))
      known.add(op);
    const names = section(format.sectionKernels);
    for (let i = 0; i < names[0]!; i++) kernels.add(`${names[2 + 3 * i]} ${names[3 + 3 * i]}`);
    if (section(format.sectionHeapTypes)[0]! > 0) has.objects = true;
    if (section(format.sectionTexts)[0]! > 0) has.texts = true;
    if (section(format.sectionState)[1]! > 0) has.state = true;
    const types = section(format.sectionTypes);
    for (let i = 0; i < types[0]!; i++) {
      const kind = types[1 + 2 * i]!;
      known.add(format.knownKinds + kind);
      if (kind === format.kindTensor) known.add(format.knownDTypes + types[2 + 2 * i]!);
    }
    const tensors = section(format.sectionTensors);
    for (let i = 0; i < tensors[0]!; i++) known.add(format.knownDTypes + tensors[3 + 12 * i]!);
  }
  const places = new Set<string>();
  for (const [name, number] of Object.entries(format)) {
    if (!/^op[A-Z]/.test(name) || !known.has(Number(number))) continue;
    places.add(`run_${name}`).add(`verify_${name}`);
  }
  // Entries return to the host.
  if (!known.has(format.opCall)) places.delete("run_opReturn");
  if (known.has(format.opContract)) places.add("tile f32 4");
  if (usesIntegerTiles(known)) places.add("tile i32 4");
  if (known.has(format.opMap) || known.has(format.opFormula)) places.add("table_runSteps");
  return {
    operations: known,
    kernels,
    places,
    questions: questionsOf(known, has),
    ...unneeded(known, has),
  };
}

const usesIntegerTiles = (known: ReadonlySet<number>): boolean =>
  known.has(format.opContract) && hasDType(known, "i32");
const hasDType = (known: ReadonlySet<number>, dtype: DType): boolean =>
  known.has(format.knownDTypes + tensorCodes[dtype]);

/** What is asked by name and not by operation. Programs are computed without what serves speed alone. */
function questionsOf(known: ReadonlySet<number>, { state }: Holds): Set<string> {
  const valueKinds = [format.kindNumber, format.kindBool, format.kindText, format.kindRef];
  const others = dtypes.filter((dtype) => dtype !== "f32" && hasDType(known, dtype));
  const answers: Readonly<Partial<Record<GeneralQuestion, boolean>>> = {
    calls: known.has(format.opCall),
    state,
    holes: known.has(format.knownHoles),
    values: valueKinds.some((kind) => known.has(format.knownKinds + kind)),
    "other types": others.length > 0,
    "other sizes": others.some((dtype) => bytesOf[dtype] !== 4),
    "integer tiles": usesIntegerTiles(known),
    columns: hasDType(known, "f64"),
  };
  return new Set(Object.entries(answers).flatMap(([what, isSo]) => (isSo ? [what] : [])));
}

interface Holds {
  readonly objects: boolean;
  readonly texts: boolean;
  readonly state: boolean;
}

/** Functions of the interpreter that only such programs need, by their names in its sources. */
function unneeded(operations: ReadonlySet<number>, has: Holds) {
  const objects = has.objects
    ? []
    : ["border/readObject", "border/writeObject", "objects/freeObject", "kept/markParts"];
  const references = [format.kindText, format.kindRef];
  if (!references.some((kind) => operations.has(format.knownKinds + kind)))
    objects.push(
      "border/readArgument",
      "border/writeResult",
      "objects/releaseObject",
      "kept/collect",
    );
  const wide = hasDType(operations, "f64")
    ? []
    : ["reducePositionsWide", "scanWide", "sortWide", "contractWide"];
  const own = [...objects, ...wide.map((f) => `operate-wide/${f}`)].map((f) => `interpreter/${f}`);
  const kernels = operations.has(format.knownWindowSum) ? [] : ["window sum"];
  if (!operations.has(format.knownWindowMax)) kernels.push("window max");
  return {
    unreached: [...own, ...kernels],
    refusing: [
      ...(has.objects ? [] : ["readHeapType"]),
      ...(has.texts ? [] : ["makeText"]),
      ...(has.state ? [] : ["makeCell"]),
    ].map((name) => `interpreter/load/${name}`),
  };
}

/** Words of sections, by their numbers. */
function sectionsOf(program: Uint8Array): (id: number) => Uint32Array {
  const whole = program.slice();
  const head = new Uint32Array(whole.buffer, 0, format.headWords + 2 * format.sectionCount);
  return (id) => {
    const at = head[format.headWords + 2 * id]!;
    return new Uint32Array(whole.buffer, at, head[format.headWords + 2 * id + 1]! >> 2);
  };
}

/** The numbers of all operations of all functions, whose code lies one after another. */
function operationsOf(functions: Uint32Array, code: Uint32Array): number[] {
  const found: number[] = [];
  for (let i = 0; i < functions[0]!; i++) {
    const record = functions[1 + i]!;
    const start = functions[record + 3]!;
    const end = start + functions[record + 4]!;
    for (let at = start; at < end; at += Math.max(1, code[at]! >>> 8)) {
      const op = code[at]! & 255;
      found.push(op);
      if (op === format.opWindow)
        found.push(code[at + 3]! === 0 ? format.knownWindowSum : format.knownWindowMax);
      if (op === format.opContract && wayOf(code, at) !== 0) found.push(format.knownHoles);
    }
  }
  return found;
}

/** What a contraction is, behind its shape and its extents: d, into, a, b, rank, sizes, outputs, reduced, extents. */
function wayOf(code: Uint32Array, at: number): number {
  const counts = at + 6 + code[at + 5]!;
  return code[counts + 2 + code[counts]! + code[counts + 1]!]!;
}
