/** PyTorch's `.pt` and `.pth` archives of tensors: a zip of a pickle and one file for each storage. */

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
import { parseZip, readStored, type ZipEntry } from "./zip.ts";

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
export function parseTorchArchive(bytes: Uint8Array): ReadonlyMap<string, RawTensor> {
  if (String.fromCharCode(...bytes.subarray(0, 2)) !== "PK") {
    const why = foreignFormat(bytes) ?? "it is no zip archive";
    const fix = "PyTorch before 1.6 wrote another format: load the file there and save it again";
    refuse(`not a .pt file: ${why}; ${fix}`);
  }
  return readTorchArchive(parseZip(bytes));
}

/** Whether an archive is PyTorch's. */
export const isTorchArchive = (entries: ReadonlyMap<string, ZipEntry>): boolean =>
  rootOf(entries) !== undefined;

const pickleName = "data.pkl";

/** The folder in which everything lies, with its slash. */
function rootOf(entries: ReadonlyMap<string, ZipEntry>): string | undefined {
  for (const name of entries.keys()) {
    if (name.endsWith(`/${pickleName}`)) return name.slice(0, -pickleName.length);
  }
  return undefined;
}

export function readTorchArchive(
  entries: ReadonlyMap<string, ZipEntry>,
): ReadonlyMap<string, RawTensor> {
  const root = rootOf(entries) ?? refuse(`the archive has no ${pickleName}`);
  if (entries.has(`${root}constants.pkl`)) {
    refuse("it is a TorchScript module: save its state_dict() with torch.save");
  }
  const order = entries.get(`${root}byteorder`);
  if (order && new TextDecoder().decode(readStored(order)) !== "little") {
    refuse("its numbers are big-endian, or their order is unknown");
  }
  const value = parsePickle(readStored(entries.get(root + pickleName)!));
  return new Collector(entries, root).collect(value);
}

class Collector {
  readonly #entries: ReadonlyMap<string, ZipEntry>;
  readonly #root: string;
  readonly #found = new Map<string, RawTensor>();
  readonly #storages = new Map<string, Uint8Array>();
  readonly #mostBytes: number;
  #visited = 0;
  #bytes = 0;

  constructor(entries: ReadonlyMap<string, ZipEntry>, root: string) {
    this.#entries = entries;
    this.#root = root;
    let stored = 0;
    for (const entry of entries.values()) stored += entry.length;
    this.#mostBytes = mostRepetition * stored;
  }

  collect(value: PickleValue): ReadonlyMap<string, RawTensor> {
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
    const { dtype, bytes } = this.#storage(what, storage);
    const t = viewOf(what, dtype, bytes, {
      offset: wholes(what, { kind: "tuple", items: offset ? [offset] : [] })[0] ?? 0,
      shape: wholes(what, shape),
      strides: wholes(what, strides),
    });
    this.#bytes += t.data.length;
    if (this.#bytes > this.#mostBytes) refuse(`${what} and those before it repeat their storages`);
    this.#found.set(name, t);
  }

  /** `('storage', torch.FloatStorage, '0', 'cpu', 12)`: a file `data/0` of 12 elements. */
  #storage(
    what: string,
    value: PickleValue | undefined,
  ): { readonly dtype: FileDType; readonly bytes: Uint8Array } {
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
    const bytes = this.#storages.get(entry.name) ?? readStored(entry);
    this.#storages.set(entry.name, bytes);
    if (bytes.length !== count.value * dtypeSize(dtype)) {
      refuse(
        `${what} is kept in ${spellCount(count.value)} elements of ${dtype}, but data/${quoteName(key.value)} has ${spellCount(bytes.length)} bytes`,
      );
    }
    return { dtype, bytes };
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

interface View {
  /** In elements, as the strides. */
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

function viewOf(
  what: string,
  dtype: FileDType,
  bytes: Uint8Array,
  { offset, shape, strides }: View,
): RawTensor {
  const size = dtypeSize(dtype);
  const length = byteLengthOf("pt", what, dtype, shape);
  if (shape.length !== strides.length)
    refuse(`${what} has ${shape.length} sizes and ${strides.length} strides`);
  if (length === 0) return { dtype, shape, data: new Uint8Array() };
  const last = shape.reduce((sum, n, i) => sum + (n - 1) * strides[i]!, offset);
  if (!(last < bytes.length / size))
    refuse(`${what} goes beyond its storage of ${spellCount(bytes.length)} bytes`);
  if (isDense(shape, strides)) {
    return { dtype, shape, data: bytes.subarray(offset * size, offset * size + length) };
  }
  if (length > bytes.length)
    refuse(`${what} repeats its elements: call .contiguous() before saving`);
  const data = new Uint8Array(length);
  for (let i = 0; i < length / size; i++) {
    let [rest, from] = [i, offset];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += (rest % shape[axis]!) * strides[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    data.set(bytes.subarray(from * size, (from + 1) * size), i * size);
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
