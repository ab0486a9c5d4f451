/**
 * The headers that programs write, read at once: JSON without spaces, escapes and surprises, which is most. All
 * others, and all mistakes, are for safetensors-header.ts, which reads byte by byte and says what is wrong where.
 */

import { highestRank } from "./raw-tensor.ts";
import {
  dtypeOfName,
  type HeaderEntry,
  metadataKey,
  type SafetensorsHeader,
} from "./safetensors-header.ts";

/** What the header says; undefined where it must be read byte by byte. */
export function readCanonicalHeader(header: Uint8Array): SafetensorsHeader | undefined {
  try {
    // Headers are padded with spaces.
    const length = header.findLastIndex((byte) => byte !== 0x20) + 1;
    // A copy, since decoders refuse shared memory.
    const bytes = new Uint8Array(header.subarray(0, length));
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    if (text.includes("\\")) return undefined;
    const found: unknown = JSON.parse(text);
    // A key that is there twice, or a number that is rounded, is another text.
    return isFields(found) && JSON.stringify(found) === text ? headerOf(found) : undefined;
  } catch {
    return undefined;
  }
}

type Fields = Readonly<Record<string, unknown>>;

const isFields = (v: unknown): v is Fields =>
  typeof v === "object" && v !== null && !Array.isArray(v);

const isCounts = (v: unknown): v is readonly number[] =>
  Array.isArray(v) && v.every((n) => Number.isSafeInteger(n) && n >= 0);

function headerOf(fields: Fields): SafetensorsHeader | undefined {
  const entries: HeaderEntry[] = [];
  const metadata = new Map<string, string>();
  for (const [name, value] of Object.entries(fields)) {
    if (!isFields(value)) return undefined;
    if (name !== metadataKey) {
      const entry = entryOf(name, value);
      if (entry === undefined) return undefined;
      entries.push(entry);
      continue;
    }
    for (const [key, text] of Object.entries(value)) {
      if (typeof text !== "string") return undefined;
      metadata.set(key, text);
    }
  }
  return { entries, metadata };
}

function entryOf(name: string, value: Fields): HeaderEntry | undefined {
  const { dtype: dtypeName, shape, data_offsets: offsets, ...others } = value;
  const dtype = typeof dtypeName === "string" ? dtypeOfName.get(dtypeName) : undefined;
  if (dtype === undefined || !isCounts(shape) || !isCounts(offsets)) return undefined;
  if (shape.length > highestRank || Object.keys(others).length > 0) return undefined;
  const [begin, end, ...more] = offsets;
  if (begin === undefined || end === undefined || more.length > 0) return undefined;
  return { name, dtype, shape, begin, end };
}
