/** Writes tensors as safetensors files. */

import { codes, GlimError } from "../../runtime/eager/glim-error.ts";
import { toRaw } from "../../runtime/eager/raw-tensors.ts";
import { isTensor } from "../../runtime/eager/tensor.ts";
import type { RawTensor } from "../../runtime/files/raw-tensor.ts";
import { writeSafetensors } from "../../runtime/files/safetensors.ts";
import { writeFile } from "./open-file.ts";
import type { StateDict } from "./read-state-dict.ts";

/** A module, or what its `stateDict()` gives. */
export type Saved = StateDict | { stateDict(): StateDict };

export interface SaveOptions {
  /** "torch": names as Python writes them, `running_mean` for `runningMean`. */
  readonly names?: "own" | "torch";
}

/** Writes the parameters and buffers of a module, or a state dict, as a `.safetensors` file. */
export async function save(
  file: URL | string,
  what: Saved,
  { names = "own" }: SaveOptions = {},
): Promise<void> {
  const stateDict = "stateDict" in what ? what.stateDict() : what;
  const taken = new Map<string, string>();
  const raw = [...stateDict].map(([own, t]): [string, RawTensor] => {
    if (!isTensor(t)) throw new GlimError(codes.argument, `save: ${own} is not a tensor`);
    const name = names === "torch" ? pythonName(own) : own;
    const other = taken.get(name);
    if (other !== undefined) {
      throw new GlimError(codes.argument, `save: ${other} and ${own} would both be ${name}`);
    }
    taken.set(name, own);
    return [name, toRaw(t)];
  });
  await writeFile(file, writeSafetensors(raw));
}

/** `cAttn.inProjWeight` is `c_attn.in_proj_weight` in Python. */
const pythonName = (name: string): string =>
  name.replace(/(?<=[a-z0-9])[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
