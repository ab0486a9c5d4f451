/** Writes weights from a file by themselves into a module's memory. Part of the loader. */

import { refuse } from "./load-error.ts";

/** What a module says of its file of weights. */
export interface ExternalWeights {
  readonly id: string;
  /** The length of the file. */
  readonly bytes: number;
  readonly tensors: readonly (readonly [name: string, address: number])[];
}

/** `given` is a safetensors file, if it is the one that the module asks for. */
export function putWeights(
  { memory }: object & { readonly memory?: unknown },
  { id, bytes, tensors }: ExternalWeights,
  given: unknown,
): void {
  const { buffer, byteOffset, byteLength } = ArrayBuffer.isView(given)
    ? given
    : new Uint8Array(given instanceof ArrayBuffer ? given : new ArrayBuffer(0));
  const file = new Uint8Array(buffer, byteOffset, byteLength);
  const hasLength = byteLength === bytes;
  const start = hasLength ? 8 + new DataView(buffer, byteOffset).getUint32(0, true) : 8;
  const header = new TextDecoder().decode(file.subarray(8, start));
  if (!header.includes(id))
    refuse("GLIM6003", "the weights are missing, cut off, or another module's");
  const entries = JSON.parse(header);
  for (const [name, address] of tensors) {
    const [from, to] = entries[name].data_offsets;
    new Uint8Array(Object(memory).buffer).set(file.subarray(start + from, start + to), address);
  }
}
