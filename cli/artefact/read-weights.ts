/** Reads the weights of a module that was compiled without. */

import { readFile } from "node:fs/promises";
import { weightsFile } from "../../compiler/diagnostics/catalog/loading.ts";
import { fail } from "../terminal/failure.ts";
import { shownPath } from "../terminal/shown-path.ts";
import { systemReason } from "../terminal/system-reason.ts";

/** `given`: the file that is named; otherwise it lies beside the module. */
export function readWeights(
  module: string,
  given: string | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  const file = given ?? module.replace(/(\.wasm)?$/, ".safetensors");
  return readFile(file).catch((error: unknown) =>
    fail(weightsFile(shownPath(file), systemReason(error))),
  );
}
