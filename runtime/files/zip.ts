/**
 * Zip archives, as NumPy and PyTorch write them: a directory at the end says where each file is.
 * https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */

import { crc32 } from "./crc32.ts";
import { FileFormatError, quoteName, spellBytes, spellCount } from "./file-format-error.ts";
import { foreignFormat } from "./foreign-format.ts";

const refuse = (message: string): never => {
  throw new FileFormatError("zip", message);
};

const localMagic = 0x04034b50;
const entryMagic = 0x02014b50;
const endMagic = 0x06054b50;
const localLength = 30;
const entryLength = 46;
const endLength = 22;
const longestComment = 0xffff;
/** A deflated byte stands for at most 1,032: more is a lie of the directory. */
const mostExpansion = 1032;

/** One file of an archive. */
export interface ZipEntry {
  readonly name: string;
  readonly isDeflated: boolean;
  /** Bytes when read. */
  readonly length: number;
  readonly crc: number;
  /** As stored: a view of the archive. */
  readonly stored: Uint8Array;
}

/** The files of an archive by name. Nothing is copied or inflated yet. */
export function parseZip(bytes: Uint8Array): ReadonlyMap<string, ZipEntry> {
  const file = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const end = findEnd(file, view);
  const count = view.getUint16(end + 10, true);
  const start = view.getUint32(end + 16, true);
  if (count === 0xffff || start === 0xffffffff) {
    refuse("it is a zip64 archive, with more files or bytes than are read: split it");
  }
  const entries = new Map<string, ZipEntry>();
  let at = start;
  for (let i = 0; i < count; i++) {
    if (at + entryLength > end || view.getUint32(at, true) !== entryMagic) {
      refuse(`byte ${spellCount(at)}: the directory has no entry ${i + 1} of ${count}`);
    }
    const entry = readEntry(file, view, at, start);
    if (entries.has(entry.name)) refuse(`two files have the name ${quoteName(entry.name)}`);
    entries.set(entry.name, entry);
    at += entryLength + nameLengths(view, at + 28) + view.getUint16(at + 32, true);
  }
  if (at > end) refuse(`byte ${spellCount(at)}: the directory does not end before its end record`);
  return entries;
}

/** Where the record is that ends the archive: a comment may follow. */
function findEnd(file: Uint8Array, view: DataView): number {
  const least = Math.max(0, file.length - endLength - longestComment);
  for (let at = file.length - endLength; at >= least; at--) {
    const isEnd = view.getUint32(at, true) === endMagic;
    if (isEnd && at + endLength + view.getUint16(at + 20, true) === file.length) return at;
  }
  const isZip = file.length >= 4 && view.getUint32(0, true) === localMagic;
  const why = isZip ? "its directory is missing: the file is cut off" : "it has no zip directory";
  return refuse(isZip ? why : `not a zip archive: ${foreignFormat(file) ?? why}`);
}

/** The lengths of name and extra field, which stand side by side. */
const nameLengths = (view: DataView, at: number): number =>
  view.getUint16(at, true) + view.getUint16(at + 2, true);

function readEntry(file: Uint8Array, view: DataView, at: number, directory: number): ZipEntry {
  const nameEnd = at + entryLength + view.getUint16(at + 28, true);
  if (nameEnd > file.length) refuse(`byte ${spellCount(at)}: a name goes beyond the file's end`);
  const name = new TextDecoder().decode(file.subarray(at + entryLength, nameEnd));
  const what = `the file ${quoteName(name)}`;
  const [flags, method] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)];
  const [packed, length] = [view.getUint32(at + 20, true), view.getUint32(at + 24, true)];
  if (flags & 1) refuse(`${what} is encrypted`);
  if (method !== 0 && method !== 8)
    refuse(`${what} is compressed by method ${method}; 0 and 8 are read`);
  if (method === 0 && packed !== length)
    refuse(`${what} is stored in ${spellBytes(packed)}, not ${spellCount(length)}`);
  if (length > packed * mostExpansion) {
    refuse(`${what} cannot have ${spellBytes(length)}: it is stored in ${spellCount(packed)}`);
  }
  const local = view.getUint32(at + 42, true);
  if (local + localLength > directory || view.getUint32(local, true) !== localMagic) {
    refuse(`${what} is not at byte ${spellCount(local)}, where the directory says`);
  }
  const start = local + localLength + nameLengths(view, local + 26);
  if (start + packed > directory)
    refuse(`${what} goes beyond byte ${spellCount(directory)}, where the directory begins`);
  const stored = file.subarray(start, start + packed);
  return { name, isDeflated: method === 8, length, crc: view.getUint32(at + 16, true), stored };
}

/** The bytes of a file that is not compressed: a view of the archive. */
export function readStored(entry: ZipEntry): Uint8Array {
  if (entry.isDeflated) refuse(`the file ${quoteName(entry.name)} is compressed`);
  return checked(entry, entry.stored);
}

/** The bytes of a file. */
export async function readEntryBytes(entry: ZipEntry): Promise<Uint8Array> {
  return entry.isDeflated ? checked(entry, await inflate(entry)) : readStored(entry);
}

function checked(entry: ZipEntry, bytes: Uint8Array): Uint8Array {
  if (crc32(bytes) !== entry.crc) {
    refuse(`the file ${quoteName(entry.name)} is damaged: its checksum does not fit`);
  }
  return bytes;
}

async function inflate({ name, length, stored }: ZipEntry): Promise<Uint8Array> {
  const what = `the file ${quoteName(name)}`;
  const bytes = new Uint8Array(length);
  let at = 0;
  const stream = new DecompressionStream("deflate-raw");
  const writer = stream.writable.getWriter();
  // What is wrong with the data shows where they are read.
  const written = Promise.allSettled([writer.write(stored.slice()), writer.close()]);
  const reader = stream.readable.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      if (at + next.value.length > length) break;
      bytes.set(next.value, at);
      at += next.value.length;
      if (at === length && (await reader.read()).done) return bytes;
    }
  } catch {
    refuse(`${what} is damaged: it cannot be inflated`);
  } finally {
    await reader.cancel().catch(() => undefined);
    await written;
  }
  return refuse(`${what} is damaged: it does not inflate to ${spellBytes(length)}`);
}
