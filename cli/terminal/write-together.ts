/** Writes several files so that all of them appear, or none. */

import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { unwritable } from "../../compiler/diagnostics/catalog/loading.ts";
import { exitOnSignals } from "./exit-on-signals.ts";
import { fail } from "./failure.ts";
import { shownPath } from "./shown-path.ts";
import { systemReason } from "./system-reason.ts";

/**
 * Writes `files` by path; folders that are missing are made. What was there before is replaced only when
 * everything is on the disk, and comes back if that fails.
 *
 * @throws Failure naming the path that cannot be written
 */
export function writeTogether(files: ReadonlyMap<string, Uint8Array | string>): void {
  // Nothing here waits, so a signal that comes meanwhile finds all done or all undone.
  const stop = exitOnSignals();
  try {
    write(files);
  } finally {
    stop();
  }
}

/**
 * The same for those of the files that are not on the disk with these very bytes, so that nobody who watches the
 * others is woken; gives their paths.
 */
export function writeChanged(files: ReadonlyMap<string, Uint8Array | string>): readonly string[] {
  const changed = [...files].filter(([file, content]) => !holds(file, content));
  if (changed.length > 0) writeTogether(new Map(changed));
  return changed.map(([file]) => file);
}

function holds(file: string, content: Uint8Array | string): boolean {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat?.isFile() || stat.size !== Buffer.byteLength(content)) return false;
  return readFileSync(file).equals(typeof content === "string" ? Buffer.from(content) : content);
}

function write(files: ReadonlyMap<string, Uint8Array | string>): void {
  /** What undoes each step, last first. */
  const undo: (() => void)[] = [];
  try {
    for (const file of files.keys()) makeFolder(path.dirname(file), undo);
    for (const [file, content] of files) {
      undo.push(() => rmSync(unfinished(file), { force: true }));
      attempt(file, () => writeFileSync(unfinished(file), content));
    }
    for (const file of files.keys()) replace(file, undo);
  } catch (error) {
    for (const step of undo.reverse()) step();
    throw error;
  }
  for (const file of files.keys()) rmSync(previous(file), { force: true });
}

const unfinished = (file: string): string => `${file}.${process.pid}.unfinished`;
const previous = (file: string): string => `${file}.${process.pid}.previous`;

function attempt(file: string, step: () => void): void {
  try {
    step();
  } catch (error) {
    const isAbsent = error instanceof Error && "code" in error && error.code === "ENOENT";
    const reason = isAbsent ? "nothing can be made there" : systemReason(error);
    fail(unwritable(shownPath(file), reason));
  }
}

/** One by one: Node's recursive `mkdir` does not end where a file system refuses (`/proc`). */
function makeFolder(folder: string, undo: (() => void)[]): void {
  const parent = path.dirname(folder);
  if (parent !== folder && !existsSync(parent)) makeFolder(parent, undo);
  if (existsSync(folder)) {
    if (statSync(folder).isDirectory()) return;
    fail(unwritable(shownPath(folder), "it is a file, not a directory"));
  }
  attempt(folder, () => mkdirSync(folder));
  undo.push(() => rmdirSync(folder));
}

function replace(file: string, undo: (() => void)[]): void {
  if (existsSync(file)) {
    if (statSync(file).isDirectory()) fail(unwritable(shownPath(file), "it is a directory"));
    attempt(file, () => renameSync(file, previous(file)));
    undo.push(() => renameSync(previous(file), file));
  }
  attempt(file, () => renameSync(unfinished(file), file));
  undo.push(() => rmSync(file, { force: true }));
}
