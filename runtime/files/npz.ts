/** NumPy's .npz: a zip archive with a .npy file for each array. */

import { FileFormatError, quoteName } from "./file-format-error.ts";
import { parseNpy } from "./npy.ts";
import type { RawTensor } from "./raw-tensor.ts";
import { parseZip, readEntryBytes, type ZipEntry } from "./zip.ts";

/** The arrays by name, in the archive's order. */
export const parseNpz = (bytes: Uint8Array): Promise<ReadonlyMap<string, RawTensor>> =>
  readNpz(parseZip(bytes));

/** The arrays of an archive that is read already. */
export async function readNpz(
  entries: ReadonlyMap<string, ZipEntry>,
): Promise<ReadonlyMap<string, RawTensor>> {
  const arrays = new Map<string, RawTensor>();
  for (const [name, entry] of entries) {
    if (!name.endsWith(".npy")) {
      throw new FileFormatError(
        "npz",
        `the archive holds ${quoteName(name)}, which is no .npy file`,
      );
    }
    const bytes = await readEntryBytes(entry);
    try {
      arrays.set(name.slice(0, -".npy".length), parseNpy(bytes));
    } catch (error) {
      if (!(error instanceof FileFormatError)) throw error;
      throw new FileFormatError("npz", `the file ${quoteName(name)}: ${error.message}`);
    }
  }
  return arrays;
}
