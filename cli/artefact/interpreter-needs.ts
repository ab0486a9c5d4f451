/** What packages need of the interpreter: operations, kernels, and the functions that go with them. */

import { tensorCodes } from "../../compiler/ops/kernel-abi.ts";
import * as format from "../../compiler/ops/program-format.ts";
import type { InterpreterNeeds } from "../../compiler/wasm/trim-interpreter.ts";

/** Pooling counts as two operations, which have a kernel each; tensors of f64, and texts and objects, as one. */
const windowSums = format.mostOperation + 1;
const windowMaxima = format.mostOperation + 2;
const wideTensors = format.mostOperation + 3;
const references = format.mostOperation + 4;

export function interpreterNeeds(programs: readonly Uint8Array[]): InterpreterNeeds {
  const operations = new Set<number>();
  const kernels = new Set<string>();
  const places = new Set<string>();
  const has = { objects: false, texts: false, state: false };
  for (const program of programs) {
    const section = sectionsOf(program);
    for (const op of operationsOf(section(format.sectionFunctions), section(format.sectionCode)))
      operations.add(op);
    const names = section(format.sectionKernels);
    for (let i = 0; i < names[0]!; i++) kernels.add(`${names[2 + 3 * i]} ${names[3 + 3 * i]}`);
    if (section(format.sectionHeapTypes)[0]! > 0) has.objects = true;
    if (section(format.sectionTexts)[0]! > 0) has.texts = true;
    if (section(format.sectionState)[1]! > 0) has.state = true;
    const types = section(format.sectionTypes);
    const dtypes = new Set<number>();
    for (let i = 0; i < types[0]!; i++) {
      const kind = types[1 + 2 * i]!;
      if (kind === format.kindTensor) dtypes.add(types[2 + 2 * i]!);
      if (kind === format.kindRef || kind === format.kindText) operations.add(references);
    }
    if (dtypes.has(tensorCodes.f64)) operations.add(wideTensors);
    if (operations.has(format.opContract) && dtypes.has(tensorCodes.i32)) places.add("tile i32 4");
  }
  for (const [name, number] of Object.entries(format)) {
    if (!/^op[A-Z]/.test(name) || !operations.has(Number(number))) continue;
    places.add(`run_${name}`).add(`verify_${name}`);
  }
  if (operations.has(format.opContract))
    for (const tile of ["1", "2", "3", "4", "direct"]) places.add(`tile f32 ${tile}`);
  if (operations.has(format.opMap) || operations.has(format.opFormula))
    places.add("table_runSteps");
  return { operations, kernels, places, ...unneeded(operations, has) };
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
  if (!operations.has(references))
    objects.push(
      "border/readArgument",
      "border/writeResult",
      "objects/releaseObject",
      "kept/collect",
    );
  const wide = operations.has(wideTensors)
    ? []
    : ["reducePositionsWide", "scanWide", "sortWide", "contractWide"];
  const own = [...objects, ...wide.map((f) => `operate-wide/${f}`)].map((f) => `interpreter/${f}`);
  const kernels = operations.has(windowSums) ? [] : ["window sum"];
  if (!operations.has(windowMaxima)) kernels.push("window max");
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
      if (op === format.opWindow) found.push(code[at + 3]! === 0 ? windowSums : windowMaxima);
    }
  }
  return found;
}
