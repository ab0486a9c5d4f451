/** Reads and writes files by path or URL: Node's file system where there is one, else `fetch`. */

import { codes, GlimError } from "../../runtime/eager/glim-error.ts";
import {
  type ByteSource,
  bytesSource,
  readWhole,
  streamSource,
} from "../../runtime/files/byte-source.ts";

/**
 * Asked of the process and not imported, so that a bundler for browsers finds no module of Node's.
 * Deno and Bun have it too.
 */
const nodeFiles = (): typeof import("node:fs/promises") | undefined =>
  typeof process === "undefined" ? undefined : process.getBuiltinModule?.("node:fs/promises");

const hasScheme = (text: string): boolean => /^[a-z][a-z0-9+.-]+:/i.test(text);

/** A path, or a URL: a text with a scheme is one. */
type Place = URL | string;

const placeOf = (file: Place): Place =>
  typeof file === "string" && hasScheme(file) ? new URL(file) : file;

const isOnDisk = (place: Place): boolean => typeof place === "string" || place.protocol === "file:";

/** The contents of a file; undefined if there is none. */
export async function readFile(file: Place): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const source = await openFile(file);
  return source && new Uint8Array(await using(source, String(file), readWhole));
}

/** A file that is to be read in pieces; undefined if there is none. */
export async function openFile(file: Place): Promise<ByteSource | undefined> {
  const place = placeOf(file);
  const disk = nodeFiles();
  try {
    if (disk && isOnDisk(place)) return await diskSource(await disk.open(place));
    const answer = await fetch(place);
    if (answer.status === 404) return undefined;
    return await responseSource(answer);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw unreadable(String(file), error);
  }
}

/** What a server answered. */
export async function responseSource(answer: Response): Promise<ByteSource> {
  if (!answer.ok) throw new Error(`the server answered ${answer.status} ${answer.statusText}`);
  return answer.body === null ? bytesSource(new Uint8Array()) : await streamSource(answer.body);
}

/** What `read` makes of a source, which is closed then; `name` is for messages. */
export async function using<T>(
  source: ByteSource,
  name: string,
  read: (source: ByteSource) => Promise<T>,
): Promise<T> {
  const reading: ByteSource = {
    ...source,
    read: (begin, end) =>
      source.read(begin, end).catch((error: unknown) => {
        throw unreadable(name, error);
      }),
  };
  try {
    return await read(reading);
  } finally {
    await source.close();
  }
}

export function unreadable(name: string, error: unknown): GlimError {
  const why = error instanceof Error ? error.message : String(error);
  return new GlimError(codes.weightsFile, `${name} cannot be read: ${why}`, { cause: error });
}

/** Node reads at most 2 GiB at once. */
const mostAtOnce = 2 ** 30;

async function diskSource(handle: import("node:fs/promises").FileHandle): Promise<ByteSource> {
  const stats = await handle.stat();
  if (!stats.isFile()) return await pipeSource(handle);
  const { size } = stats;
  return {
    length: size,
    isSequential: false,
    givesCopies: true,
    async read(begin, end) {
      const bytes = new Uint8Array(Math.max(0, Math.min(end, size) - begin));
      for (let at = 0; at < bytes.length; ) {
        const most = Math.min(bytes.length - at, mostAtOnce);
        const { bytesRead } = await handle.read(bytes, at, most, begin + at);
        if (bytesRead === 0) return bytes.slice(0, at);
        at += bytesRead;
      }
      return bytes;
    },
    close: () => handle.close(),
  };
}

/** What has no size and no places, such as `/dev/stdin`. */
async function pipeSource(handle: import("node:fs/promises").FileHandle): Promise<ByteSource> {
  try {
    return bytesSource(await handle.readFile());
  } finally {
    await handle.close();
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ENOENT";

/** Writes a file as a whole: it appears complete, or not at all. */
export async function writeFile(file: Place, bytes: Uint8Array): Promise<void> {
  const disk = nodeFiles();
  const place = placeOf(file);
  if (!disk || !isOnDisk(place)) {
    const message = `${file} cannot be written: files are written only on a disk, in Node, Deno or Bun`;
    throw new GlimError(codes.unwritable, message);
  }
  const unfinished = besides(place);
  try {
    // On the disk before it replaces the former file, so that also a power failure leaves one of them.
    await disk.writeFile(unfinished, bytes, { flush: true });
    await disk.rename(unfinished, place);
  } catch (error) {
    await disk.rm(unfinished, { force: true });
    const why = error instanceof Error ? error.message : String(error);
    throw new GlimError(codes.unwritable, `${file} cannot be written: ${why}`, { cause: error });
  }
}

function besides(place: Place): Place {
  if (typeof place === "string") return `${place}.unfinished`;
  const url = new URL(place);
  url.pathname += ".unfinished";
  return url;
}

/** The file called `name` in the folder of `file`. */
export function besideFile(file: Place, name: string): Place {
  const place = placeOf(file);
  if (place instanceof URL) return new URL(name, place);
  const folder = place.slice(0, Math.max(place.lastIndexOf("/"), place.lastIndexOf("\\")) + 1);
  return folder + name;
}
