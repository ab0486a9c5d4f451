/** Reads arrays in the format in which MNIST is published. */

import { codes, GlimError } from "../../runtime/eager/glim-error.ts";
import { fromRaw } from "../../runtime/eager/raw-tensors.ts";
import { asValue } from "../../runtime/eager/tensor.ts";
import type { AnyTensor } from "../../runtime/eager/tensor-types.ts";
import { FileFormatError } from "../../runtime/files/file-format-error.ts";
import { parseIdx } from "../../runtime/files/idx.ts";
import { readFile } from "../files/open-file.ts";

/** The array of an idx file, gzipped or not: i32 for bytes and other integers, f32 for floats. */
export async function readIdx(file: URL | string): Promise<AnyTensor> {
  const bytes = await readFile(file);
  if (bytes === undefined) throw new GlimError(codes.weightsFile, `${file} does not exist`);
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  try {
    return asValue(fromRaw(parseIdx(isGzip ? await gunzip(bytes) : bytes)));
  } catch (error) {
    const isData = error instanceof FileFormatError || error instanceof TypeError;
    if (!isData) throw error;
    throw new GlimError(codes.weightsFile, `${file}: ${error.message}`, { cause: error });
  }
}

async function gunzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
