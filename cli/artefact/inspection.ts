/** Owns what `glim inspect` says of a compiled module, as data and as text. */

import { createHash } from "node:crypto";
import type { EntrySignature, ModuleSignature } from "../../compiler/package/signature.ts";
import {
  type FunctionSize,
  readFunctions,
  readSections,
} from "../../compiler/wasm/read-sections.ts";
import { Misuse } from "../terminal/failure.ts";
import {
  type Bytes,
  bytesOf,
  type ModuleBytes,
  measure,
  memoryBytes,
  spellBoth,
  spellBytes,
  spellEntry,
  spellLeaf,
  spellNumber,
  spellTable,
  typicalSizes,
} from "./describe-artefact.ts";
import type { OpenArtefact } from "./open-artefact.ts";

export interface Inspection {
  readonly compiler: string;
  readonly sameBitsOnEveryHost: boolean;
  readonly sha256: string;
  readonly bytes: ModuleBytes & { readonly weights: number };
  readonly sections: readonly (Bytes & { readonly name: string })[];
  readonly entries: readonly (EntrySignature & { readonly arena: readonly Arena[] })[];
  readonly state: ModuleSignature["state"];
  readonly external: ModuleSignature["external"];
  readonly failureSites: number;
  /** Largest first; names are known of modules that were compiled with `--names`. */
  readonly functions: readonly FunctionSize[];
}

export interface Arena {
  readonly sizes: Readonly<Record<string, number>>;
  readonly bytes: number;
}

/** @throws Misuse for a size that no entry point has */
export function inspectionOf(
  { bytes, signature }: OpenArtefact,
  given: ReadonlyMap<string, number>,
): Inspection {
  checkSizes(signature, given);
  const sections = readSections(bytes);
  return {
    compiler: signature.compiler,
    sameBitsOnEveryHost: signature.bits === "portable",
    sha256: createHash("sha256").update(bytes).digest("hex"),
    bytes: { ...measure(bytes), weights: signature.weights },
    sections: sections.map((s) => ({ name: s.name, ...bytesOf(s.content, s.size) })),
    entries: signature.entries.map((e) => ({ ...e, arena: arenasOf(e, given) })),
    state: signature.state,
    external: signature.external,
    failureSites: signature.sites.length,
    functions: readFunctions(sections).toSorted((a, b) => b.size - a.size),
  };
}

function checkSizes({ entries }: ModuleSignature, given: ReadonlyMap<string, number>): void {
  const known = [...new Set(entries.flatMap((e) => e.sizes.map((s) => s.name)))];
  for (const name of given.keys()) {
    if (known.includes(name)) continue;
    const all = known.length === 0 ? "none is open" : `those that are: ${known.join(", ")}`;
    throw new Misuse(`--size ${name}: there is no such open size; ${all}`);
  }
}

function arenasOf(e: EntrySignature, given: ReadonlyMap<string, number>): readonly Arena[] {
  const chosen = e.sizes.some((s) => given.has(s.name))
    ? [new Map(e.sizes.map((s) => [s.name, given.get(s.name) ?? Math.max(1, s.min)]))]
    : typicalSizes(e);
  return chosen.map((at) => ({ sizes: Object.fromEntries(at), bytes: memoryBytes(e, at) }));
}

const mostFunctions = 20;

export function printInspection(file: string, about: Inspection): string {
  const { bytes } = about;
  return [
    `${file}: ${spellBoth(bytes.total)}, by glim ${about.compiler}`,
    "",
    "entry points",
    ...about.entries.flatMap(entryLines),
    "",
    "sections",
    ...spellTable(about.sections.map((s) => [`  ${s.name}`, s])),
    ...weightsLine(about),
    "",
    ...stateLines(about),
    ...functionLines(about.functions),
    `${about.failureSites} places where a call can fail`,
    `sha256 ${about.sha256}`,
    `same bits on every host: ${about.sameBitsOnEveryHost ? "yes" : "no"}`,
  ].join("\n");
}

function weightsLine({ bytes: { weights }, external }: Inspection): string[] {
  if (external) return [`  the weights are in a file of ${spellBytes(external.bytes)}`];
  return weights > 0 ? [`  of the data are weights: ${spellBytes(weights)}`] : [];
}

function entryLines(e: Inspection["entries"][number]): string[] {
  const bounds = e.sizes.map(({ name, min, max }) =>
    max === null ? `${name} is ${min} or more` : `${name} is ${min} to ${max}`,
  );
  const arenas = e.arena.map(({ sizes, bytes }) => {
    const at = Object.entries(sizes).map(([name, n]) => `${name} = ${spellNumber(n)}`);
    return `${spellBytes(bytes)}${at.length === 0 ? "" : ` for ${at.join(", ")}`}`;
  });
  return [
    `  ${spellEntry(e)}`,
    ...(e.doc === "" ? [] : [`    ${e.doc}`]),
    ...(bounds.length === 0 ? [] : [`    sizes  ${bounds.join(", ")}`]),
    `    arena  ${arenas.join("; ")}`,
  ];
}

function stateLines({ state }: Inspection): string[] {
  if (state.length === 0) return [];
  return ["state", ...state.map((s) => `  ${s.name}: ${spellLeaf(s)}`), ""];
}

function functionLines(functions: readonly FunctionSize[]): string[] {
  if (functions.every((f) => f.name === undefined)) {
    return [`${functions.length} functions; compile with --names to see which are kernels`];
  }
  const shown = functions.slice(0, mostFunctions);
  const left = functions.length - shown.length;
  return [
    "functions, largest first",
    ...shown.map((f) => `  ${(f.name ?? `#${f.index}`).padEnd(24)} ${spellBytes(f.size)}`),
    ...(left > 0 ? [`  and ${left} more`] : []),
    "",
  ];
}
