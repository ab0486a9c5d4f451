/** Reads the tensors of safetensors files. */

import { codes, GlimError } from "../../runtime/eager/glim-error.ts";
import { fromRaw } from "../../runtime/eager/raw-tensors.ts";
import { asValue } from "../../runtime/eager/tensor.ts";
import type { AnyTensor } from "../../runtime/eager/tensor-types.ts";
import { FileFormatError, quoteName } from "../../runtime/files/file-format-error.ts";
import { parseSafetensors } from "../../runtime/files/safetensors.ts";
import { readFile } from "./open-file.ts";

/** Tensors by name. */
export type StateDict = ReadonlyMap<string, AnyTensor>;

/** A URL, in Node also a path, or the bytes of the file. */
export type TensorSource = URL | string | ArrayBuffer | Uint8Array;

/** How messages call a source. */
export const nameOfSource = (source: TensorSource): string =>
  isPlace(source) ? String(source) : "the safetensors file";

const isPlace = (source: TensorSource): source is URL | string =>
  typeof source === "string" || source instanceof URL;

/**
 * The tensors of a `.safetensors` file, by name. 16-bit floats become f32 and integers i32; what does not
 * fit is refused.
 */
export async function loadSafetensors(source: TensorSource): Promise<Map<string, AnyTensor>> {
  const tensors = await loadIfPresent(source);
  if (tensors !== undefined) return tensors;
  throw new GlimError(codes.weightsFile, `${nameOfSource(source)} does not exist`);
}

/** The same; undefined where there is no such file. */
export async function loadIfPresent(
  source: TensorSource,
): Promise<Map<string, AnyTensor> | undefined> {
  const bytes = isPlace(source) ? await readFile(source) : bytesOf(source);
  return bytes && parse(bytes, nameOfSource(source));
}

const bytesOf = (source: ArrayBuffer | Uint8Array): Uint8Array =>
  source instanceof Uint8Array ? source : new Uint8Array(source);

function parse(bytes: Uint8Array, name: string): Map<string, AnyTensor> {
  const read = <T>(what: string, f: () => T): T => {
    try {
      return f();
    } catch (error) {
      if (!(error instanceof FileFormatError)) throw error;
      throw new GlimError(codes.weightsFile, `${what}: ${error.message}`, { cause: error });
    }
  };
  const { tensors } = read(name, () => parseSafetensors(bytes));
  const made = new Map<string, AnyTensor>();
  for (const [key, raw] of tensors) {
    made.set(key, asValue(read(`${name}: tensor ${quoteName(key)}`, () => fromRaw(raw))));
  }
  return made;
}
