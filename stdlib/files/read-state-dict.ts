/** Reads tensors by name from whatever file holds them: the format shows in the first bytes. */

import { codes, GlimError } from "../../runtime/eager/glim-error.ts";
import { fromRaw } from "../../runtime/eager/raw-tensors.ts";
import { asValue } from "../../runtime/eager/tensor.ts";
import type { AnyTensor } from "../../runtime/eager/tensor-types.ts";
import { type ByteSource, headLength, readWhole } from "../../runtime/files/byte-source.ts";
import { FileFormatError, quoteName } from "../../runtime/files/file-format-error.ts";
import { readNpzArchive } from "../../runtime/files/npz.ts";
import { readSafetensors } from "../../runtime/files/read-safetensors.ts";
import type { TensorReader } from "../../runtime/files/read-tensor.ts";
import { parseShardIndex } from "../../runtime/files/shard-index.ts";
import { isTorchArchive, readTorchArchive } from "../../runtime/files/torch-archive.ts";
import { isZip, openZip } from "../../runtime/files/zip.ts";
import { besideFile, using } from "./open-file.ts";
import { isPlace, nameOfSource, openSource, type TensorSource } from "./open-source.ts";

/** Tensors by name. */
export type StateDict = ReadonlyMap<string, AnyTensor>;

export interface ReadOptions {
  /** Which tensors are read, by their names in the file; all by default. */
  readonly only?: (name: string) => boolean;
}

type Tensors = Map<string, AnyTensor>;

/** Gives `reader` the tensors of a file; returns the names of all in it, in its order, if that is another one. */
type ReadFile = (
  file: ByteSource,
  reader: TensorReader,
) => Promise<readonly string[] | undefined> | Promise<void>;

/**
 * The tensors of a `.safetensors` file, of the index of several (`….safetensors.index.json`), of a
 * `.pt` file or of an `.npz` file; undefined where there is no such file.
 */
export async function readStateDict(
  source: TensorSource,
  options: ReadOptions = {},
): Promise<Tensors | undefined> {
  const file = await openSource(source);
  if (file === undefined) return undefined;
  const name = nameOfSource(source);
  const index = await using(file, name, async (opened) => {
    const head = await opened.read(0, headLength);
    if (head[0] === brace) return await readWhole(opened);
    return await collect(opened, name, isZip(head) ? readArchive : readListed, options);
  });
  return index instanceof Map ? index : await readShards(source, index, name, options);
}

/** The `{` with which an index begins. */
const brace = 0x7b;

/** The same, of a file that must exist and be of the kind that `read` reads. */
export async function readTensors(
  source: TensorSource,
  kind: string,
  read: ReadFile,
  options: ReadOptions = {},
): Promise<Tensors> {
  const name = nameOfSource(source, kind);
  const file = (await openSource(source)) ?? missing(name);
  return await using(file, name, (opened) => collect(opened, name, read, options));
}

export function missing(name: string): never {
  throw new GlimError(codes.weightsFile, `${name} does not exist`);
}

const readListed: ReadFile = async (file, reader) => (await readSafetensors(file, reader)).names;

const readArchive: ReadFile = async (file, reader) => {
  const archive = await openZip(file);
  if (isTorchArchive(archive)) return await readTorchArchive(archive, reader);
  await readNpzArchive(archive, reader);
  return undefined;
};

/** Each tensor is made before the next one is read. */
async function collect(
  file: ByteSource,
  name: string,
  read: ReadFile,
  { only = () => true }: ReadOptions,
): Promise<Tensors> {
  const made: Tensors = new Map();
  const reader: TensorReader = {
    isWanted: only,
    take: (key, raw, isOwn) => {
      const what = `${name}: tensor ${quoteName(key)}`;
      made.set(
        key,
        refusing(what, () => asValue(fromRaw(raw, isOwn))),
      );
    },
  };
  const names = await read(file, reader).catch((error: unknown) => refuse(name, error));
  if (names === undefined) return made;
  return new Map(names.flatMap((key) => (made.has(key) ? [[key, made.get(key)!]] : [])));
}

/** Each file of an index has the tensors that the index says; others that it has are not read. */
async function readShards(
  source: TensorSource,
  bytes: Uint8Array,
  name: string,
  { only = () => true }: ReadOptions,
): Promise<Tensors> {
  const files = refusing(name, () => parseShardIndex(bytes));
  if (!isPlace(source)) {
    const why = "an index of several files must be given by its place, so that they are found";
    throw new GlimError(codes.weightsFile, `${name}: ${why}`);
  }
  const all: Tensors = new Map();
  for (const [file, promised] of files) {
    const wanted = new Set(promised.filter(only));
    if (wanted.size === 0) continue;
    const part = besideFile(source, file);
    const isWanted = (key: string): boolean => wanted.has(key);
    const shard = await readTensors(part, "safetensors file", readListed, { only: isWanted });
    for (const key of wanted) {
      const t = shard.get(key);
      if (t === undefined) {
        const why = `${part} lacks ${quoteName(key)}, which ${name} promises`;
        throw new GlimError(codes.weightsFile, why);
      }
      all.set(key, t);
    }
  }
  return all;
}

function refusing<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    return refuse(what, error);
  }
}

/** What a reader refuses, as an error that names the file. */
function refuse(what: string, error: unknown): never {
  if (!(error instanceof FileFormatError)) throw error;
  throw new GlimError(codes.weightsFile, `${what}: ${error.message}`, { cause: error });
}
