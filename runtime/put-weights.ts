/** Writes weights from a file by themselves into a module's memory. Part of the loader; every byte counts. */

import { decode } from "./bind.ts";
import { refuse } from "./load-error.ts";

/** What a module says of its file of weights. */
export interface ExternalWeights {
  readonly id: string;
  /** The length of the file. */
  readonly bytes: number;
  /** Where in memory each tensor belongs, and where in the file it begins and ends. */
  readonly tensors: readonly (readonly [name: string, address: number, from: number, to: number])[];
}

export interface HasWeights {
  /** The weights, if they are in a file by themselves. */
  readonly external?: ExternalWeights;
}

const none: ExternalWeights = { id: "", bytes: 0, tensors: [] };

/** Takes the file piece by piece; true once all has come, if it is the file that the module asks for. */
export function putWeights(
  { external: { id, bytes, tensors } = none }: HasWeights,
  { memory }: object & { readonly memory?: unknown },
): (piece?: BufferSource) => boolean {
  const head = new Uint8Array(Math.min(bytes, ...tensors.map((t) => t[2])));
  let done = 0;
  return (given) => {
    const { buffer = given, byteOffset = 0, byteLength = 0 } = Object(given);
    const put = (into: ArrayBufferLike, at: number, from: number, to: number): void => {
      const first = Math.max(from - done, 0);
      const length = Math.min(to - done, byteLength) - first;
      if (length > 0)
        new Uint8Array(into).set(
          new Uint8Array(buffer, byteOffset + first, length),
          at + first + done - from,
        );
    };
    put(head.buffer, 0, 0, head.length);
    for (const [, address, from, to] of tensors) put(Object(memory).buffer, address, from, to);
    done += byteLength;
    return done === bytes && decode(head).includes(id);
  };
}

export function checkWeights(areRight: boolean): void {
  if (!areRight) refuse("GLIM6003", "the weights are missing, cut off, or another module's");
}
