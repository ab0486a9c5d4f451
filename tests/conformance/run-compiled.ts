/** Compiles the calls of many samples as the entries of a few modules, and runs them. */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import * as glim from "glim";
import { CompileFailure, compileFile } from "#glim/cli/compiler.js";
import type { Program } from "./mapping.ts";
import type { Leaf } from "./run-eagerly.ts";
import type { SampleTensor } from "./samples.ts";

/** What a compiled call gave, or why it could not be compiled or run. */
export type Outcome = readonly Leaf[] | string;

/** Entries of one module; more share the costs of opening a program, fewer fail together. */
const mostEntries = 120;

export async function runCompiled(programs: readonly Program[]): Promise<readonly Outcome[]> {
  const folder = await mkdtemp(path.join(tmpdir(), "glim-conformance-"));
  try {
    const outcomes: Outcome[] = Array(programs.length).fill("was not compiled");
    const all = programs.map((_, i) => i);
    for (let first = 0; first < all.length; first += mostEntries) {
      await compileTogether(folder, programs, all.slice(first, first + mostEntries), outcomes);
    }
    return outcomes;
  } finally {
    await rm(folder, { recursive: true });
  }
}

let files = 0;

/** Compiles the chosen programs; those that diagnostics name are left out of a second trial. */
async function compileTogether(
  folder: string,
  programs: readonly Program[],
  chosen: readonly number[],
  outcomes: Outcome[],
): Promise<void> {
  if (chosen.length === 0) return;
  const name = `samples${files++}`;
  const file = path.join(folder, `${name}.ts`);
  const lines = chosen.map((i) => entryText(programs[i]!, i));
  const header = importText(lines);
  await writeFile(file, `${header}\n${lines.join("\n")}\n`);
  let artefact: Awaited<ReturnType<typeof compileFile>>;
  try {
    artefact = await compileFile(file, { name });
  } catch (error) {
    const blamed = blame(error, header.length + 1, lines);
    for (const [line, why] of blamed) outcomes[chosen[line]!] = why;
    const rest = chosen.filter((_, line) => !blamed.has(line));
    if (blamed.size > 0) return compileTogether(folder, programs, rest, outcomes);
    if (chosen.length === 1) {
      outcomes[chosen[0]!] = messageOf(error);
      return;
    }
    const half = chosen.length >> 1;
    await compileTogether(folder, programs, chosen.slice(0, half), outcomes);
    return compileTogether(folder, programs, chosen.slice(half), outcomes);
  }
  const bindings = path.join(folder, `${name}.mjs`);
  await writeFile(bindings, artefact.js);
  const { load } = await import(/* @vite-ignore */ pathToFileURL(bindings).href);
  const model: Readonly<Record<string, (...inputs: readonly unknown[]) => unknown>> = await load(
    artefact.wasm,
  );
  const { entries } = artefact.signature;
  for (const i of chosen) {
    const dtypes = entries.find((e) => e.name === `s${i}`)!.results.map((r) => r.dtype);
    try {
      const inputs = programs[i]!.inputs.map(({ data, shape }) => ({ data, shape }));
      outcomes[i] = leavesOf(model[`s${i}`]!(...inputs), [...dtypes]);
    } catch (error) {
      outcomes[i] = messageOf(error);
    }
  }
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

const typeOf = ({ dtype, shape }: SampleTensor): string =>
  `Tensor<[${shape}]${dtype === "f32" ? "" : `, "${dtype}"`}>`;

function entryText({ inputs, expression }: Program, i: number): string {
  const parameters = inputs.map((x, j) => `x${j}: ${typeOf(x)}`).join(", ");
  return `export const s${i} = script((${parameters}) => ${expression});`;
}

/** Imports what the entries use by name. */
function importText(lines: readonly string[]): string {
  const words = new Set(lines.flatMap((line) => line.match(/(?<![.\w"])\w+/g) ?? []));
  const names = Object.keys(glim).filter((name) => words.has(name));
  return `import { type AnyTensor, type Tensor, ${[...new Set([...names, "script"])].join(", ")} } from "glim";`;
}

/** Which lines diagnostics name, directly or through the calls that led to them. */
function blame(
  error: unknown,
  start: number,
  lines: readonly string[],
): ReadonlyMap<number, string> {
  const blamed = new Map<number, string>();
  if (!(error instanceof CompileFailure)) return blamed;
  const ends: number[] = [];
  lines.reduce((end, line) => ends[ends.push(end + line.length + 1) - 1]!, start);
  for (const { code, message, span, reached } of error.diagnostics) {
    const places = [span, ...reached.map((r) => r.span)];
    const place = places.findLast((s) => s !== undefined && /samples\d+\.ts$/.test(s.file));
    if (place === undefined) continue;
    const line = ends.findIndex((end) => place.start < end);
    if (line >= 0) blamed.set(line, `${code} ${message}`);
  }
  return blamed;
}

/** The parts of a compiled result, whose dtypes the signature states in the same order. */
function leavesOf(v: unknown, dtypes: string[]): readonly Leaf[] {
  if (typeof v === "number" || typeof v === "boolean") {
    const dtype = dtypes.shift() === "boolean" ? "bool" : "number";
    return [{ dtype, shape: [], data: [Number(v)] }];
  }
  if (isNdArray(v)) return [{ dtype: dtypes.shift()!, shape: [...v.shape], data: v.data }];
  if (typeof v !== "object" || v === null) throw new Error(`a result of ${String(v)}`);
  return Object.values(v).flatMap((part) => leavesOf(part, dtypes));
}

const isNdArray = (
  v: unknown,
): v is { readonly data: ArrayLike<number>; readonly shape: readonly number[] } =>
  typeof v === "object" && v !== null && "data" in v && ArrayBuffer.isView(v.data);
