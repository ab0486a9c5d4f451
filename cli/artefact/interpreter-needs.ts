/** What packages need of the interpreter: operations, kernels, and the functions that go with them. */

import type { GeneralQuestion } from "../../compiler/lower/kernels/uses.ts";
import { tensorCodes } from "../../compiler/ops/kernel-abi.ts";
import * as format from "../../compiler/ops/program-format.ts";
import { bytesOf, type DType, dtypes } from "../../compiler/ops/types.ts";
import type { InterpreterNeeds } from "../../compiler/wasm/trim-interpreter.ts";

export function interpreterNeeds(programs: readonly Uint8Array[]): InterpreterNeeds {
  const known = new Set<number>();
  const kernels = new Set<string>();
  const has = { objects: false, texts: false, state: false, columns: false };
  for (const program of programs) {
    const section = sectionsOf(program);
    const sizes = sizesOf(section(format.sectionSizes));
    if (sizes.hasFloors) known.add(format.knownFloors);
    for (const words of operationsOf(
      section(format.sectionFunctions),
      section(format.sectionCode),
    )) {
      for (const op of [words[0]! & 255, ...waysOf(words)]) known.add(op);
      if (keepsLastAxis(words, sizes.ones)) has.columns = true;
    }
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
  if (known.has(format.opContract)) places.add("tile f32 4").add("tile f32 direct");
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

/** What is asked by name and not by operation. Tiles of few rows only save a part of what some contractions take. */
function questionsOf(known: ReadonlySet<number>, has: Holds): Set<string> {
  const valueKinds = [format.kindNumber, format.kindBool, format.kindText, format.kindRef];
  const others = dtypes.filter((dtype) => dtype !== "f32" && hasDType(known, dtype));
  const answers: Readonly<Partial<Record<GeneralQuestion, boolean>>> = {
    calls: known.has(format.opCall),
    state: has.state,
    floors: known.has(format.knownFloors),
    holes: known.has(format.knownHoles),
    guards: known.has(format.knownGuards),
    parts: known.has(format.knownParts),
    positions: known.has(format.knownPositions),
    constants: known.has(format.knownConstants),
    finishes: known.has(format.knownFinishes),
    values: valueKinds.some((kind) => known.has(format.knownKinds + kind)),
    "other types": others.length > 0,
    "other sizes": others.some((dtype) => bytesOf[dtype] !== 4),
    "integer tiles": usesIntegerTiles(known),
    "staying rows": known.has(format.opContract),
    columns: hasDType(known, "f64") || has.columns,
  };
  return new Set(Object.entries(answers).flatMap(([what, isSo]) => (isSo ? [what] : [])));
}

interface Holds {
  readonly columns: boolean;
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
      ...(has.objects ? [] : ["load-types/readHeapType"]),
      ...(has.texts ? [] : ["load-values/makeText"]),
      ...(has.state ? [] : ["load-values/makeCell"]),
    ].map((name) => `interpreter/${name}`),
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

/** The words of all operations of all functions, whose code lies one after another. */
function operationsOf(functions: Uint32Array, code: Uint32Array): Uint32Array[] {
  const found: Uint32Array[] = [];
  for (let i = 0; i < functions[0]!; i++) {
    const record = functions[1 + i]!;
    const start = functions[record + 3]!;
    const end = start + functions[record + 4]!;
    for (let at = start; at < end; ) {
      const words = Math.max(1, code[at]! >>> 8);
      found.push(code.subarray(at, at + words));
      at += words;
    }
  }
  return found;
}

/** What the operation that `words` begin with asks beside itself. */
function waysOf(words: Uint32Array): number[] {
  const when = (isSo: boolean, known: number): number[] => (isSo ? [known] : []);
  const finishes = when(words[4] !== 0, format.knownFinishes);
  switch (words[0]! & 255) {
    case format.opReduce:
      return finishes;
    case format.opWindow:
      return [...finishes, words[3] === 0 ? format.knownWindowSum : format.knownWindowMax];
    case format.opFormula: {
      const constants = words[3 + words[2]!];
      return when(constants !== 0, format.knownConstants);
    }
    case format.opMap: {
      const axes = 3 + words[2]!;
      const constants = axes + 1 + words[axes]!;
      return [
        ...when(words[axes] !== 0, format.knownPositions),
        ...when(words[constants] !== 0, format.knownConstants),
      ];
    }
    case format.opContract: {
      const { way, hasFlags } = contractionAt(words);
      return [
        ...when(words[2] !== 0, format.knownParts),
        ...when(way !== 0, format.knownHoles),
        ...when(hasFlags, format.knownGuards),
      ];
    }
    default:
      return [];
  }
}

/** d, into, a, b, shape, outputs, reduced, extents, way, first, weights, places in a and in b. */
function contractionAt(words: Uint32Array): { readonly way: number; readonly hasFlags: boolean } {
  const counts = 6 + words[5]!;
  const reduced = words[counts + 1]!;
  const axes = words[counts]! + reduced;
  const way = counts + 2 + axes;
  let at = way + 2 + reduced;
  let hasFlags = false;
  for (let operand = 0; operand < 2; operand++) {
    for (let places = words[at++]!; places > 0; places--) {
      if (words[at] !== 0) hasFlags = true;
      at += 2 + axes;
    }
  }
  return { way: words[way]!, hasFlags };
}

/**
 * Whether it is a reduction that keeps the last axis of what it reduces, so that columns of results are faster. That
 * it has the axes which it reduces as such of size 1 is a guess, and of no matter for what it computes.
 */
function keepsLastAxis(words: Uint32Array, ones: ReadonlySet<number>): boolean {
  if ((words[0]! & 255) !== format.opReduce) return false;
  const mask = words[6]!;
  const shape = words.subarray(8, 8 + words[7]!);
  const reduced = Array.from({ length: 8 }, (_, axis) => axis).filter((i) => (mask >> i) & 1);
  const isKept = reduced.every((axis) => ones.has(shape[axis] ?? -1));
  const rank = shape.length + (isKept ? 0 : reduced.length);
  return !reduced.includes(rank - 1);
}

/**
 * Which sizes are the number 1, and whether some have quotients. Symbols, sizes, then for each size its terms: a
 * factor and atoms, of which quotients have three words.
 */
function sizesOf(words: Uint32Array): { readonly ones: Set<number>; readonly hasFloors: boolean } {
  const ones = new Set<number>();
  let hasFloors = false;
  let at = 2;
  for (let size = 0; size < words[1]!; size++) {
    const [terms, factor, atoms] = words.subarray(at, at + 3);
    if (terms === 1 && factor === 1 && atoms === 0) ones.add(size);
    at++;
    for (let term = 0; term < terms!; term++) {
      at++;
      for (let rest = words[at++]!; rest > 0; rest--) {
        const isFloor = words[at] !== format.atomSymbol;
        if (isFloor) hasFloors = true;
        at += isFloor ? 3 : 2;
      }
    }
  }
  return { ones, hasFloors };
}
