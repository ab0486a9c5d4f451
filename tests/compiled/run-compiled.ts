/** Compiles a graph module and runs its entry, for tests: typed arrays in, typed arrays out. */

import { readHeap } from "#glim/cli/heap-library.js";
import type { Module, TensorData } from "#glim/compiler/graph/ir.js";
import { printGraph } from "#glim/compiler/graph/text.js";
import { verifyGraph } from "#glim/compiler/graph/verify.js";
import { verifyLoop } from "#glim/compiler/loop/verify.js";
import type { Schedules } from "#glim/compiler/lower/fused/schedule-choice.js";
import { lowerModule } from "#glim/compiler/lower/lower-module.js";
import {
  defaultPipeline,
  graphPasses,
  type PipelineOptions,
  runLoopPasses,
} from "#glim/compiler/pipeline.js";
import { emitModule } from "#glim/compiler/wasm/emit-module.js";

const demand = (what: string, faults: readonly string[], text: () => string): void => {
  if (faults.length > 0) throw new Error(`${what}:\n${faults.join("\n")}\n${text()}`);
};

export interface Way extends Partial<PipelineOptions> {
  readonly schedules?: Schedules;
}

export async function compileGraph(m: Module, options: Way = {}): Promise<Uint8Array> {
  demand("unlawful before the passes", verifyGraph(m), () => printGraph(m));
  let module = m;
  for (const pass of graphPasses({ ...defaultPipeline, ...options })) {
    module = pass.run(module, { evaluator: undefined });
    demand(`unlawful after ${pass.name}`, verifyGraph(module), () => printGraph(module));
  }
  const lowered = lowerModule(module, options);
  demand("unlawful loops", verifyLoop(lowered.module), () => printGraph(module));
  const loops = runLoopPasses(lowered.module, { ...defaultPipeline, ...options });
  demand("unlawful loops after the passes", verifyLoop(loops), () => printGraph(module));
  return emitModule(loops, { maxPages: 65536, library: readHeap() });
}

type Call = (...args: readonly number[]) => number;

const views: Readonly<
  Record<number, new (buffer: ArrayBuffer, at: number, length: number) => TensorData>
> = {
  0: Float32Array,
  1: Int32Array,
  2: Uint8Array,
  3: Float64Array,
  5: Uint8Array,
  6: Int8Array,
};

export interface Output {
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** One call of entry `name`: its failure number, or copies of its results. */
export function callEntry(
  instance: WebAssembly.Instance,
  name: string,
  sizes: readonly number[],
  inputs: readonly (TensorData | undefined)[],
  results: number,
  scalars: readonly number[] = [],
): number | readonly Output[] {
  const fn = (n: string): Call => {
    const f = instance.exports[n];
    if (typeof f !== "function") throw new Error(`the module has no ${n}`);
    return f as Call;
  };
  const memory = instance.exports.memory as WebAssembly.Memory;
  const prepared = fn(`${name}_prepare`)(...sizes);
  if (prepared !== 0) return prepared;
  inputs.forEach((data, i) => {
    if (!data) return;
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    new Uint8Array(memory.buffer, fn(`${name}_in`)(i), bytes.length).set(bytes);
  });
  const failed = fn(name)(...scalars);
  if (failed !== 0) return failed;
  return Array.from({ length: results }, (_, i) => {
    const words = new Int32Array(memory.buffer, fn(`${name}_out`)(i), 11);
    const [at, dtype, rank] = [words[0]!, words[1]!, words[2]!];
    const shape = [...words.subarray(3, 3 + rank)];
    const length = shape.reduce((n, d) => n * d, 1);
    const View = views[dtype]!;
    return { shape, data: new View(memory.buffer as ArrayBuffer, at, length).slice() };
  });
}
