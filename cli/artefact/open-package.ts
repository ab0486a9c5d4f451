/** Opens a package from disk. */

import { readFile } from "node:fs/promises";
import { artefactUnreadable, notAPackage } from "../../compiler/diagnostics/catalog/artefacts.ts";
import type { ModuleSignature } from "../../compiler/package/signature.ts";
import { FileFormatError } from "../../runtime/files/file-format-error.ts";
import { verifyContent } from "../../runtime/package/content-hash.ts";
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

/** @throws Failure for what is no package of this version, or has other content than it states, if that is verified */
export async function openPackage(file: string, verify = false): Promise<OpenPackage> {
  const shown = shownPath(file);
  const bytes = await readFile(file).catch((error: unknown) =>
    fail(artefactUnreadable(shown, systemReason(error))),
  );
  const opened = orFail(shown, () => {
    const read = readPackage(bytes);
    const signature: ModuleSignature = JSON.parse(read.signatureText);
    return { bytes, file: read, signature };
  });
  if (verify) await verifyContent(bytes).catch((error: unknown) => failFor(shown, error));
  return opened;
}

/** What `run` gives; a Failure where it refuses the package. */
export function orFail<T>(shown: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    return failFor(shown, error);
  }
}

function failFor(shown: string, error: unknown): never {
  if (!(error instanceof FileFormatError)) throw error;
  return fail(notAPackage(shown, error.message));
}
