/**
 * Reads packages and refuses what is no lawful one: the safetensors file, the program's head and tables,
 * and that both say the same about the tensors. Operations are verified by the interpreter.
 */

import { fnv64 } from "../../compiler/ops/fnv64.ts";
import * as format from "../../compiler/ops/program-format.ts";
import type { BoundSignature } from "../bind.ts";
import { FileFormatError, quoteName, spellBytes } from "../files/file-format-error.ts";
import type { FileDType, RawTensor } from "../files/raw-tensor.ts";
import { parseSafetensors } from "../files/safetensors.ts";
import { SignatureCheck } from "./check-signature.ts";
import { ProgramTypes } from "./program-types.ts";

export interface PackageFile {
  /** What the package takes and gives, as compiled modules say it in their section `glim`. */
  readonly signature: PackageSignature;
  /** The same as the text that it is in the file. */
  readonly signatureText: string;
  /** The tensors that the file has beside the program, by their names. */
  readonly tensors: ReadonlyMap<string, RawTensor>;
  readonly metadata: ReadonlyMap<string, string>;
  /** The tensors that have further names, by these. */
  readonly aliases: ReadonlyMap<string, string>;
  /** The TypeScript that the package carries along, by the names of its files. */
  readonly sources: ReadonlyMap<string, string>;
  /** Bytes of each section of the program, by the numbers of program-format.ts. */
  readonly sections: readonly number[];
  /** The program. */
  readonly program: Uint8Array;
}

/** What entries take and give, as compiled modules say it. */
export interface PackageSignature extends BoundSignature {
  /** The version of the compiler that wrote the package. */
  readonly compiler: string;
}

export const programName = "glim.program";
export const stateName = "glim.state";
export const sourcesName = "glim.sources";

const refuse = (message: string): never => {
  throw new FileFormatError("glim", message);
};

/** Throws a FileFormatError unless the file is a package of this version of the format. */
export function readPackage(file: Uint8Array): PackageFile {
  const { tensors, metadata } = parseSafetensors(file);
  const program = tensors.get(programName) ?? refuse(`there is no tensor "${programName}"`);
  if (program.dtype !== "u8" || program.shape.length !== 1) {
    refuse(`"${programName}" is ${program.dtype}[${program.shape}], not bytes in a row`);
  }
  const header = Number(new DataView(file.buffer, file.byteOffset, 8).getBigUint64(0, true)) + 8;
  if (header % format.programAlign !== 0 || program.data.byteOffset !== file.byteOffset + header) {
    refuse(`"${programName}" does not begin the data, at a multiple of ${format.programAlign}`);
  }
  const words = new ProgramWords(program.data);
  checkHead(words, file.subarray(8, header));
  const sections = readSections(words);
  const signatureText = readText(words.section(format.sectionSignature));
  const signature = readSignature(signatureText, words);
  const own = [programName, sourcesName];
  const others = new Map([...tensors].filter(([name]) => !own.includes(name)));
  checkTensors(words, others, program.data);
  return {
    signature,
    signatureText,
    tensors: others,
    program: program.data,
    metadata,
    aliases: new Map([...metadata].filter(([key, name]) => others.has(name) && !others.has(key))),
    sources: readSources(tensors.get(sourcesName)),
    sections,
  };
}

/** The program as words; whatever is asked for is inside of it. */
class ProgramWords {
  readonly bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const least = (format.headWords + 2 * format.sectionCount) * 4;
    if (bytes.length < least) {
      refuse(`the program is ${spellBytes(bytes.length)} long; its head takes ${least}`);
    }
  }

  at(index: number): number {
    return this.#view.getUint32(index * 4, true);
  }

  section(id: number): Uint8Array {
    const place = format.headWords + 2 * id;
    return this.bytes.subarray(this.at(place), this.at(place) + this.at(place + 1));
  }
}

function checkHead(words: ProgramWords, header: Uint8Array): void {
  if (words.at(0) !== format.magicLow || words.at(1) !== format.magicHigh) {
    refuse(`"${programName}" does not begin with "glimprog"`);
  }
  const version = words.at(format.headVersion);
  if (version < format.oldestVersion || version > format.formatVersion) {
    const read = `versions ${format.oldestVersion} to ${format.formatVersion} are read`;
    refuse(`the program has version ${version} of the format; ${read}`);
  }
  if (words.at(format.headBytes) !== words.bytes.length) {
    const said = spellBytes(words.at(format.headBytes));
    refuse(`the program says that it is ${said} long, but is ${spellBytes(words.bytes.length)}`);
  }
  const [low, high] = fnv64(header);
  if (words.at(format.headHash) !== low || words.at(format.headHash + 1) !== high) {
    refuse("the header is not the one that the program was made for: its hash differs");
  }
  if (words.at(format.headSections) !== format.sectionCount) {
    refuse(`the program has ${words.at(format.headSections)} sections, not ${format.sectionCount}`);
  }
}

/** The lengths of the sections, which follow each other inside of the program. */
function readSections(words: ProgramWords): readonly number[] {
  let end = (format.headWords + 2 * format.sectionCount) * 4;
  return Array.from({ length: format.sectionCount }, (_, id) => {
    const at = words.at(format.headWords + 2 * id);
    const length = words.at(format.headWords + 2 * id + 1);
    if (at < end || at % 4 !== 0 || at + length > words.bytes.length) {
      refuse(`section ${id} of the program, bytes ${at} to ${at + length}, has no such place`);
    }
    end = at + length;
    return length;
  });
}

const isRecord = (v: unknown): v is Readonly<Record<string, unknown>> =>
  typeof v === "object" && v !== null;

function readText(bytes: Uint8Array): string {
  try {
    // A copy, since decoders refuse shared memory.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes.slice());
  } catch {
    return refuse("a text is no UTF-8");
  }
}

function readSignature(text: string, words: ProgramWords): PackageSignature {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    refuse("the program's signature is no JSON");
  }
  try {
    const program = new ProgramTypes((id) => words.section(id));
    if (new SignatureCheck(program).isSignature(found)) return found;
  } catch (error) {
    // A table that ends before what it should say.
    if (!(error instanceof RangeError)) throw error;
  }
  return refuse("the program's signature is not the program's");
}

function readSources(tensor: RawTensor | undefined): ReadonlyMap<string, string> {
  if (tensor === undefined) return new Map();
  if (tensor.dtype !== "u8") refuse(`"${sourcesName}" is ${tensor.dtype}, not bytes`);
  let found: unknown;
  try {
    found = JSON.parse(readText(tensor.data));
  } catch {
    refuse(`"${sourcesName}" is no JSON`);
  }
  const texts = isRecord(found) ? Object.entries(found) : [];
  return new Map(
    texts.map(([name, text]) =>
      typeof text === "string" ? [name, text] : refuse(`"${sourcesName}" has what is no text`),
    ),
  );
}

/** By the numbers of tensors' dtypes: 4 is what values have in results. */
const dtypes: readonly (FileDType | undefined)[] = [
  "f32",
  "i32",
  "bool",
  "f64",
  undefined,
  "u8",
  "i8",
];
const tensorWords = 12;

/** The program's tensors are the file's, or lie in the program itself. */
function checkTensors(
  words: ProgramWords,
  tensors: ReadonlyMap<string, RawTensor>,
  program: Uint8Array,
): void {
  const table = words.section(format.sectionTensors);
  const view = new DataView(table.buffer, table.byteOffset, table.length);
  const count = table.length < 4 ? 0 : view.getUint32(0, true);
  if (table.length !== 4 + count * tensorWords * 4) refuse("the table of tensors is cut off");
  // Tensors without elements begin where others do: they are passed over, and may be anywhere.
  const withElements = [...tensors].filter(([, t]) => t.data.length > 0);
  const byPlace = new Map(withElements.map(([name, t]) => [placeIn(program, t), { name, t }]));
  for (let i = 0; i < count; i++) {
    const word = (n: number): number => view.getUint32(4 + (i * tensorWords + n) * 4, true);
    const shape = Array.from({ length: Math.min(8, word(3)) }, (_, axis) => word(4 + axis));
    const place = word(0);
    if (place + word(1) <= program.length || word(1) === 0) continue;
    const found = byPlace.get(place) ?? refuse(`tensor ${i} of the program is none of the file's`);
    const { name, t } = found;
    const isSame = t.dtype === dtypes[word(2)] && t.data.length === word(1);
    if (!isSame || t.shape.length !== word(3) || t.shape.some((d, axis) => d !== shape[axis])) {
      refuse(`the program and the header differ about tensor ${quoteName(name)}`);
    }
  }
}

/** Where a tensor begins, from the first byte of the program on. */
const placeIn = (program: Uint8Array, t: RawTensor): number =>
  t.data.byteOffset - program.byteOffset;
