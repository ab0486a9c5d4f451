/** Owns what `glim inspect` says of a package, as data and as text. */

import { createHash } from "node:crypto";
import type { EntrySignature, ModuleSignature } from "../../compiler/package/signature.ts";
import { type ContentHash, contentHashOf } from "../../runtime/package/content-hash.ts";
import { type Bytes, bytesOf, spellBoth, spellEntry, spellLeaf } from "./describe-artefact.ts";
import type { OpenPackage } from "./open-package.ts";

export interface PackageInspection {
  readonly compiler: string;
  /** Of the file. */
  readonly sha256: string;
  readonly content: ContentHash;
  readonly bytes: Bytes;
  readonly program: readonly { readonly section: string; readonly bytes: number }[];
  readonly tensors: readonly {
    readonly name: string;
    readonly dtype: string;
    readonly shape: readonly number[];
    readonly bytes: number;
    readonly aliases: readonly string[];
  }[];
  readonly entries: readonly EntrySignature[];
  readonly state: readonly Omit<ModuleSignature["state"][number], "address">[];
  readonly failureSites: number;
  /** Names of the files whose texts it carries. */
  readonly sources: readonly string[];
}

/** In the order of the format. */
const sectionNames = [
  ...[
    "signature",
    "strings",
    "failure sites",
    "reasons",
    "sizes",
    "types",
    "heap types",
    "kernels",
  ],
  ...["tensors", "state", "texts", "functions", "code", "constants"],
];

export async function inspectPackage({
  bytes,
  file,
  signature,
}: OpenPackage): Promise<PackageInspection> {
  const aliasesOf = (name: string): readonly string[] =>
    [...file.aliases].filter(([, of]) => of === name).map(([alias]) => alias);
  return {
    compiler: signature.compiler,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    content: await contentHashOf(bytes),
    bytes: bytesOf(bytes),
    program: file.sections.map((length, i) => ({ section: sectionNames[i] ?? "", bytes: length })),
    tensors: Array.from(file.tensors, ([name, { dtype, shape, data }]) => ({
      name,
      dtype,
      shape,
      bytes: data.length,
      aliases: aliasesOf(name),
    })),
    entries: signature.entries,
    state: signature.state.map(({ address: _, ...cell }) => cell),
    failureSites: signature.sites.length,
    sources: [...file.sources.keys()],
  };
}

export function printPackage(file: string, about: PackageInspection): string {
  const rows = (list: readonly (readonly [string, number])[]): string[] =>
    spellRows(list.filter(([, bytes]) => bytes > 0));
  return [
    `${file}: ${spellBoth(about.bytes)}, by glim ${about.compiler}`,
    "",
    "entry points",
    ...about.entries.flatMap((e) => [
      `  ${spellEntry(e)}`,
      ...(e.doc === "" ? [] : [`    ${e.doc}`]),
    ]),
    "",
    "program",
    ...rows(about.program.map((s) => [s.section, s.bytes])),
    "",
    "tensors",
    ...rows(about.tensors.map((t) => [spellTensor(t), t.bytes])),
    "",
    ...(about.state.length === 0
      ? []
      : ["state", ...about.state.map((s) => `  ${s.name}: ${spellLeaf(s)}`), ""]),
    ...(about.sources.length === 0 ? [] : [`sources of ${about.sources.join(", ")}`]),
    `${about.failureSites} places where a call can fail`,
    spellContent(about.content),
    `sha256 ${about.sha256}`,
  ].join("\n");
}

const spellTensor = ({ name, aliases, dtype, shape }: PackageInspection["tensors"][number]) =>
  `${[name, ...aliases].join(" = ")}: ${dtype}[${shape.join(", ")}]`;

function spellContent({ stated, isRight }: ContentHash): string {
  if (stated === undefined) return "states no hash of its content";
  return `content sha256 ${stated}: ${isRight ? "intact" : "its content was changed"}`;
}

function spellRows(rows: readonly (readonly [string, number])[]): string[] {
  const numbers = rows.map(([, bytes]) => bytes.toLocaleString("en-US"));
  const width = Math.max(0, ...rows.map(([label]) => label.length));
  const digits = Math.max(0, ...numbers.map((n) => n.length));
  return rows.map(([label], i) => `  ${label.padEnd(width)}  ${numbers[i]!.padStart(digits)}`);
}
