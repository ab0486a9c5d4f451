/** Owns how compiled modules are described to people: entry points, sizes in bytes, memory. */

import { gzipSync } from "node:zlib";
import { evaluateDim, parseDim } from "../../compiler/ops/dim.ts";
import { nothings, valueType } from "../../compiler/package/declared-values.ts";
import type {
  EntrySignature,
  LeafSignature,
  ResultSignature,
  UnionSignature,
} from "../../compiler/package/signature.ts";
import { codeSection, dataSection, readSections } from "../../compiler/wasm/read-sections.ts";

/** `17,407 bytes` */
export const spellBytes = (n: number): string => `${spellNumber(n)} ${n === 1 ? "byte" : "bytes"}`;

export const spellNumber = (n: number): string => n.toLocaleString("en-US");

/** `logits(images: f32[B, 784]) → f32[B, 10]` */
export function spellEntry(e: EntrySignature): string {
  const params = e.params.map((p) => {
    const fallback = p.default === undefined ? "" : ` = ${p.default}`;
    return `${p.name}: ${spellLeaf(p)}${fallback}`;
  });
  return `${e.name}(${params.join(", ")}) → ${spellResult(e, e.result)}`;
}

/** `f32[B, 784]`, `number`, `string[]` */
export function spellLeaf({ dtype, shape, type }: LeafSignature): string {
  if (type !== undefined) return valueType(type, "result");
  if (shape !== undefined) return `${dtype}[${shape.join(", ")}]`;
  return dtype === "boolean" ? "boolean" : "number";
}

/** What is nothing but a code is undefined or null. */
const spellUnion = (e: EntrySignature, [, options]: UnionSignature): string =>
  options
    .map(([code, r]) => (r === null ? (nothings[code] ?? "nothing") : spellResult(e, r)))
    .join(" | ");

function spellResult(e: EntrySignature, r: ResultSignature): string {
  if (r === null) return "nothing";
  if (typeof r === "number") {
    return r < 0 ? spellUnion(e, e.unions![-1 - r]!) : spellLeaf(e.results[r]!);
  }
  const fields = Object.entries(r);
  if (Array.isArray(r)) return `[${fields.map(([, x]) => spellResult(e, x)).join(", ")}]`;
  return `{ ${fields.map(([name, x]) => `${name}: ${spellResult(e, x)}`).join(", ")} }`;
}

export interface Bytes {
  readonly raw: number;
  readonly gzipped: number;
}

export interface ModuleBytes {
  readonly total: Bytes;
  /** Instructions: the code section. */
  readonly code: Bytes;
  /** Constants, and the little that stands beside them in memory from the start. */
  readonly data: Bytes;
  /** All but the data: types, exports, code, the signature. */
  readonly withoutData: Bytes;
}

export function measure(wasm: Uint8Array): ModuleBytes {
  const sections = readSections(wasm);
  const part = (id: number): Bytes => {
    const section = sections.find((s) => s.id === id);
    return bytesOf(section?.content ?? new Uint8Array(0), section?.size ?? 0);
  };
  const rest = sections.filter((s) => s.id !== dataSection).map((s) => s.content);
  const data = part(dataSection);
  return {
    total: bytesOf(wasm),
    code: part(codeSection),
    data,
    withoutData: bytesOf(Buffer.concat(rest), wasm.length - data.raw),
  };
}

export const measureText = (text: string): Bytes => bytesOf(new TextEncoder().encode(text));

/** Gzipped at the highest level; `raw` is the length with what is not part of `bytes`. */
export const bytesOf = (bytes: Uint8Array, raw = bytes.length): Bytes => ({
  raw,
  gzipped: raw === 0 ? 0 : gzipSync(bytes, { level: 9 }).length,
});

export const spellBoth = ({ raw, gzipped }: Bytes): string =>
  `${spellBytes(raw)} (${spellNumber(gzipped)} gzipped)`;

/** Rows of bytes under one another, first as they are, then gzipped. */
export function spellTable(rows: readonly (readonly [label: string, bytes: Bytes])[]): string[] {
  const cells = rows.map(([label, b], i) => {
    const unit = i === 0 ? [" bytes", " gzipped"] : ["", ""];
    return [label, spellNumber(b.raw), unit[0]!, spellNumber(b.gzipped), unit[1]!] as const;
  });
  const width = (column: 0 | 1 | 3): number => Math.max(...cells.map((row) => row[column].length));
  return cells.map(([label, raw, unit, gzipped, zipped]) =>
    [
      label.padEnd(width(0)),
      `${raw.padStart(width(1))}${unit.padEnd(6)}`,
      `${gzipped.padStart(width(3))}${zipped}`,
    ]
      .join("  ")
      .trimEnd(),
  );
}

const slotAlign = 64;

/** Bytes of an entry's tensors in memory where its named sizes are `sizes`. */
export function memoryBytes(e: EntrySignature, sizes: ReadonlyMap<string, number>): number {
  return e.memory.reduce((sum, slot) => {
    const parts = /^max\((.*)\)$/.exec(slot)?.[1]?.split(", ") ?? [slot];
    const bytes = Math.max(...parts.map((text) => evaluateDim(parseDim(text), sizes)));
    return sum + Math.ceil(bytes / slotAlign) * slotAlign;
  }, 0);
}

/** The sizes to describe an entry at: the least above 0, and the greatest where there is one. */
export function typicalSizes(e: EntrySignature): readonly ReadonlyMap<string, number>[] {
  const least = new Map(e.sizes.map((s) => [s.name, Math.max(1, s.min)]));
  const isBounded = e.sizes.length > 0 && e.sizes.every((s) => s.max !== null);
  const most = new Map(e.sizes.map((s) => [s.name, s.max ?? 0]));
  return isBounded ? [least, most] : [least];
}

/** `27,200 bytes for B = 1; 1,204,416 bytes for B = 64` */
export const spellMemory = (
  e: EntrySignature,
  sizes: readonly ReadonlyMap<string, number>[],
): string =>
  sizes
    .map((at) => {
      const where = [...at].map(([name, n]) => `${name} = ${spellNumber(n)}`).join(", ");
      return `${spellBytes(memoryBytes(e, at))}${where === "" ? "" : ` for ${where}`}`;
    })
    .join("; ");
