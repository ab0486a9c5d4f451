/** Opens a compiled module from disk. */

import { readFile } from "node:fs/promises";
import {
  artefactUnreadable,
  notOurs,
  notWebAssembly,
} from "../../compiler/diagnostics/catalog/artefacts.ts";
import { type ModuleSignature, readSignature } from "../../compiler/package/signature.ts";
import { fail } from "../terminal/failure.ts";
import { shownPath } from "../terminal/shown-path.ts";
import { systemReason } from "../terminal/system-reason.ts";

export interface OpenArtefact {
  readonly bytes: Uint8Array;
  readonly module: WebAssembly.Module;
  readonly signature: ModuleSignature;
}

/** @throws Failure for what is no compiled module of this version */
export async function openArtefact(file: string): Promise<OpenArtefact> {
  const shown = shownPath(file);
  const bytes = await readFile(file).catch((error: unknown) =>
    fail(artefactUnreadable(shown, systemReason(error))),
  );
  const module = await WebAssembly.compile(bytes).catch((error: unknown) => {
    const text = error instanceof Error ? error.message : String(error);
    return fail(notWebAssembly(shown, text.replace(/^WebAssembly\.compile\(\): /, "")));
  });
  const signature = readSignature(module) ?? fail(notOurs(shown));
  return { bytes, module, signature };
}
