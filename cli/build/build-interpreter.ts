/** Compiles runtime/interpreter, which is AssemblyScript, and puts the kernels into it. */

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buildStepKernels } from "../../compiler/lower/kernels/build-kernels.ts";
import { ops } from "../../compiler/ops/registry.ts";
import { emitInterpreter } from "../../compiler/wasm/emit-interpreter.ts";
import { wholeInterpreter } from "../../compiler/wasm/trim-interpreter.ts";
import { compileAssembly, readSources } from "./build-heap.ts";
import { interpreterParts } from "./interpreter-tables.ts";

/**
 * Writes `interpreter.wasm` into `dist/runtime/interpreter` of the package at `root`, unless it is there and
 * nothing that it is made of changed. Returns its size in bytes.
 */
export async function writeInterpreter(root: string): Promise<number> {
  const { module, hostTable, table, sources: made } = interpreterParts(buildStepKernels(ops), ops);
  const format = await readFile(join(root, "compiler/ops/program-format.ts"), "utf8");
  const sources = new Map([
    ...(await readSources(join(root, "runtime/heap"), "heap")),
    ...(await readSources(join(root, "runtime/interpreter"), "interpreter")),
    ...made,
    // The interpreter's own: it knows a limit.
    ["heap/grow-memory.ts", 'export { growMemory } from "../interpreter/grow-memory";'],
    ["ops/program-format.ts", format],
  ]);
  const folder = join(root, "dist/runtime/interpreter");
  const wasmFile = join(folder, "interpreter.wasm");
  const stateFile = join(folder, "interpreter.state");
  const state = createHash("sha256")
    .update(JSON.stringify([...sources]))
    .update(JSON.stringify([hostTable, table]))
    .update(JSON.stringify(module, (_, v) => (typeof v === "bigint" ? `${v}n` : v)))
    .digest("hex");
  if (existsSync(wasmFile) && (await readFile(stateFile, "utf8").catch(() => "")) === state)
    return (await readFile(wasmFile)).length;
  // Not optimised yet: all functions have their names, by which they are left out.
  const host = await compileAssembly("interpreter/index.ts", sources, []);
  const parts = await emitInterpreter(host, module, hostTable);
  const bytes = await wholeInterpreter(parts);
  await mkdir(folder, { recursive: true });
  await writeFile(wasmFile, bytes);
  // From these `glim interpreter` makes one that has what some packages need.
  await writeFile(join(folder, "interpreter-parts.wasm"), parts);
  await writeFile(join(folder, "interpreter-table.json"), JSON.stringify(table));
  await writeFile(stateFile, state);
  return bytes.length;
}
