/** Reads tensors by name from whatever file holds them: the format shows in the first bytes. */

import { codes, GlimError } from "../../runtime/eager/glim-error.ts";
import { fromRaw } from "../../runtime/eager/raw-tensors.ts";
import { asValue } from "../../runtime/eager/tensor.ts";
import type { AnyTensor } from "../../runtime/eager/tensor-types.ts";
import { FileFormatError, quoteName } from "../../runtime/files/file-format-error.ts";
import { readNpz } from "../../runtime/files/npz.ts";
import type { RawTensor } from "../../runtime/files/raw-tensor.ts";
import { parseSafetensors } from "../../runtime/files/safetensors.ts";
import { parseShardIndex } from "../../runtime/files/shard-index.ts";
import { isTorchArchive, readTorchArchive } from "../../runtime/files/torch-archive.ts";
import { parseZip } from "../../runtime/files/zip.ts";
import { besideFile, readFile } from "./open-file.ts";

/** Tensors by name. */
export type StateDict = ReadonlyMap<string, AnyTensor>;

/** A URL, in Node also a path, or the bytes of the file. */
export type TensorSource = URL | string | ArrayBuffer | Uint8Array;

type Place = URL | string;
type Tensors = Map<string, AnyTensor>;
type RawTensors = ReadonlyMap<string, RawTensor>;

const isPlace = (source: TensorSource): source is Place =>
  typeof source === "string" || source instanceof URL;

/** How messages call a source; `kind` is what its bytes should be. */
export const nameOfSource = (source: TensorSource, kind = "file of weights"): string =>
  isPlace(source) ? String(source) : `the ${kind}`;

/**
 * The tensors of a `.safetensors` file, of the index of several (`….safetensors.index.json`), of a
 * `.pt` file or of an `.npz` file; undefined where there is no such file.
 */
export async function readStateDict(source: TensorSource): Promise<Tensors | undefined> {
  const bytes = await bytesOf(source);
  if (bytes === undefined) return undefined;
  const name = nameOfSource(source);
  if (bytes[0] === brace) return await readShards(source, bytes, name);
  return toTensors(name, await refusing(name, () => rawTensors(bytes)));
}

/** The `{` with which an index begins. */
const brace = 0x7b;

/** The same, of a file that must exist and be of the kind that `read` reads. */
export async function readTensors(
  source: TensorSource,
  kind: string,
  read: (bytes: Uint8Array) => RawTensors | Promise<RawTensors>,
): Promise<Tensors> {
  const name = nameOfSource(source, kind);
  const bytes = (await bytesOf(source)) ?? missing(name);
  return toTensors(name, await refusing(name, () => read(bytes)));
}

export function missing(name: string): never {
  throw new GlimError(codes.weightsFile, `${name} does not exist`);
}

async function bytesOf(source: TensorSource): Promise<Uint8Array | undefined> {
  if (isPlace(source)) return await readFile(source);
  return source instanceof Uint8Array ? source : new Uint8Array(source);
}

function rawTensors(bytes: Uint8Array): RawTensors | Promise<RawTensors> {
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b;
  if (!isZip) return parseSafetensors(bytes).tensors;
  const entries = parseZip(bytes);
  return isTorchArchive(entries) ? readTorchArchive(entries) : readNpz(entries);
}

/** Each file of an index has the tensors that the index says, and no others. */
async function readShards(source: TensorSource, bytes: Uint8Array, name: string): Promise<Tensors> {
  const files = await refusing(name, () => parseShardIndex(bytes));
  if (!isPlace(source)) {
    const why = "an index of several files must be given by its place, so that they are found";
    throw new GlimError(codes.weightsFile, `${name}: ${why}`);
  }
  const all: Tensors = new Map();
  for (const [file, names] of files) {
    const part = besideFile(source, file);
    const shard = await readTensors(part, "safetensors file", (b) => parseSafetensors(b).tensors);
    for (const key of names) {
      const t = shard.get(key);
      if (t === undefined) {
        throw new GlimError(
          codes.weightsFile,
          `${part} lacks ${quoteName(key)}, which ${name} promises`,
        );
      }
      all.set(key, t);
    }
  }
  return all;
}

async function toTensors(name: string, raw: RawTensors): Promise<Tensors> {
  const made: Tensors = new Map();
  for (const [key, t] of raw) {
    const what = `${name}: tensor ${quoteName(key)}`;
    made.set(key, await refusing(what, () => asValue(fromRaw(t))));
  }
  return made;
}

/** What a reader refuses, as an error that names the file. */
async function refusing<T>(what: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof FileFormatError)) throw error;
    throw new GlimError(codes.weightsFile, `${what}: ${error.message}`, { cause: error });
  }
}
