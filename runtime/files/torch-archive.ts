/** PyTorch's `.pt` and `.pth` archives of tensors: a zip of a pickle and one file for each storage. */

import { type ByteSource, bytesSource, headLength } from "./byte-source.ts";
import { FileFormatError, quoteName, spellCount } from "./file-format-error.ts";
import { foreignFormat } from "./foreign-format.ts";
import { type PickleValue, parsePickle, rebuildParameter, rebuildTensor } from "./pickle.ts";
import {
  byteLengthOf,
  dtypeSize,
  type FileDType,
  highestRank,
  type RawTensor,
} from "./raw-tensor.ts";
import { type TensorReader, takeAll } from "./read-tensor.ts";
import { isZip, openZip, readStored, type ZipArchive, type ZipEntry } from "./zip.ts";

const refuse = (message: string): never => {
  throw new FileFormatError("pt", message);
};

const dtypeOfStorage: ReadonlyMap<string, FileDType> = new Map([
  ["torch.DoubleStorage", "f64"],
  ["torch.FloatStorage", "f32"],
  ["torch.HalfStorage", "f16"],
  ["torch.BFloat16Storage", "bf16"],
  ["torch.LongStorage", "i64"],
  ["torch.IntStorage", "i32"],
  ["torch.ShortStorage", "i16"],
  ["torch.CharStorage", "i8"],
  ["torch.ByteStorage", "u8"],
  ["torch.BoolStorage", "bool"],
]);

/** Shared and circular parts must not make the walk endless. */
const mostValues = 1_000_000;
const deepest = 100;
/** Tied weights lie in one storage; more names for one than this are an attack on memory. */
const mostRepetition = 64;

/**
 * The tensors of what `torch.save` wrote, a state_dict or a dictionary with some in it, by the path to
 * each: `model.fc.weight`. Numbers and texts are left out. Nothing of the file is run.
 */
export async function parseTorchArchive(
  bytes: Uint8Array,
): Promise<ReadonlyMap<string, RawTensor>> {
  const tensors = new Map<string, RawTensor>();
  const names = await readTorch(bytesSource(bytes), takeAll(tensors));
  return new Map(names.map((name) => [name, tensors.get(name)!]));
}

/** The same, tensor by tensor; returns the names of all, in the order of the dictionary. */
export async function readTorch(
  source: ByteSource,
  reader: TensorReader,
): Promise<readonly string[]> {
  const head = await source.read(0, headLength);
  if (!isZip(head)) {
    const why = foreignFormat(head) ?? "it is no zip archive";
    const fix = "PyTorch before 1.6 wrote another format: load the file there and save it again";
    refuse(`not a .pt file: ${why}; ${fix}`);
  }
  return await readTorchArchive(await openZip(source), reader);
}

/** Whether an archive is PyTorch's. */
export const isTorchArchive = ({ entries }: ZipArchive): boolean => rootOf(entries) !== undefined;

const pickleName = "data.pkl";

/** The folder in which everything lies, with its slash. */
function rootOf(entries: ZipArchive["entries"]): string | undefined {
  for (const name of entries.keys()) {
    if (name.endsWith(`/${pickleName}`)) return name.slice(0, -pickleName.length);
  }
  return undefined;
}

export async function readTorchArchive(
  archive: ZipArchive,
  { isWanted, take }: TensorReader,
): Promise<readonly string[]> {
  const { entries, source } = archive;
  const root = rootOf(entries) ?? refuse(`the archive has no ${pickleName}`);
  if (entries.has(`${root}constants.pkl`)) {
    refuse("it is a TorchScript module: save its state_dict() with torch.save");
  }
  const order = entries.get(`${root}byteorder`);
  if (order && new TextDecoder().decode((await readStored(archive, order)).slice()) !== "little") {
    refuse("its numbers are big-endian, or their order is unknown");
  }
  const value = parsePickle(await readStored(archive, entries.get(root + pickleName)!));
  const found = new Collector(entries, root).collect(value);
  // Storage by storage, so that one is in memory at a time, however many tensors are views of it.
  const byStorage = new Map<ZipEntry, (readonly [string, StoredView])[]>();
  for (const [name, t] of found) {
    if (!isWanted(name)) continue;
    const others = byStorage.get(t.entry) ?? [];
    others.push([name, t]);
    byStorage.set(t.entry, others);
  }
  for (const [entry, tensors] of byStorage) {
    const bytes = await readStored(archive, entry);
    const isOwn = source.givesCopies && tensors.length === 1;
    for (const [name, t] of tensors) take(name, elementsOf(t, bytes), isOwn);
  }
  return [...found.keys()];
}

/** A tensor as the pickle describes it: a view of a storage. */
interface StoredView {
  readonly dtype: FileDType;
  readonly entry: ZipEntry;
  /** In elements, as the strides. */
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  /** Of the elements together. */
  readonly bytes: number;
}

class Collector {
  readonly #entries: ZipArchive["entries"];
  readonly #root: string;
  readonly #found = new Map<string, StoredView>();
  readonly #mostBytes: number;
  #visited = 0;
  #bytes = 0;

  constructor(entries: ZipArchive["entries"], root: string) {
    this.#entries = entries;
    this.#root = root;
    let stored = 0;
    for (const entry of entries.values()) stored += entry.length;
    this.#mostBytes = mostRepetition * stored;
  }

  collect(value: PickleValue): ReadonlyMap<string, StoredView> {
    this.#walk(value, "", 0);
    return this.#found;
  }

  #walk(value: PickleValue, path: string, depth: number): void {
    if (++this.#visited > mostValues || depth > deepest) {
      refuse(`what is below ${quoteName(path)} does not end: it contains itself`);
    }
    const below = (name: string): string => (path === "" ? name : `${path}.${name}`);
    switch (value.kind) {
      case "call":
        this.#add(path === "" ? "tensor" : path, value.f, value.args);
        return;
      case "dict":
        for (const [key, item] of value.items) {
          const isName = key.kind === "text" || key.kind === "number";
          if (isName) this.#walk(item, below(String(key.value)), depth + 1);
        }
        return;
      case "list":
      case "tuple":
        for (const [i, item] of value.items.entries())
          this.#walk(item, below(String(i)), depth + 1);
        return;
      default:
    }
  }

  #add(name: string, f: string, args: readonly PickleValue[]): void {
    if (this.#found.has(name)) refuse(`two tensors have the name ${quoteName(name)}`);
    const what = `tensor ${quoteName(name)}`;
    const [storage, offset, shape, strides] = f === rebuildParameter ? innerArgs(what, args) : args;
    const { dtype, entry } = this.#storage(what, storage);
    const view = {
      ...{ dtype, entry },
      offset: wholes(what, { kind: "tuple", items: offset ? [offset] : [] })[0] ?? 0,
      shape: wholes(what, shape),
      strides: wholes(what, strides),
    };
    const bytes = checkView(what, view);
    this.#bytes += bytes;
    if (this.#bytes > this.#mostBytes) refuse(`${what} and those before it repeat their storages`);
    this.#found.set(name, { ...view, bytes });
  }

  /** `('storage', torch.FloatStorage, '0', 'cpu', 12)`: a file `data/0` of 12 elements. */
  #storage(what: string, value: PickleValue | undefined): Pick<StoredView, "dtype" | "entry"> {
    const items = value?.kind === "persistent" && value.id.kind === "tuple" ? value.id.items : [];
    const [tag, type, key, , count] = items;
    const isStorage =
      tag?.kind === "text" &&
      tag.value === "storage" &&
      type?.kind === "global" &&
      key?.kind === "text" &&
      count?.kind === "number";
    if (!isStorage) return refuse(`${what} has no storage`);
    const dtype =
      dtypeOfStorage.get(type.name) ??
      refuse(`${what} is kept in ${quoteName(type.name)}, a dtype that is not read`);
    const entry =
      this.#entries.get(`${this.#root}data/${key.value}`) ??
      refuse(`${what} is kept in data/${quoteName(key.value)}, which the archive lacks`);
    if (entry.length !== count.value * dtypeSize(dtype)) {
      refuse(
        `${what} is kept in ${spellCount(count.value)} elements of ${dtype}, but data/${quoteName(key.value)} has ${spellCount(entry.length)} bytes`,
      );
    }
    return { dtype, entry };
  }
}

/** A parameter wraps a tensor. */
function innerArgs(what: string, [data]: readonly PickleValue[]): readonly PickleValue[] {
  const isTensor = data?.kind === "call" && data.f === rebuildTensor;
  return isTensor ? data.args : refuse(`${what} is a parameter of something else`);
}

function wholes(what: string, value: PickleValue | undefined): readonly number[] {
  const items = value?.kind === "tuple" ? value.items : refuse(`${what} has no shape`);
  const numbers = items.map((item) => (item.kind === "number" ? item.value : -1));
  if (items.length > highestRank || numbers.some((n) => !Number.isSafeInteger(n) || n < 0)) {
    return refuse(`${what} has a shape, strides or offset that are not whole numbers from 0`);
  }
  return numbers;
}

/** Refuses a view that leaves its storage; returns its bytes. */
function checkView(what: string, t: Omit<StoredView, "bytes">): number {
  const { dtype, entry, offset, shape, strides } = t;
  const bytes = byteLengthOf("pt", what, dtype, shape);
  if (shape.length !== strides.length)
    refuse(`${what} has ${shape.length} sizes and ${strides.length} strides`);
  if (bytes === 0) return 0;
  const last = shape.reduce((sum, n, i) => sum + (n - 1) * strides[i]!, offset);
  if (!(last < entry.length / dtypeSize(dtype)))
    refuse(`${what} goes beyond its storage of ${spellCount(entry.length)} bytes`);
  if (bytes > entry.length && !isDense(shape, strides))
    refuse(`${what} repeats its elements: call .contiguous() before saving`);
  return bytes;
}

/** The elements of a view, given all bytes of its storage. */
function elementsOf(
  { dtype, offset, shape, strides, bytes }: StoredView,
  all: Uint8Array,
): RawTensor {
  const size = dtypeSize(dtype);
  if (bytes === 0) return { dtype, shape, data: new Uint8Array() };
  if (isDense(shape, strides)) {
    return { dtype, shape, data: all.subarray(offset * size, offset * size + bytes) };
  }
  const data = new Uint8Array(bytes);
  for (let i = 0; i < bytes / size; i++) {
    let [rest, from] = [i, offset];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += (rest % shape[axis]!) * strides[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    data.set(all.subarray(from * size, (from + 1) * size), i * size);
  }
  return { dtype, shape, data };
}

function isDense(shape: readonly number[], strides: readonly number[]): boolean {
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    if (shape[i] !== 1 && strides[i] !== step) return false;
    step *= shape[i]!;
  }
  return true;
}
