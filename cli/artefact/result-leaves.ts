/** Owns the results of compiled entries as lists of named leaves, and their forms: text, JSON, files. */

import { outputFormat } from "../../compiler/diagnostics/catalog/artefacts.ts";
import { type DType, isDType } from "../../compiler/ops/types.ts";
import type {
  EntrySignature,
  LeafType,
  ResultSignature,
} from "../../compiler/package/signature.ts";
import { printTensor } from "../../runtime/eager/print-tensor.ts";
import { writeNpy } from "../../runtime/files/npy.ts";
import type { RawTensor } from "../../runtime/files/raw-tensor.ts";
import { writeSafetensors } from "../../runtime/files/safetensors.ts";
import type { NdArray, Result } from "../../runtime/load.ts";
import { fail } from "../terminal/failure.ts";
import { shownPath } from "../terminal/shown-path.ts";
import { toNested } from "./json-tensor.ts";

export interface ResultLeaf {
  /** `inner.count`, `0`; empty where the result is the leaf itself. */
  readonly path: string;
  readonly dtype: LeafType;
  readonly value: NdArray | number | boolean | PlainValue;
}

/** A text, list, record or map as it is printed: JSON. */
interface PlainValue {
  readonly json: unknown;
}

export function leavesOf(e: EntrySignature, result: Result): readonly ResultLeaf[] {
  const leaves: ResultLeaf[] = [];
  const visit = (r: ResultSignature, value: unknown, path: string): void => {
    if (r === null) return;
    if (typeof r === "number") {
      // A union prints as the value that it is.
      const dtype = e.results[r]?.dtype ?? "value";
      const isPlain = dtype === "value" || !isLeaf(value);
      leaves.push({ path, dtype, value: isPlain ? { json: plainOf(value) } : value });
      return;
    }
    for (const [key, part] of Object.entries(r)) {
      visit(part, Object(value)[key], path === "" ? key : `${path}.${key}`);
    }
  };
  visit(e.result, result, "");
  return leaves;
}

/** Maps as lists of pairs, sets as lists, tensors as nested lists. */
function plainOf(v: unknown): unknown {
  if (typeof v === "number" && !Number.isFinite(v)) return String(v);
  if (isTensor(v)) return toNested(v, v.data instanceof Uint8Array ? "bool" : "f32");
  if (v instanceof Map || v instanceof Set) return [...v].map(plainOf);
  if (Array.isArray(v)) return v.map(plainOf);
  if (typeof v !== "object" || v === null) return v ?? null;
  return Object.fromEntries(Object.entries(v).map(([k, x]) => [k, plainOf(x)]));
}

const isPlain = (v: ResultLeaf["value"]): v is PlainValue => typeof v === "object" && "json" in v;

const isLeaf = (v: unknown): v is NdArray | number | boolean =>
  typeof v === "number" || typeof v === "boolean" || isTensor(v);

const isTensor = (v: unknown): v is NdArray =>
  typeof v === "object" && v !== null && "data" in v && ArrayBuffer.isView(v.data);

/** As a plain run prints it, one leaf after another. */
export function printLeaves(leaves: readonly ResultLeaf[]): string {
  return leaves
    .map(({ path, dtype, value }) => {
      const text = isPlain(value)
        ? textOf(value.json)
        : isTensor(value)
          ? printTensor(tensorDType(dtype), value.shape, value.data)
          : String(value);
      return path === "" ? text : `${path}: ${text}`;
    })
    .join("\n");
}

const textOf = (v: unknown): string => (typeof v === "string" ? v : JSON.stringify(v));

const tensorDType = (dtype: LeafType): DType => (isDType(dtype) ? dtype : "f32");

/** The result with nested lists for tensors. */
export function toJson(e: EntrySignature, result: Result): unknown {
  const build = (r: ResultSignature, value: unknown): unknown => {
    if (r === null) return null;
    if (typeof r === "number") {
      const dtype = e.results[r]?.dtype ?? "value";
      return isTensor(value) && dtype !== "value" ? toNested(value, dtype) : plainOf(value);
    }
    const parts = Object.entries(r).map(([key, part]) => [key, build(part, Object(value)[key])]);
    return Array.isArray(r) ? parts.map(([, part]) => part) : Object.fromEntries(parts);
  };
  return build(e.result, result);
}

/** The bytes of a file for the result, in the format that its name asks for. */
export function fileOf(file: string, e: EntrySignature, result: Result): Uint8Array | string {
  if (/\.json$/i.test(file)) return `${JSON.stringify(toJson(e, result))}\n`;
  const leaves = leavesOf(e, result);
  if (/\.safetensors$/i.test(file)) {
    return writeSafetensors(leaves.map((leaf) => [leaf.path || e.name, rawOf(leaf)] as const));
  }
  const [only] = leaves;
  if (only === undefined || leaves.length > 1) {
    return fail(outputFormat(shownPath(file), `the result has ${leaves.length} parts`));
  }
  const raw = rawOf(only);
  return /\.npy$/i.test(file) ? writeNpy(raw) : raw.data;
}

function rawOf({ path, dtype, value }: ResultLeaf): RawTensor {
  if (isPlain(value) || dtype === "value") {
    return fail(outputFormat(path || "the result", "texts, lists, records and maps go into .json"));
  }
  if (!isTensor(value)) {
    return dtype === "boolean"
      ? { dtype: "bool", shape: [], data: Uint8Array.of(Number(value)) }
      : { dtype: "f64", shape: [], data: new Uint8Array(Float64Array.of(Number(value)).buffer) };
  }
  const { data, shape } = value;
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { dtype: dtype === "boolean" ? "bool" : dtype, shape, data: bytes };
}
