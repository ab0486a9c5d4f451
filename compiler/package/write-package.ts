/**
 * Writes packages: a safetensors file whose first tensor is the program, so that one file has code,
 * parameters and state, and every reader of such files finds the weights by their names.
 */

import type { EncodedProgram } from "../bytecode/encode-program.ts";
import { stateCells } from "../bytecode/program-tables.ts";
import { joinBytes, WordWriter } from "../bytecode/word-writer.ts";
import type { Constant, Module } from "../graph/ir.ts";
import { fnv64 } from "../ops/fnv64.ts";
import { tensorCodes } from "../ops/kernel-abi.ts";
import * as format from "../ops/program-format.ts";
import { bytesOf, type DType } from "../ops/types.ts";

export const programEntry = "glim.program";
export const stateEntry = "glim.state";
/** What the file's metadata state under this name is a hash of its content. */
export const contentHashKey = "glim.sha256";
/** The texts of files, as a JSON object by their names. */
export const sourcesEntry = "glim.sources";

export interface PackageInput {
  readonly module: Module;
  readonly program: EncodedProgram;
  /** The signature as JSON. */
  readonly signature: string;
  /** Names of the constants that others may read; what the compiler made itself lies in the program. */
  readonly weights: ReadonlySet<string>;
  readonly sources?: ReadonlyMap<string, string> | undefined;
  /** SHA-256 in hexadecimal, with which the file states a hash of its content. */
  readonly sha256?: ((bytes: Uint8Array) => string) | undefined;
}

/** A tensor of the file after the program. */
interface Entry {
  readonly name: string;
  readonly dtype: (typeof fileTypes)[DType];
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
  readonly elementBytes: number;
  /** Further names of the same tensor. */
  readonly aliases: readonly string[];
}

const fileTypes = {
  f32: "F32",
  i32: "I32",
  bool: "BOOL",
  f64: "F64",
  u8: "U8",
  i8: "I8",
} as const satisfies Readonly<Record<DType, string>>;
const longest = 8;

export function writePackage(input: PackageInput): Uint8Array {
  const { module, program, signature, weights, sources, sha256 } = input;
  const inside = program.tensors.filter((c) => !isShared(c, weights, module));
  const outside = program.tensors.filter((c) => isShared(c, weights, module));
  const numbers = Float64Array.from(
    stateCells(module).filter((c) => typeof c.initial !== "object"),
    (c) => Number(c.initial),
  );
  const entries = [
    ...outside.map(entryOf),
    ...numberEntry(numbers),
    ...(sources ? [sourceEntry(sources)] : []),
  ].sort((a, b) => b.elementBytes - a.elementBytes || (a.name < b.name ? -1 : 1));
  const data = placeInside(inside);
  const sections = new Map(program.sections);
  sections.set(format.sectionSignature, new TextEncoder().encode(signature));
  sections.set(format.sectionData, data.bytes);
  // Sizes first: where things lie depends on how long the tables are, not on what they say.
  sections.set(
    format.sectionTensors,
    tensorBytes(program.tensors, () => 0),
  );
  sections.set(format.sectionState, stateBytes(program, 0));
  const layout = placeSections(sections);
  const places = new Map<string, number>();
  let end = layout.end;
  for (const e of entries) {
    places.set(e.name, end);
    end += e.bytes.length;
  }
  const dataAt = layout.places.get(format.sectionData)!;
  const placeOf = (c: Constant): number => places.get(c.name) ?? dataAt + (data.places.get(c) ?? 0);
  sections.set(format.sectionTensors, tensorBytes(program.tensors, placeOf));
  sections.set(format.sectionState, stateBytes(program, places.get(stateEntry) ?? 0));
  const header = headerOf(layout.end, entries, sha256 !== undefined);
  const bytes = programBytes(sections, layout);
  const file = joinBytes([header, bytes, ...entries.map((e) => e.bytes)]);
  if (sha256 !== undefined) putContentHash(file, header.length, sha256(file));
  putHeaderHash(file, header.length);
  return file;
}

/** Zeros, where the hash of a file's content will be: it is taken over the file with these. */
const noHash = "0".repeat(64);

function putContentHash(file: Uint8Array, headerBytes: number, hash: string): void {
  const header = new TextDecoder("latin1").decode(file.subarray(0, headerBytes));
  const key = `${JSON.stringify(contentHashKey)}:"`;
  const at = header.indexOf(`${key}${noHash}"`) + key.length;
  file.set(new TextEncoder().encode(hash), at);
}

function putHeaderHash(file: Uint8Array, headerBytes: number): void {
  const view = new DataView(file.buffer, file.byteOffset);
  fnv64(file.subarray(8, headerBytes)).forEach((word, i) => {
    view.setUint32(headerBytes + (format.headHash + i) * 4, word, true);
  });
}

const isShared = (c: Constant, weights: ReadonlySet<string>, module: Module): boolean =>
  weights.has(c.name) || module.state.has(c.name);

const bytesIn = ({ data }: Constant): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

function entryOf(c: Constant): Entry {
  const { dtype, shape } = c.type;
  return {
    name: c.name,
    dtype: fileTypes[dtype],
    shape: shape.map(Number),
    bytes: bytesIn(c),
    elementBytes: bytesOf[dtype],
    aliases: c.aliases ?? [],
  };
}

function numberEntry(numbers: Float64Array): Entry[] {
  if (numbers.length === 0) return [];
  const bytes = new Uint8Array(numbers.buffer);
  const shape = [numbers.length];
  return [{ name: stateEntry, dtype: "F64", shape, bytes, elementBytes: 8, aliases: [] }];
}

function sourceEntry(sources: ReadonlyMap<string, string>): Entry {
  const bytes = new TextEncoder().encode(JSON.stringify(Object.fromEntries(sources)));
  const shape = [bytes.length];
  return { name: sourcesEntry, dtype: "U8", shape, bytes, elementBytes: 1, aliases: [] };
}

const roundUp = (n: number, to: number): number => Math.ceil(n / to) * to;

/** Constants that the compiler made, one after another, at multiples of their elements' bytes and of 4. */
function placeInside(constants: readonly Constant[]) {
  const places = new Map<Constant, number>();
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const c of constants) {
    const place = roundUp(at, Math.max(4, bytesOf[c.type.dtype]));
    places.set(c, place);
    const bytes = bytesIn(c);
    parts.push(new Uint8Array(place - at), bytes);
    at = place + bytes.length;
  }
  parts.push(new Uint8Array(roundUp(at, 4) - at));
  return { places, bytes: joinBytes(parts) };
}

/** For each tensor: byte and length from the first byte after the header, dtype, rank, eight sizes. */
function tensorBytes(tensors: readonly Constant[], placeOf: (c: Constant) => number): Uint8Array {
  const words = new WordWriter();
  words.add(tensors.length);
  for (const c of tensors) {
    const { dtype, shape } = c.type;
    const sizes = Array.from({ length: longest }, (_, i) => Number(shape[i] ?? 0));
    words.add(placeOf(c), c.data.byteLength, tensorCodes[dtype], shape.length, ...sizes);
  }
  return words.bytes();
}

function stateBytes({ state }: EncodedProgram, numbersAt: number): Uint8Array {
  const words = new WordWriter();
  words.add(numbersAt, state.length);
  for (const [type, place] of state) words.add(type, place);
  return words.bytes();
}

interface SectionLayout {
  readonly places: ReadonlyMap<number, number>;
  readonly end: number;
}

const sectionAlign = 8;

function placeSections(sections: ReadonlyMap<number, Uint8Array>): SectionLayout {
  const places = new Map<number, number>();
  let at = (format.headWords + 2 * format.sectionCount) * 4;
  for (let id = 0; id < format.sectionCount; id++) {
    at = roundUp(at, id === format.sectionData ? format.programAlign : sectionAlign);
    places.set(id, at);
    at += sections.get(id)?.length ?? 0;
  }
  return { places, end: roundUp(at, format.programAlign) };
}

function programBytes(
  sections: ReadonlyMap<number, Uint8Array>,
  { places, end }: SectionLayout,
): Uint8Array {
  const head = new WordWriter();
  // The header's hash is put in last.
  head.add(format.magicLow, format.magicHigh, format.formatVersion, end, 0, 0);
  head.add(format.sectionCount, 0);
  for (let id = 0; id < format.sectionCount; id++) {
    head.add(places.get(id)!, sections.get(id)?.length ?? 0);
  }
  const bytes = new Uint8Array(end);
  bytes.set(head.bytes());
  for (const [id, section] of sections) bytes.set(section, places.get(id)!);
  return bytes;
}

/** The file up to its data: eight bytes with the length of the JSON, the JSON, spaces up to a multiple of 64. */
function headerOf(programLength: number, entries: readonly Entry[], isHashed: boolean): Uint8Array {
  let at = 0;
  const spell = (name: string, dtype: string, shape: readonly number[], length: number): string => {
    const piece = `${JSON.stringify(name)}:{"dtype":"${dtype}","shape":[${shape}],"data_offsets":[${at},${at + length}]}`;
    at += length;
    return piece;
  };
  const metadata = {
    ...Object.fromEntries(entries.flatMap((e) => e.aliases.map((alias) => [alias, e.name]))),
    ...(isHashed ? { [contentHashKey]: noHash } : {}),
  };
  const hasMetadata = Object.keys(metadata).length > 0;
  const pieces = hasMetadata ? [`"__metadata__":${JSON.stringify(metadata)}`] : [];
  pieces.push(spell(programEntry, "U8", [programLength], programLength));
  for (const e of entries) pieces.push(spell(e.name, e.dtype, e.shape, e.bytes.length));
  const json = new TextEncoder().encode(`{${pieces.join(",")}}`);
  const header = new Uint8Array(roundUp(8 + json.length, format.programAlign));
  header.fill(0x20, 8);
  header.set(json, 8);
  new DataView(header.buffer).setBigUint64(0, BigInt(header.length - 8), true);
  return header;
}
