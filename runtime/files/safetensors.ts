/**
 * The safetensors format: 8 bytes with the header's length, a JSON header, and the tensors' data
 * without holes. https://huggingface.co/docs/safetensors describes it.
 */

import { FileFormatError, quoteName, spellBytes, spellCount } from "./file-format-error.ts";
import { checkLength } from "./file-length.ts";
import { checkRawTensor, dtypeSize, type RawTensor } from "./raw-tensor.ts";
import { metadataKey, safetensorsName } from "./safetensors-header.ts";
import {
  findData,
  longestHeader,
  prefixLength,
  readHeader,
  verifyLayout,
} from "./safetensors-layout.ts";

/** `tensors` are in the header's order. */
export interface SafetensorsFile {
  readonly tensors: ReadonlyMap<string, RawTensor>;
  readonly metadata: ReadonlyMap<string, string>;
}

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
  const dataStart = findData(file, file.length);
  const { entries, metadata } = readHeader(file.subarray(0, dataStart));
  checkLength("safetensors", file.length, verifyLayout(entries, dataStart));
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
