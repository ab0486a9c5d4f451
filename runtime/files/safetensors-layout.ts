/** What the beginning of a safetensors file says of the rest: where each tensor lies, without holes. */

import { readCanonicalHeader } from "./canonical-header.ts";
import {
  FileFormatError,
  quoteName,
  spellByte,
  spellBytes,
  spellCount,
} from "./file-format-error.ts";
import { checkHeaderLength } from "./file-length.ts";
import { foreignFormat } from "./foreign-format.ts";
import { HeaderReader } from "./header-reader.ts";
import { byteLengthOf } from "./raw-tensor.ts";
import {
  type HeaderEntry,
  readSafetensorsHeader,
  type SafetensorsHeader,
} from "./safetensors-header.ts";

/** The bytes before the header. */
export const prefixLength = 8;

/** The format's own limit. */
export const longestHeader = 100_000_000;

const refuse = (message: string): never => {
  throw new FileFormatError("safetensors", message);
};

/** Where the header ends and the data begin, as the file's first bytes tell. */
export function findData(head: Uint8Array, fileLength: number | undefined): number {
  if (head.length < prefixLength) {
    const due = `a safetensors file begins with ${prefixLength} that give its header's length`;
    refuse(`the file is ${spellBytes(head.length)} long; ${due}`);
  }
  const prefix = new DataView(head.buffer, head.byteOffset, prefixLength);
  const length = prefix.getBigUint64(0, true);
  if (length > longestHeader) {
    const most = `at most ${spellCount(longestHeader)} are allowed`;
    refuseForeign(head, `its header would take ${spellBytes(length)}; ${most}`);
  }
  if (head.length > prefixLength && head[prefixLength] !== 0x7b) {
    const found = spellByte(head[prefixLength]!);
    refuseForeign(head, `byte 8 is ${found}, not the "{" of a header`);
  }
  const dataStart = prefixLength + Number(length);
  if (fileLength !== undefined) checkHeaderLength("safetensors", fileLength, dataStart);
  return dataStart;
}

const refuseForeign = (head: Uint8Array, why: string): never =>
  refuse(`not a safetensors file: ${foreignFormat(head) ?? why}`);

/** The header of a file of which `head` is all before the data. */
export const readHeader = (head: Uint8Array): SafetensorsHeader =>
  readCanonicalHeader(head.subarray(prefixLength)) ??
  readSafetensorsHeader(new HeaderReader("safetensors", head, prefixLength, head.length));

/** Checks that tensors have the bytes that their shapes take, and cover the data; returns where the file must end. */
export function verifyLayout(entries: readonly HeaderEntry[], dataStart: number): number {
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
  let covered = 0;
  let before = "";
  for (const { name, begin, end } of inFileOrder(entries)) {
    if (begin !== covered) {
      const gap = `the data bytes ${spellRange(covered, begin)} belong to no tensor`;
      const range = `the data_offsets [${spellRange(begin, end)}]`;
      const overlap = `tensor ${quoteName(name)} with ${range} overlaps tensor ${quoteName(before)}`;
      refuse(begin > covered ? `${gap}; tensor ${quoteName(name)} comes next` : overlap);
    }
    covered = end;
    before = name;
  }
  return dataStart + covered;
}

export const inFileOrder = (entries: readonly HeaderEntry[]): readonly HeaderEntry[] =>
  [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end);

const spellRange = (begin: number, end: number): string =>
  `${spellCount(begin)} to ${spellCount(end)}`;
