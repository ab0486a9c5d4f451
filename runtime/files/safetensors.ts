/**
 * The safetensors format: 8 bytes with the header's length, a JSON header, and the tensors' data
 * without holes. https://huggingface.co/docs/safetensors describes it.
 */

import { readCanonicalHeader } from "./canonical-header.ts";
import {
  FileFormatError,
  quoteName,
  spellByte,
  spellBytes,
  spellCount,
} from "./file-format-error.ts";
import { checkHeaderLength, checkLength } from "./file-length.ts";
import { foreignFormat } from "./foreign-format.ts";
import { HeaderReader } from "./header-reader.ts";
import { byteLengthOf, checkRawTensor, dtypeSize, type RawTensor } from "./raw-tensor.ts";
import {
  type HeaderEntry,
  metadataKey,
  readSafetensorsHeader,
  safetensorsName,
} from "./safetensors-header.ts";

/** `tensors` are in the header's order. */
export interface SafetensorsFile {
  readonly tensors: ReadonlyMap<string, RawTensor>;
  readonly metadata: ReadonlyMap<string, string>;
}

/** The bytes before the header. */
const prefixLength = 8;

/** The format's own limit. */
const longestHeader = 100_000_000;

const refuse = (message: string): never => {
  throw new FileFormatError("safetensors", message);
};

/**
 * Reads a whole file. The tensors' data are views of `bytes`; nothing is copied. Throws a
 * FileFormatError unless every byte of the file is accounted for.
 */
export function parseSafetensors(bytes: Uint8Array): SafetensorsFile {
  // A plain Uint8Array, because the views of a Node Buffer are Buffers, whose slice does not copy.
  const file = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const dataStart = findData(file);
  const { entries, metadata } =
    readCanonicalHeader(file.subarray(prefixLength, dataStart)) ??
    readSafetensorsHeader(new HeaderReader("safetensors", file, prefixLength, dataStart));
  verifyLayout(entries, dataStart, file.length);
  const tensors = new Map<string, RawTensor>();
  for (const { name, dtype, shape, begin, end } of entries) {
    tensors.set(name, {
      dtype,
      shape,
      data: file.subarray(dataStart + begin, dataStart + end),
    });
  }
  return { tensors, metadata };
}

/** Where the header ends and the data begin. */
function findData(file: Uint8Array): number {
  if (file.length < prefixLength) {
    const due = `a safetensors file begins with ${prefixLength} that give its header's length`;
    refuse(`the file is ${spellBytes(file.length)} long; ${due}`);
  }
  const prefix = new DataView(file.buffer, file.byteOffset, prefixLength);
  const length = prefix.getBigUint64(0, true);
  if (length > longestHeader) {
    const most = `at most ${spellCount(longestHeader)} are allowed`;
    refuseForeign(file, `its header would take ${spellBytes(length)}; ${most}`);
  }
  if (file.length > prefixLength && file[prefixLength] !== 0x7b) {
    const found = spellByte(file[prefixLength]!);
    refuseForeign(file, `byte 8 is ${found}, not the "{" of a header`);
  }
  const dataStart = prefixLength + Number(length);
  checkHeaderLength("safetensors", file.length, dataStart);
  return dataStart;
}

const refuseForeign = (file: Uint8Array, why: string): never =>
  refuse(`not a safetensors file: ${foreignFormat(file) ?? why}`);

/** Each tensor has the bytes that its shape takes, and together they cover the data exactly. */
function verifyLayout(
  entries: readonly HeaderEntry[],
  dataStart: number,
  fileLength: number,
): void {
  for (const { name, dtype, shape, begin, end } of entries) {
    const what = `tensor ${quoteName(name)}`;
    const due = byteLengthOf("safetensors", what, dtype, shape);
    if (end - begin !== due) {
      refuse(
        `${what} has the data_offsets [${spellRange(begin, end)}], ` +
          `but ${dtype} of shape [${shape}] takes ${spellBytes(due)}`,
      );
    }
  }
  const inOrder = [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  let before = "";
  for (const { name, begin, end } of inOrder) {
    if (begin !== covered) {
      const gap = `the data bytes ${spellRange(covered, begin)} belong to no tensor`;
      const range = `the data_offsets [${spellRange(begin, end)}]`;
      const overlap = `tensor ${quoteName(name)} with ${range} overlaps tensor ${quoteName(before)}`;
      refuse(begin > covered ? `${gap}; tensor ${quoteName(name)} comes next` : overlap);
    }
    covered = end;
    before = name;
  }
  checkLength("safetensors", fileLength, dataStart + covered);
}

const spellRange = (begin: number, end: number): string =>
  `${spellCount(begin)} to ${spellCount(end)}`;

/**
 * Writes a whole file. The same entries give the same bytes in any order: tensors are sorted by
 * falling element size, which aligns each, then by name; metadata by key. The header is padded
 * with spaces so that the data begin at a multiple of 64.
 */
export function writeSafetensors(
  entries: Iterable<readonly [string, RawTensor]>,
  metadata: Iterable<readonly [string, string]> = [],
): Uint8Array {
  const sorted = [...entries].sort(
    ([a, s], [b, t]) => dtypeSize(t.dtype) - dtypeSize(s.dtype) || compareText(a, b),
  );
  const header = new TextEncoder().encode(spellHeader(sorted, metadata));
  const dataStart = Math.ceil((prefixLength + header.length) / 64) * 64;
  if (dataStart - prefixLength > longestHeader) {
    const most = `at most ${spellCount(longestHeader)} are allowed`;
    refuse(`the header would take ${spellBytes(dataStart - prefixLength)}; ${most}`);
  }
  const total = sorted.reduce((sum, [, t]) => sum + t.data.length, dataStart);
  const file = new Uint8Array(total);
  new DataView(file.buffer).setBigUint64(0, BigInt(dataStart - prefixLength), true);
  file.fill(0x20, prefixLength, dataStart);
  file.set(header, prefixLength);
  let at = dataStart;
  for (const [, { data }] of sorted) {
    file.set(data, at);
    at += data.length;
  }
  return file;
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Built from pieces: an object would reorder names such as "0" and lose "__proto__". */
function spellHeader(
  tensors: readonly (readonly [string, RawTensor])[],
  metadata: Iterable<readonly [string, string]>,
): string {
  const pieces = new Map<string, string>();
  const texts = [...metadata].sort(([a], [b]) => compareText(a, b));
  if (texts.length > 0) pieces.set(metadataKey, spellMetadata(texts));
  let begin = 0;
  for (const [name, t] of tensors) {
    checkRawTensor("safetensors", `tensor ${quoteName(name)}`, t);
    const end = begin + t.data.length;
    const dtype = safetensorsName(t.dtype);
    const piece = `{"dtype":"${dtype}","shape":[${t.shape}],"data_offsets":[${begin},${end}]}`;
    if (name === metadataKey) refuse(`no tensor may have the name ${quoteName(name)}`);
    addPiece(pieces, name, piece, "a file");
    begin = end;
  }
  return spellObject(pieces);
}

function spellMetadata(texts: readonly (readonly [string, string])[]): string {
  const pieces = new Map<string, string>();
  for (const [key, text] of texts) {
    checkText(text, `the text of ${quoteName(key)} in ${metadataKey}`);
    addPiece(pieces, key, JSON.stringify(text), metadataKey);
  }
  return spellObject(pieces);
}

function addPiece(pieces: Map<string, string>, key: string, piece: string, where: string): void {
  checkText(key, `the name ${quoteName(key)}`);
  if (pieces.has(key)) refuse(`the name ${quoteName(key)} is given twice for ${where}`);
  pieces.set(key, piece);
}

function checkText(text: string, what: string): void {
  if (/\p{Surrogate}/u.test(text)) refuse(`${what} has half of a surrogate pair`);
}

const spellObject = (pieces: ReadonlyMap<string, string>): string =>
  `{${[...pieces].map(([key, piece]) => `${JSON.stringify(key)}:${piece}`).join(",")}}`;
