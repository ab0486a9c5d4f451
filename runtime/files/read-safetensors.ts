/** Reads safetensors files tensor by tensor, in the order in which they lie there. */

import { type ByteSource, headLength } from "./byte-source.ts";
import { checkHeaderLength, checkLength, refuseSurplus } from "./file-length.ts";
import type { TensorReader } from "./read-tensor.ts";
import { findData, inFileOrder, readHeader, verifyLayout } from "./safetensors-layout.ts";

/** What a file says of itself besides its tensors. */
export interface SafetensorsListing {
  /** In the header's order. */
  readonly names: readonly string[];
  readonly metadata: ReadonlyMap<string, string>;
}

/** Reads the wanted tensors; what is not wanted is passed over. */
export async function readSafetensors(
  source: ByteSource,
  { take, isWanted }: TensorReader,
): Promise<SafetensorsListing> {
  const head = await readHead(source);
  const dataStart = head.length;
  const { entries, metadata } = readHeader(head);
  const fileEnd = verifyLayout(entries, dataStart);
  if (source.length !== undefined) checkLength("safetensors", source.length, fileEnd);
  for (const { name, dtype, shape, begin, end } of inFileOrder(entries)) {
    if (!isWanted(name)) continue;
    const data = await source.read(dataStart + begin, dataStart + end);
    if (data.length < end - begin) {
      checkLength("safetensors", dataStart + begin + data.length, fileEnd);
    }
    take(name, { dtype, shape, data }, source.givesCopies);
  }
  const isEndSeen = source.length !== undefined || !entries.every(({ name }) => isWanted(name));
  if (!isEndSeen) await refuseMore(source, fileEnd);
  return { names: entries.map(({ name }) => name), metadata };
}

/** All before the data. */
async function readHead(source: ByteSource): Promise<Uint8Array> {
  const dataStart = findData(await source.read(0, headLength), source.length);
  const head = await source.read(0, dataStart);
  checkHeaderLength("safetensors", head.length, dataStart);
  return head;
}

async function refuseMore(source: ByteSource, fileEnd: number): Promise<void> {
  const more = await source.read(fileEnd, fileEnd + 1);
  if (more.length > 0) refuseSurplus("safetensors", fileEnd);
}
