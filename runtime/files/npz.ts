/** NumPy's .npz: a zip archive with a .npy file for each array. */

import { type ByteSource, bytesSource } from "./byte-source.ts";
import { FileFormatError, quoteName } from "./file-format-error.ts";
import { parseNpy } from "./npy.ts";
import type { RawTensor } from "./raw-tensor.ts";
import { type TensorReader, takeAll } from "./read-tensor.ts";
import { openZip, readEntryBytes, type ZipArchive } from "./zip.ts";

const suffix = ".npy";

/** The arrays by name, in the archive's order. */
export async function parseNpz(bytes: Uint8Array): Promise<ReadonlyMap<string, RawTensor>> {
  const arrays = new Map<string, RawTensor>();
  await readNpz(bytesSource(bytes), takeAll(arrays));
  return arrays;
}

export const readNpz = async (source: ByteSource, reader: TensorReader): Promise<void> =>
  readNpzArchive(await openZip(source), reader);

/** The same, of an archive whose directory is read already. */
export async function readNpzArchive(
  archive: ZipArchive,
  { isWanted, take }: TensorReader,
): Promise<void> {
  for (const [file, entry] of archive.entries) {
    if (!file.endsWith(suffix)) {
      throw new FileFormatError(
        "npz",
        `the archive holds ${quoteName(file)}, which is no .npy file`,
      );
    }
    const name = file.slice(0, -suffix.length);
    if (!isWanted(name)) continue;
    const bytes = await readEntryBytes(archive, entry);
    const isOwn = entry.isDeflated || archive.source.givesCopies;
    take(name, parseArray(file, bytes), isOwn);
  }
}

function parseArray(file: string, bytes: Uint8Array): RawTensor {
  try {
    return parseNpy(bytes);
  } catch (error) {
    if (!(error instanceof FileFormatError)) throw error;
    throw new FileFormatError("npz", `the file ${quoteName(file)}: ${error.message}`);
  }
}
