/** Opens a package from disk. */

import { readFile } from "node:fs/promises";
import { artefactUnreadable, notAPackage } from "../../compiler/diagnostics/catalog/artefacts.ts";
import type { ModuleSignature } from "../../compiler/package/signature.ts";
import { FileFormatError } from "../../runtime/files/file-format-error.ts";
import { type PackageFile, readPackage } from "../../runtime/package/read-package.ts";
import { fail } from "../terminal/failure.ts";
import { shownPath } from "../terminal/shown-path.ts";
import { systemReason } from "../terminal/system-reason.ts";

export interface OpenPackage {
  readonly bytes: Uint8Array;
  readonly file: PackageFile;
  readonly signature: ModuleSignature;
}

export const isPackage = (file: string): boolean => file.endsWith(".glim");

/** @throws Failure for what is no package of this version */
export async function openPackage(file: string): Promise<OpenPackage> {
  const shown = shownPath(file);
  const bytes = await readFile(file).catch((error: unknown) =>
    fail(artefactUnreadable(shown, systemReason(error))),
  );
  return orFail(shown, () => {
    const read = readPackage(bytes);
    const signature: ModuleSignature = JSON.parse(read.signatureText);
    return { bytes, file: read, signature };
  });
}

/** What `run` gives; a Failure where it refuses the package. */
export function orFail<T>(shown: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof FileFormatError)) throw error;
    return fail(notAPackage(shown, error.message));
  }
}
