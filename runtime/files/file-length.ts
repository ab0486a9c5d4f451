/** Compares a file's length with what its header promises. */

import { type FileFormat, FileFormatError, spellBytes, spellCount } from "./file-format-error.ts";

/** Refuses a file that does not end at byte `due`. */
export function checkLength(format: FileFormat, length: number, due: number): void {
  if (length < due) refuseCutOff(format, length, `its header promises ${spellCount(due)}`);
  if (length > due) {
    const rest = spellBytes(length - due);
    const where = `after byte ${spellCount(due)}, where its header says it ends`;
    throw new FileFormatError(format, `the file has ${rest} ${where}`);
  }
}

/** Refuses a file that goes on after byte `due`, nobody knows how far. */
export function refuseSurplus(format: FileFormat, due: number): never {
  const where = `after byte ${spellCount(due)}, where its header says it ends`;
  throw new FileFormatError(format, `the file goes on ${where}`);
}

/** Refuses a file whose header itself does not end before the file does. */
export function checkHeaderLength(format: FileFormat, length: number, headerEnd: number): void {
  if (length < headerEnd) {
    refuseCutOff(format, length, `its header alone ends at ${spellCount(headerEnd)}`);
  }
}

function refuseCutOff(format: FileFormat, length: number, promise: string): never {
  const found = `the file ends after ${spellBytes(length)}`;
  throw new FileFormatError(format, `${found}, ${promise}: it was cut off; download it again`);
}
