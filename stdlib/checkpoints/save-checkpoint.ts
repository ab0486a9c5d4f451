/** Writes all that a training run needs to go on as if it had not stopped. */

import { codes, GlimError } from "../../runtime/eager/glim-error.ts";
import { toRaw } from "../../runtime/eager/raw-tensors.ts";
import { isTensor } from "../../runtime/eager/tensor.ts";
import type { AnyTensor } from "../../runtime/eager/tensor-types.ts";
import type { RawTensor } from "../../runtime/files/raw-tensor.ts";
import { writeSafetensors } from "../../runtime/files/safetensors.ts";
import { writeFile } from "../files/open-file.ts";
import { type Continued, partOf } from "./part.ts";
import { isPlain, type Plain } from "./plain.ts";

/** The entry of the file's metadata that has everything but tensors. */
export const checkpointKey = "glim.checkpoint";

/** Plain data and tensors come back as results of `loadCheckpoint`. */
export type Kept = Continued | Plain | AnyTensor;

/**
 * Writes modules, optimisers, averages, generators, loaders and plain data by their names, as a safetensors file:
 * `saveCheckpoint("run.ckpt", { net, opt, loader, step })`. The file appears whole or not at all; until then a former
 * one stays.
 */
export async function saveCheckpoint(
  file: URL | string,
  parts: Readonly<Record<string, Kept>>,
): Promise<void> {
  const tensors: [string, RawTensor][] = [];
  const plain: [string, Plain][] = [];
  for (const [name, v] of Object.entries(parts)) {
    if (name.includes(".")) refuse(`the name ${name} has a point`);
    const part = partOf(name, v);
    if (isTensor(v)) tensors.push([name, toRaw(v)]);
    else if (part !== undefined) {
      for (const [key, cell] of part.cells) tensors.push([`${name}.${key}`, toRaw(cell)]);
      plain.push([name, part.plain]);
    } else if (isPlain(v)) plain.push([name, v]);
    else refuse(`${name} is nothing that a checkpoint can keep`);
  }
  const text = JSON.stringify(Object.fromEntries(plain));
  await writeFile(file, writeSafetensors(tensors, [[checkpointKey, text]]));
}

function refuse(why: string): never {
  throw new GlimError(codes.argument, `saveCheckpoint: ${why}`);
}
