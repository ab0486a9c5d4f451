/** Writes the weights of a module to a file of their own. */

import { createHash } from "node:crypto";
import type { ExternalWeight, WeightsFile } from "../../compiler/package/external-weights.ts";
import { parseSafetensors, writeSafetensors } from "../../runtime/files/safetensors.ts";

export class WeightsWriter {
  #file: Uint8Array = new Uint8Array();

  /** Empty until something is written. */
  get file(): Uint8Array {
    return this.#file;
  }

  /** The file is known by a hash of all names and data: other weights are never taken for these. */
  readonly write = (weights: readonly ExternalWeight[]): WeightsFile => {
    const hash = createHash("sha256");
    for (const { name, data } of weights) hash.update(`${name}\0${data.length}\0`).update(data);
    const id = hash.digest("hex").slice(0, 32);
    const entries = weights.map(({ name, ...tensor }) => [name, tensor] as const);
    this.#file = writeSafetensors(entries, [["glim", id]]);
    const { tensors } = parseSafetensors(this.#file);
    const start = this.#file.byteOffset;
    const starts = new Map(
      Array.from(tensors, ([name, { data }]) => [name, data.byteOffset - start]),
    );
    return { id, bytes: this.#file.length, starts };
  };
}
