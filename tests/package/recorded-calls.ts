/** Calls and what they came to, as JSON that keeps every bit: what fixtures of packages are recorded with. */

import { createHash } from "node:crypto";
import { GlimError, type Model } from "#glim/runtime/package/open.js";

export interface RecordedCall {
  readonly entry: string;
  readonly args: readonly unknown[];
  /** The result, or the message of the failure. */
  readonly result?: unknown;
  readonly failure?: string;
}

const arrays = { Float32Array, Float64Array, Int32Array, Uint8Array, Int8Array } as const;
const isArrayName = (name: string): name is keyof typeof arrays => name in arrays;

/** A value as JSON: what JSON lacks is an object with one field whose name begins with `$`. */
export function pack(v: unknown): unknown {
  if (v === undefined) return { $undefined: true };
  if (typeof v === "number") {
    return Number.isFinite(v) && !Object.is(v, -0)
      ? v
      : { $number: Object.is(v, -0) ? "-0" : `${v}` };
  }
  if (ArrayBuffer.isView(v)) return { $array: [v.constructor.name, bitsOf(v)] };
  if (Array.isArray(v)) return v.map(pack);
  if (v instanceof Map) return { $map: [...v].map(([k, x]) => [pack(k), pack(x)]) };
  if (v instanceof Set) return { $set: [...v].map(pack) };
  if (typeof v !== "object" || v === null) return v;
  return Object.fromEntries(Object.entries(v).map(([k, x]) => [k, pack(x)]));
}

/** The bytes in hexadecimal; every NaN counts as one. */
function bitsOf(v: ArrayBufferView): string {
  const bytes = Buffer.from(new Uint8Array(v.buffer, v.byteOffset, v.byteLength).slice());
  if (v instanceof Float32Array) {
    v.forEach((x, i) => {
      if (Number.isNaN(x)) bytes.writeUInt32LE(0x7fc00000, 4 * i);
    });
  }
  if (v instanceof Float64Array) {
    v.forEach((x, i) => {
      if (Number.isNaN(x)) bytes.writeDoubleLE(Number.NaN, 8 * i);
    });
  }
  return bytes.toString("hex");
}

export function unpack(v: unknown): unknown {
  if (Array.isArray(v)) return v.map(unpack);
  if (typeof v !== "object" || v === null) return v;
  const [first] = Object.entries(v);
  const [key, held] = first ?? ["", undefined];
  if (key === "$undefined") return undefined;
  if (key === "$number") return Number(held);
  if (key === "$map") return new Map(held.map((e: unknown[]) => e.map(unpack)));
  if (key === "$set") return new Set(held.map(unpack));
  if (key === "$array" && isArrayName(held[0])) {
    return new arrays[held[0]](new Uint8Array(Buffer.from(held[1], "hex")).buffer);
  }
  return Object.fromEntries(Object.entries(v).map(([k, x]) => [k, unpack(x)]));
}

/** The same with digests in place of long arrays. */
function shortened(v: unknown): unknown {
  if (Array.isArray(v)) {
    const [name, bits] = v;
    if (v.length !== 2 || typeof bits !== "string" || bits.length < 1000) return v.map(shortened);
    return [name, `sha256 ${createHash("sha256").update(bits).digest("hex")}`];
  }
  if (typeof v !== "object" || v === null) return v;
  return Object.fromEntries(Object.entries(v).map(([k, x]) => [k, shortened(x)]));
}

/** Calls an entry; what it came to, packed. */
export function record(model: Model, entry: string, args: readonly unknown[]): RecordedCall {
  const call = { entry, args: args.map(pack) };
  try {
    return { ...call, result: shortened(pack(model[entry]!(...args))) };
  } catch (error) {
    if (!(error instanceof GlimError)) throw error;
    return { ...call, failure: error.message };
  }
}

/** What the same call comes to now. */
export const repeat = (model: Model, call: RecordedCall): RecordedCall =>
  record(model, call.entry, call.args.map(unpack));
