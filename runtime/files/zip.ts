/**
 * Zip archives, as NumPy and PyTorch write them: a directory at the end says where each file is.
 * https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */

import { type ByteSource, bytesSource, headLength, readWhole } from "./byte-source.ts";
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
/** Of compressed bytes; so many are read at once. */
const readAtOnce = 2 ** 20;
/** A deflated byte stands for at most 1,032: more is a lie of the directory. */
const mostExpansion = 1032;

/** Whether a file that begins so is an archive. */
export const isZip = (head: Uint8Array): boolean => head[0] === 0x50 && head[1] === 0x4b;

/** One file of an archive. */
export interface ZipEntry {
  readonly name: string;
  readonly isDeflated: boolean;
  /** Bytes when read. */
  readonly length: number;
  readonly crc: number;
  /** Where the file's own header is. */
  readonly header: number;
  /** Bytes as stored. */
  readonly packed: number;
}

export interface ZipArchive {
  /** By name, in the directory's order. */
  readonly entries: ReadonlyMap<string, ZipEntry>;
  readonly source: ByteSource;
  /** Where the directory begins, and the files have ended. */
  readonly directory: number;
}

/**
 * Reads the directory of an archive; its files are read when they are asked for. The directory is at the end, so that
 * what can only be read forwards is read as a whole.
 */
export async function openZip(given: ByteSource): Promise<ZipArchive> {
  const source = given.length === undefined ? bytesSource(await readWhole(given)) : given;
  const fileLength = source.length ?? 0;
  const { count, directory, end } = await findEnd(source, fileLength);
  if (directory > end) refuse(`byte ${spellCount(directory)}: the directory begins after its end`);
  const listed = await source.read(directory, end);
  const view = new DataView(listed.buffer, listed.byteOffset, listed.length);
  const entries = new Map<string, ZipEntry>();
  let [at, stored] = [0, 0];
  for (let i = 0; i < count; i++) {
    if (at + entryLength > listed.length || view.getUint32(at, true) !== entryMagic) {
      refuse(`byte ${spellCount(directory + at)}: the directory has no entry ${i + 1} of ${count}`);
    }
    const entry = readEntry(listed, view, at, directory);
    if (entries.has(entry.name)) refuse(`two files have the name ${quoteName(entry.name)}`);
    entries.set(entry.name, entry);
    stored += localLength + entry.packed;
    at += entryLength + nameLengths(view, at + 28) + view.getUint16(at + 32, true);
  }
  if (at > listed.length) {
    refuse(`byte ${spellCount(directory + at)}: the directory does not end before its end record`);
  }
  // Else few bytes could stand for files without number.
  if (stored > directory) refuse("its files overlap");
  return { entries, source, directory };
}

interface End {
  readonly count: number;
  readonly directory: number;
  /** Where the end record is. */
  readonly end: number;
}

/** The record that ends the archive: a comment may follow. */
async function findEnd(source: ByteSource, fileLength: number): Promise<End> {
  const first = Math.max(0, fileLength - endLength - longestComment);
  const tail = await source.read(first, fileLength);
  const view = new DataView(tail.buffer, tail.byteOffset, tail.length);
  for (let at = tail.length - endLength; at >= 0; at--) {
    const isEnd = view.getUint32(at, true) === endMagic;
    if (!isEnd || at + endLength + view.getUint16(at + 20, true) !== tail.length) continue;
    const count = view.getUint16(at + 10, true);
    const directory = view.getUint32(at + 16, true);
    if (count === 0xffff || directory === 0xffffffff) {
      refuse("it is a zip64 archive, with more files or bytes than are read: split it");
    }
    return { count, directory, end: first + at };
  }
  const head = await source.read(0, headLength);
  if (isZip(head)) refuse("its directory is missing: the file is cut off");
  return refuse(`not a zip archive: ${foreignFormat(head) ?? "it has no zip directory"}`);
}

/** The lengths of name and extra field, which stand side by side. */
const nameLengths = (view: DataView, at: number): number =>
  view.getUint16(at, true) + view.getUint16(at + 2, true);

function readEntry(listed: Uint8Array, view: DataView, at: number, directory: number): ZipEntry {
  const nameEnd = at + entryLength + view.getUint16(at + 28, true);
  if (nameEnd > listed.length) {
    refuse(`byte ${spellCount(directory + at)}: a name goes beyond the directory's end`);
  }
  const name = new TextDecoder().decode(listed.slice(at + entryLength, nameEnd));
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
  const header = view.getUint32(at + 42, true);
  const crc = view.getUint32(at + 16, true);
  return { name, isDeflated: method === 8, length, crc, header, packed };
}

/** Where the bytes of a file begin: behind its own header. */
async function findStored(
  archive: ZipArchive,
  { name, header, packed }: ZipEntry,
): Promise<number> {
  const { source, directory } = archive;
  const what = `the file ${quoteName(name)}`;
  const local = await source.read(header, header + localLength);
  const view = new DataView(local.buffer, local.byteOffset, local.length);
  if (header + localLength > directory || view.getUint32(0, true) !== localMagic) {
    refuse(`${what} is not at byte ${spellCount(header)}, where the directory says`);
  }
  const start = header + localLength + nameLengths(view, 26);
  if (start + packed > directory)
    refuse(`${what} goes beyond byte ${spellCount(directory)}, where the directory begins`);
  return start;
}

/** The bytes of a file that is not compressed. */
export async function readStored(archive: ZipArchive, entry: ZipEntry): Promise<Uint8Array> {
  if (entry.isDeflated) refuse(`the file ${quoteName(entry.name)} is compressed`);
  const start = await findStored(archive, entry);
  return checked(entry, await archive.source.read(start, start + entry.packed));
}

/** The bytes of a file. */
export async function readEntryBytes(archive: ZipArchive, entry: ZipEntry): Promise<Uint8Array> {
  if (!entry.isDeflated) return await readStored(archive, entry);
  const start = await findStored(archive, entry);
  return checked(entry, await inflate(archive.source, start, entry));
}

function checked(entry: ZipEntry, bytes: Uint8Array): Uint8Array {
  if (bytes.length !== entry.length || crc32(bytes) !== entry.crc) {
    refuse(`the file ${quoteName(entry.name)} is damaged: its checksum does not fit`);
  }
  return bytes;
}

async function inflate(
  source: ByteSource,
  start: number,
  { name, length, packed }: ZipEntry,
): Promise<Uint8Array> {
  const what = `the file ${quoteName(name)}`;
  const bytes = new Uint8Array(length);
  let at = 0;
  const stream = new DecompressionStream("deflate-raw");
  // What is wrong with the data shows where they are read.
  const written = Promise.allSettled([deflated(source, start, packed).pipeTo(stream.writable)]);
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

/** The stored bytes from `start` on, piece by piece. */
function deflated(
  source: ByteSource,
  start: number,
  packed: number,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = start;
  return new ReadableStream({
    async pull(to) {
      const piece = await source.read(at, Math.min(at + readAtOnce, start + packed));
      at += piece.length;
      // A copy: streams take no shared memory, and may give away what they are given.
      if (piece.length > 0) to.enqueue(piece.slice());
      else to.close();
    },
  });
}
