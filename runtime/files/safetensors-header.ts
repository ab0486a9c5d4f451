/**
 * Reads the JSON header of a safetensors file. `JSON.parse` is not used for the whole: it hides
 * duplicate keys, rounds large numbers, and says nothing about bytes. The grammar has three fixed
 * levels, so there is no recursion to exhaust.
 */

import { quoteName, spellCount } from "./file-format-error.ts";
import type { HeaderReader } from "./header-reader.ts";
import { type FileDType, fileDTypes, highestRank } from "./raw-tensor.ts";

/** One tensor of the header; `begin` and `end` count from the first byte after the header. */
export interface HeaderEntry {
  readonly name: string;
  readonly dtype: FileDType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  readonly entries: readonly HeaderEntry[];
  readonly metadata: ReadonlyMap<string, string>;
}

export const metadataKey = "__metadata__";

/** The format spells every dtype as Glim does, in capitals. */
export const safetensorsName = (dtype: FileDType): string => dtype.toUpperCase();

export const dtypeOfName: ReadonlyMap<string, FileDType> = new Map(
  fileDTypes.map((dtype) => [safetensorsName(dtype), dtype]),
);

export function readSafetensorsHeader(reader: HeaderReader): SafetensorsHeader {
  const entries: HeaderEntry[] = [];
  const metadata = new Map<string, string>();
  for (const [name] of readKeys(reader, "the header")) {
    if (name !== metadataKey) {
      entries.push(readEntry(reader, name));
      continue;
    }
    for (const [key] of readKeys(reader, metadataKey)) {
      metadata.set(key, readString(reader, `the text of ${quoteName(key)} in ${metadataKey}`));
    }
  }
  reader.expectEnd();
  return { entries, metadata };
}

function readEntry(reader: HeaderReader, name: string): HeaderEntry {
  const what = `tensor ${quoteName(name)}`;
  let dtype: FileDType | undefined;
  let shape: readonly number[] | undefined;
  let offsets: readonly number[] | undefined;
  const start = reader.at;
  for (const [key, at] of readKeys(reader, what)) {
    if (key === "dtype") dtype = readDType(reader, what);
    else if (key === "shape") shape = readNumbers(reader, `a size of ${what}`, highestRank);
    else if (key === "data_offsets") offsets = readNumbers(reader, `an offset of ${what}`, 2);
    else reader.fail(`${what} has the unknown key ${quoteName(key)}`, at);
  }
  if (dtype === undefined) reader.fail(`${what} has no dtype`, start);
  if (shape === undefined) reader.fail(`${what} has no shape`, start);
  if (offsets === undefined) reader.fail(`${what} has no data_offsets`, start);
  const [begin, end] = offsets;
  if (begin === undefined || end === undefined) {
    reader.fail(`${what} has ${offsets.length} of its 2 data_offsets`, start);
  }
  return { name, dtype, shape, begin, end };
}

function readDType(reader: HeaderReader, what: string): FileDType {
  reader.skipSpace();
  const start = reader.at;
  const name = readString(reader, `the dtype of ${what}`);
  const dtype = dtypeOfName.get(name);
  if (dtype === undefined) {
    const known = [...dtypeOfName.keys()].join(", ");
    reader.fail(`${what} has the dtype ${quoteName(name)}; those read are ${known}`, start);
  }
  return dtype;
}

/**
 * The keys of `{ "key": value, … }`, each once, with the byte where it begins. The caller reads a
 * key's value before it asks for the next key.
 */
function* readKeys(reader: HeaderReader, what: string): Generator<readonly [string, number]> {
  reader.expect("{", `to open ${what}`);
  if (reader.take("}")) return;
  const seen = new Map<string, number>();
  do {
    reader.skipSpace();
    const at = reader.at;
    const key = readString(reader, `a key of ${what}`);
    const first = seen.get(key);
    if (first !== undefined) {
      const where = `first at byte ${spellCount(first)}`;
      reader.fail(`the key ${quoteName(key)} appears twice in ${what}, ${where}`, at);
    }
    seen.set(key, at);
    reader.expect(":", `after the key ${quoteName(key)}`);
    reader.skipSpace();
    yield [key, at];
  } while (reader.take(","));
  reader.expect("}", `or a comma in ${what}`);
}

function readNumbers(reader: HeaderReader, what: string, most: number): readonly number[] {
  reader.expect("[", `to open the list that gives ${what}`);
  const numbers: number[] = [];
  if (reader.take("]")) return numbers;
  do {
    if (numbers.length === most)
      reader.fail(`${what} comes after ${most} others, the most allowed`);
    numbers.push(reader.wholeNumber(what));
  } while (reader.take(","));
  reader.expect("]", `or a comma after ${what}`);
  return numbers;
}

function readString(reader: HeaderReader, what: string): string {
  reader.skipSpace();
  const quote = reader.at;
  reader.expect('"', `to open ${what}`);
  const start = reader.at;
  let hasEscape = false;
  while (reader.peek() !== 0x22) {
    // What follows a backslash is text even if it is a quotation mark; JSON.parse judges it.
    if (reader.peek() === 0x5c) {
      hasEscape = true;
      reader.at++;
    }
    if (reader.peek() < 0x20) reader.failExpecting(`the end of ${what}`);
    reader.at++;
  }
  const text = decode(reader, what, start);
  reader.at++;
  return hasEscape ? decodeEscapes(reader, what, quote, text) : text;
}

/** The text from `start` to where the reader stands. */
function decode(reader: HeaderReader, what: string, start: number): string {
  try {
    // A copy, since decoders refuse shared memory. A byte-order mark is a part of the name.
    const copy = new Uint8Array(reader.bytes.subarray(start, reader.at));
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(copy);
  } catch {
    return reader.fail(`${what} is not valid UTF-8`, start);
  }
}

function decodeEscapes(reader: HeaderReader, what: string, at: number, text: string): string {
  let value: unknown;
  try {
    value = JSON.parse(`"${text}"`);
  } catch {
    reader.fail(`${what} has an escape that JSON does not know`, at);
  }
  if (typeof value !== "string") return reader.fail(`${what} is not a string`, at);
  // Half of a surrogate pair has no UTF-8, so such a name could not be written back.
  if (/\p{Surrogate}/u.test(value)) reader.fail(`${what} has half of a surrogate pair`, at);
  return value;
}
