/** What packages need of the interpreter: operations, kernels, and the functions that go with them. */

import * as format from "../../compiler/ops/program-format.ts";
import type { InterpreterNeeds } from "../../compiler/wasm/trim-interpreter.ts";

/** Pooling counts as two operations, which have a kernel each. */
const windowSums = format.mostOperation + 1;
const windowMaxima = format.mostOperation + 2;

const isI32Tensor = (kind: number, detail: number): boolean =>
  kind === format.kindTensor && detail === 1;

export function interpreterNeeds(programs: readonly Uint8Array[]): InterpreterNeeds {
  const operations = new Set<number>();
  const kernels = new Set<string>();
  const places = new Set<string>();
  let hasObjects = false;
  for (const program of programs) {
    const section = sectionsOf(program);
    for (const op of operationsOf(section(format.sectionFunctions), section(format.sectionCode)))
      operations.add(op);
    const names = section(format.sectionKernels);
    for (let i = 0; i < names[0]!; i++) kernels.add(`${names[2 + 3 * i]} ${names[3 + 3 * i]}`);
    if (section(format.sectionHeapTypes)[0]! > 0) hasObjects = true;
    const types = section(format.sectionTypes);
    const hasI32 = Array.from({ length: types[0]! }, (_, i) =>
      isI32Tensor(types[1 + 2 * i]!, types[2 + 2 * i]!),
    ).includes(true);
    if (operations.has(format.opContract) && hasI32) places.add("tile i32 4");
  }
  for (const [name, number] of Object.entries(format)) {
    if (!/^op[A-Z]/.test(name) || !operations.has(Number(number))) continue;
    places.add(`run_${name}`).add(`verify_${name}`);
  }
  if (operations.has(format.opContract))
    for (const tile of ["1", "2", "3", "4", "direct"]) places.add(`tile f32 ${tile}`);
  if (operations.has(format.opMap) || operations.has(format.opFormula))
    places.add("table_runSteps");
  return { operations, kernels, places, ...unneeded(operations, hasObjects) };
}

/** Functions of the interpreter that only objects or some windows need, by their names in its sources. */
function unneeded(operations: ReadonlySet<number>, hasObjects: boolean) {
  const objects = hasObjects
    ? []
    : ["border/readObject", "border/writeObject", "objects/freeObject", "kept/markParts"];
  const own = objects.map((name) => `interpreter/${name}`);
  const kernels = operations.has(windowSums) ? [] : ["windowSum"];
  if (!operations.has(windowMaxima)) kernels.push("windowMax");
  return {
    unreached: [...own, ...kernels],
    refusing: hasObjects ? [] : ["interpreter/load/readHeapType"],
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
