/** Reads and writes files by path or URL: Node's file system where there is one, else `fetch`. */

import { codes, GlimError } from "../../runtime/eager/glim-error.ts";

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
  const place = placeOf(file);
  const disk = nodeFiles();
  try {
    if (disk && isOnDisk(place)) return new Uint8Array(await disk.readFile(place));
    const answer = await fetch(place);
    if (answer.status === 404) return undefined;
    if (!answer.ok) throw new Error(`the server answered ${answer.status} ${answer.statusText}`);
    return new Uint8Array(await answer.arrayBuffer());
  } catch (error) {
    if (isMissing(error)) return undefined;
    const why = error instanceof Error ? error.message : String(error);
    throw new GlimError(codes.weightsFile, `${file} cannot be read: ${why}`, { cause: error });
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
