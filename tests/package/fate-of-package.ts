/** Opens a package that may be damaged or hostile, and calls each of its entries. */

import type { ModuleSignature } from "#glim/compiler/package/signature.js";
import { FileFormatError } from "#glim/runtime/files/file-format-error.js";
import { GlimError, openSync } from "#glim/runtime/package/open.js";
import { readPackage } from "#glim/runtime/package/read-package.js";
import { interpreter } from "./compare-package.ts";
import { madeArguments } from "./made-arguments.ts";

const bounds = { fuel: 20_000, memory: 64 << 20 };

/** The processor's time that a package may take in all, much more than its fuel should. */
export const mostMilliseconds = 5000;

/** A misused one was called with what its signature, or its program, does not take. */
export type Fate = "refused" | "ran" | "stopped" | "misused";

/** What became of a package, in this interpreter; all else throws. */
export function fateOf(bytes: Uint8Array, module: WebAssembly.Module = interpreter): Fate {
  let fate: Fate = "ran";
  try {
    const model = openSync(bytes, module, bounds);
    const { entries, types }: ModuleSignature = JSON.parse(readPackage(bytes).signatureText);
    for (const [i, entry] of entries.entries()) {
      let args: readonly unknown[] = [];
      try {
        args = madeArguments(entry, types, i);
      } catch {
        // The signature is none that arguments can be made for.
        fate = "misused";
        continue;
      }
      try {
        model[entry.name]!(...args);
      } catch (error) {
        if (!(error instanceof GlimError)) throw error;
        fate = error.code === "GLIM5000" ? "stopped" : "misused";
      }
    }
  } catch (error) {
    if (!(error instanceof FileFormatError)) throw error;
    return "refused";
  }
  return fate;
}
