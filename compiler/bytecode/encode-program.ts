/** A graph module as the sections of a program. What they mean is in docs/format.md. */

import type { Constant, Func, Module, Span } from "../graph/ir.ts";
import { sizesOfParams } from "../graph/sizes.ts";
import { FailureSites } from "../lower/failure-sites.ts";
import * as format from "../ops/program-format.ts";
import { FunctionEncoder } from "./encode-function.ts";
import { reasons } from "./function-numbers.ts";
import { ProgramTables, stateCells } from "./program-tables.ts";
import { StringPool, WordWriter } from "./word-writer.ts";

/** Everything of a program but the places of its tensors. */
export interface EncodedProgram {
  /** By the numbers of program-format.ts; those of signature, tensors, state and data are not made yet. */
  readonly sections: ReadonlyMap<number, Uint8Array>;
  /** In the order of the program's table. */
  readonly tensors: readonly Constant[];
  readonly sites: FailureSites;
  /** Named sizes of each entry, in the order in which a host gives them. */
  readonly symbols: ReadonlyMap<Func, readonly string[]>;
  /** For each state cell: its type, then the number of its tensor, of its number or of its maker. */
  readonly state: readonly (readonly [type: number, place: number])[];
}

export type Locate = (
  span: Pick<Span, "file" | "start">,
) => { readonly file: string; readonly line: number; readonly column: number } | undefined;

export function encodeProgram(module: Module, locate: Locate): EncodedProgram {
  const sites = new FailureSites();
  const tables = new ProgramTables(module, sites);
  const strings = new StringPool();
  const code = new WordWriter();
  const symbols = new Map(module.funcs.map((f) => [f, f.entry ? sizesOfParams(module, f) : []]));
  const records = module.funcs.map((func) =>
    encodeFunction(func, symbols.get(func)!, { tables, strings, code }),
  );
  const reasonSites = reasons.map((message) => sites.add(message, undefined));
  const state = encodeState(module, tables);
  const sections = new Map([
    [format.sectionReasons, wordsOf(reasonSites)],
    [format.sectionHeapTypes, tables.heapTypeBytes()],
    [format.sectionKernels, tables.kernelBytes()],
    [format.sectionTexts, tables.textBytes()],
    [format.sectionFunctions, functionBytes(records)],
    [format.sectionCode, code.bytes()],
    [format.sectionSites, siteBytes(sites, strings, locate)],
  ]);
  // Last: the others may still ask them for numbers.
  sections.set(format.sectionTypes, tables.typeBytes());
  sections.set(format.sectionSizes, tables.sizes.bytes());
  sections.set(format.sectionStrings, strings.bytes());
  return { sections, tensors: tables.tensors.things, sites, symbols, state };
}

const wordsOf = (words: readonly number[]): Uint8Array => {
  const writer = new WordWriter();
  writer.add(...words);
  return writer.bytes();
};

interface Shared {
  readonly tables: ProgramTables;
  readonly strings: StringPool;
  readonly code: WordWriter;
}

function encodeFunction(
  func: Func,
  symbols: readonly string[],
  { tables, strings, code }: Shared,
): WordWriter {
  const encoder = new FunctionEncoder(func, tables);
  const body = encoder.encode();
  const record = new WordWriter();
  record.add(func.entry ? 1 : 0, ...strings.add(func.name));
  record.add(code.words.length, body.code.length);
  record.add(body.params.length, ...body.params);
  record.add(func.results.length, ...func.results.map((t) => tables.type(t)));
  // What the host must give: the sizes of tensors.
  for (const { value } of func.params) {
    const shape = value.type.kind === "tensor" ? value.type.shape : [];
    record.add(shape.length, ...shape.map((d) => tables.sizes.add(d)));
  }
  record.add(encoder.registerTypes.length, ...encoder.registerTypes);
  record.add(symbols.length);
  for (const name of symbols) {
    const bounds = tables.module.sizes.find((s) => s.name === name);
    const range = bounds ? `from ${bounds.min} to ${bounds.max}` : "0 or more";
    const written = name.replace(/\$\d+$/, "");
    const site = tables.sites.add(`${func.name}: the size ${written} must be ${range}`, func.span);
    record.add(tables.sizes.symbol(name), bounds?.min ?? 0, bounds?.max ?? 0x7fffffff, site);
  }
  code.add(...body.code);
  return record;
}

/** How many functions there are, the word where each begins, then each. */
function functionBytes(records: readonly WordWriter[]): Uint8Array {
  const words = new WordWriter();
  words.add(records.length);
  let at = 1 + records.length;
  for (const record of records) {
    words.add(at);
    at += record.words.length;
  }
  for (const record of records) words.add(...record.words);
  return words.bytes();
}

const nowhere = 0xffffffff;

/** For each failure: its message, then file, line and column, each text as where it begins and its length. */
function siteBytes(sites: FailureSites, strings: StringPool, locate: Locate): Uint8Array {
  const words = new WordWriter();
  words.add(sites.sites.length);
  for (const { message, span } of sites.sites) {
    const at = span && locate(span);
    words.add(...strings.add(message));
    if (at) words.add(...strings.add(at.file), at.line, at.column);
    else words.add(nowhere, 0, 0, 0);
  }
  return words.bytes();
}

/** State tensors are tensors of the program; numbers lie in a list of their own; functions make the rest. */
function encodeState(module: Module, tables: ProgramTables): EncodedProgram["state"] {
  let numbers = 0;
  return stateCells(module).map(({ name, type, initial }) => {
    const number = tables.type(type);
    if (typeof initial !== "object") return [number, numbers++] as const;
    if ("maker" in initial) return [number, tables.func(initial.maker)] as const;
    if (type.kind !== "tensor") throw new Error(`${name} is no tensor`);
    const constant: Constant = { name, type, layout: undefined, data: initial };
    return [number, tables.tensors.add(`state ${name}`, constant)] as const;
  });
}
