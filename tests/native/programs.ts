/** Programs that everything which runs programs must agree on: TorchScript's, and random ones from three writers. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { CompileFailure } from "#glim/cli/compiler.js";
import { readHeap } from "#glim/cli/heap-library.js";
import { compileModule, packageModule } from "#glim/compiler/compile.js";
import type { Module } from "#glim/compiler/graph/ir.js";
import { parseGraph, printGraph } from "#glim/compiler/graph/text.js";
import { ops } from "#glim/compiler/ops/registry.js";
import type { ModuleSignature } from "#glim/compiler/package/signature.js";
import { loadSync, type Model } from "#glim/runtime/load.js";
import { inputsOf } from "../compiled/compare-program.ts";
import { writeHeapProgram } from "../compiled/heap/generate-heap-program.ts";
import { heapInputs } from "../compiled/heap/interpreted-outcome.ts";
import { isTensorValue } from "../compiled/interpret-graph.ts";
import { plainGraph } from "../compiled/plain-graph.ts";
import { returnEverything } from "../compiled/return-everything.ts";
import { sampleArguments, sampleModule } from "../compiled/sample-module.ts";
import { differences } from "../conformance/torchscript/differences.ts";
import { argument, torchscript } from "../conformance/torchscript/runs.ts";
import { inputs, randomModels } from "../frontend/random-tapes.ts";
import { graphModules, mixedModules } from "../graph/generate-graph.ts";
import { withLists } from "../package/compare-package.ts";
import { compileBothWays } from "../package/package-source.ts";
import { sampleDigits } from "../samples/digits.ts";
import { type Call, type NativeModel, type Outcome, outcomeOf } from "./native-calls.ts";

export interface Program {
  readonly name: string;
  /** The source, or the graph. */
  readonly text: string;
  readonly signature: ModuleSignature;
  readonly wasm: Uint8Array<ArrayBuffer>;
  readonly packed: Uint8Array;
  readonly calls: readonly Call[];
}

export const callAll = (model: Model, calls: readonly Call[]): readonly Outcome[] =>
  calls.map(([entry, args]) => outcomeOf(() => model[entry]!(...args)));

/** What the compiled module gives. */
export const outcomesOf = ({ wasm, calls }: Program): readonly Outcome[] =>
  callAll(loadSync(new WebAssembly.Module(wasm)), calls);

/** Every program that both languages take, with all of its runs, as one module. */
export async function torchscriptPrograms(): Promise<Program> {
  const file = path.resolve(import.meta.dirname, "../conformance/torchscript/programs.ts");
  const { compiled, packed } = await compileBothWays(file);
  const own = Object.entries(differences).flatMap(([name, { own = [] }]) =>
    own.map((run) => ({ name, ...run })),
  );
  const theirs = torchscript.flatMap(({ name, runs }) => runs.map((run) => ({ name, ...run })));
  const names = new Set(compiled.signature.entries.map((entry) => entry.name));
  const calls = [...theirs, ...own]
    .filter(({ name }) => names.has(name))
    .map(({ name, args }): Call => [name, args.map((a) => argument(a, false))]);
  const wasm = new Uint8Array(compiled.wasm);
  return { name: "torchscript", text: file, signature: compiled.signature, wasm, packed, calls };
}

/** LeNet, with real digits. */
export async function digitPrograms(): Promise<Program> {
  const file = path.resolve(import.meta.dirname, "../../samples/mnist/lenet.ts");
  const { compiled, packed } = await compileBothWays(file);
  const { signature } = compiled;
  const images = sampleDigits().images.toTypedArray();
  const calls = [1, 7].flatMap((count) =>
    signature.entries.map(
      ({ name }): Call => [name, [{ data: images.slice(0, count * 784), shape: [count, 784] }]],
    ),
  );
  const wasm = new Uint8Array(compiled.wasm);
  return { name: "lenet", text: file, signature, wasm, packed, calls };
}

/** Random source text; programs that are refused are passed over. */
export async function scriptPrograms(seed: number, count: number): Promise<readonly Program[]> {
  const programs: Program[] = [];
  for (const [i, text] of fc.sample(randomModels, { seed, numRuns: count }).entries()) {
    const folder = mkdtempSync(path.join(tmpdir(), "glim-random-"));
    try {
      const file = path.join(folder, "model.ts");
      writeFileSync(file, text);
      const { compiled, packed } = await compileBothWays(file);
      const { signature } = compiled;
      const calls = inputs.flatMap((args) => signature.entries.map((e): Call => [e.name, args]));
      const wasm = new Uint8Array(compiled.wasm);
      programs.push({ name: `script ${seed}/${i}`, text, signature, wasm, packed, calls });
    } catch (error) {
      if (!(error instanceof CompileFailure)) throw error;
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  return programs;
}

async function ofGraph(name: string, m: Module, calls: readonly Call[]): Promise<Program> {
  const options = { version: "0.0.0", source: "graph", locate: () => undefined };
  const { wasm, signature } = await compileModule(m, { ...options, heap: readHeap() });
  const { bytes } = packageModule(m, options);
  const own = new Uint8Array(wasm);
  return { name, text: printGraph(m), signature, wasm: own, packed: bytes, calls };
}

/** Random graphs of tensors, which return all that they compute. */
export const graphPrograms = (seed: number, count: number): Promise<readonly Program[]> =>
  ofGraphs("graph", fc.sample(graphModules(), { seed, numRuns: count }), seed);

/** The same with tensors of every dtype. */
export const mixedPrograms = (seed: number, count: number): Promise<readonly Program[]> =>
  ofGraphs("mixed", fc.sample(mixedModules(), { seed, numRuns: count }), seed);

async function ofGraphs(
  name: string,
  graphs: readonly Module[],
  seed: number,
): Promise<readonly Program[]> {
  const programs: Program[] = [];
  for (const [i, graph] of graphs.entries()) {
    const m = withLists(returnEverything(plainGraph(graph)));
    const calls = m.funcs
      .filter((f) => f.entry)
      .flatMap(({ name }): Call[] => {
        const args = inputsOf(m, name).map((v) =>
          isTensorValue(v) ? { data: v.data.slice(), shape: v.type.shape } : v,
        );
        // Three in a row, so that state is kept.
        return [0, 1, 2].map(() => [name, args]);
      });
    programs.push(await ofGraph(`${name} ${seed}/${i}`, m, calls));
  }
  return programs;
}

/** The operators' samples, so many of each, as packages alone: that the interpreter gives their bits is shown elsewhere. */
export function operatorPackages(each: number): (NativeModel & { readonly name: string })[] {
  const options = { version: "0.0.0", source: "graph", locate: () => undefined };
  return ops.flatMap((op) =>
    op.samples.slice(0, each).map((sample, i) => {
      const { module } = sampleModule(op, sample);
      const { bytes, signature } = packageModule(module, options);
      const calls: readonly Call[] = [["run", sampleArguments(op, sample, module)]];
      return { name: `${op.name} ${i}`, module: 0, data: bytes, signature, calls };
    }),
  );
}

/** Random graphs of lists, records, maps and texts. */
export async function heapPrograms(seed: number, count: number): Promise<readonly Program[]> {
  const tapes = fc
    .array(fc.noBias(fc.nat({ max: 9999 })), { minLength: 100, maxLength: 700, size: "max" })
    .map(writeHeapProgram);
  const programs: Program[] = [];
  for (const [i, { text }] of fc.sample(tapes, { seed, numRuns: count }).entries()) {
    const calls = [0, 1].map((): Call => ["run", heapInputs]);
    programs.push(await ofGraph(`heap ${seed}/${i}`, parseGraph(text), calls));
  }
  return programs;
}
