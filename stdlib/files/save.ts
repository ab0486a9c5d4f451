/** Writes tensors as safetensors files. */

import { codes, GlimError } from "../../runtime/eager/glim-error.ts";
import { toRaw } from "../../runtime/eager/raw-tensors.ts";
import { isTensor } from "../../runtime/eager/tensor.ts";
import type { RawTensor } from "../../runtime/files/raw-tensor.ts";
import { writeSafetensors } from "../../runtime/files/safetensors.ts";
import type { StateDict } from "./load-safetensors.ts";
import { writeFile } from "./open-file.ts";

/** A module, or what its `stateDict()` gives. */
export type Saved = StateDict | { stateDict(): StateDict };

/** Writes the parameters and buffers of a module, or a state dict, as a `.safetensors` file. */
export async function save(file: URL | string, what: Saved): Promise<void> {
  const stateDict = "stateDict" in what ? what.stateDict() : what;
  const raw = [...stateDict].map(([name, t]): [string, RawTensor] => {
    if (isTensor(t)) return [name, toRaw(t)];
    throw new GlimError(codes.argument, `save: ${name} is not a tensor`);
  });
  await writeFile(file, writeSafetensors(raw));
}
