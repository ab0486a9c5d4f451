/** Reads the samples of PyTorch's operators: arguments, and outputs of a float64 reference. */

import { readFileSync } from "node:fs";
import { shared } from "../shared-material.ts";

export type StoredDType = "f32" | "i64" | "i32" | "i16" | "i8" | "u8" | "bool";
export type Elements = Float32Array | Int32Array | Int16Array | Int8Array | Uint8Array;

interface StoredTensor {
  readonly dtype: StoredDType;
  readonly shape: readonly number[];
  readonly at: readonly [offset: number, bytes: number];
}

/** A tensor of a sample. 64-bit integers have been narrowed: samples hold positions and counts. */
export interface SampleTensor {
  readonly dtype: Exclude<StoredDType, "i64">;
  readonly shape: readonly number[];
  readonly data: Elements;
}

/** What Python wrote for an argument; infinities are numbers here, dtypes and slices records. */
export type Argument =
  | null
  | number
  | string
  | boolean
  | SampleTensor
  | { readonly bounds: readonly (number | null)[] }
  | { readonly dtype: string }
  | readonly Argument[];

export interface Sample {
  readonly op: string;
  readonly variant: string;
  /** The place among the operator's samples. */
  readonly index: number;
  readonly args: readonly Argument[];
  readonly kwargs: Readonly<Record<string, Argument>>;
  readonly out: readonly SampleTensor[];
  /** A cotangent for each output; undefined for those that have none. */
  readonly cotangents: readonly (SampleTensor | undefined)[];
  /** What flows to arguments, as they are among `args` and `kwargs`. */
  readonly gradients: readonly (readonly [argument: SampleTensor, gradient: SampleTensor])[];
}

interface StoredSample {
  readonly op: string;
  readonly variant: string;
  readonly args: readonly unknown[];
  readonly kwargs: Readonly<Record<string, unknown>>;
  readonly out: readonly StoredTensor[];
  readonly cot?: readonly (StoredTensor | null)[] | null;
  readonly grads?: Readonly<Record<string, StoredTensor>> | null;
}

export const isTensor = (v: unknown): v is SampleTensor =>
  typeof v === "object" && v !== null && "data" in v;

/** All samples, or undefined where the material is not beside the checkout. */
export function readSamples(): readonly Sample[] | undefined {
  const json = shared("conformance/torch-opinfo.json");
  const binary = shared("conformance/torch-opinfo.bin");
  if (json === undefined || binary === undefined) return undefined;
  const bytes = new Uint8Array(readFileSync(binary));
  const { cases }: { readonly cases: readonly StoredSample[] } = JSON.parse(
    readFileSync(json, "utf8"),
  );
  const counts = new Map<string, number>();
  return cases.map((stored) => {
    const { op, variant, out, cot, grads } = stored;
    const index = counts.get(op) ?? 0;
    counts.set(op, index + 1);
    const args = stored.args.map((v) => decode(v, bytes));
    const kwargs = Object.fromEntries(
      Object.entries(stored.kwargs).map(([k, v]) => [k, decode(v, bytes)]),
    );
    return {
      op,
      variant,
      index,
      args,
      kwargs,
      out: out.map((t) => tensorOf(t, bytes)),
      cotangents: (cot ?? []).map((t) => (t === null ? undefined : tensorOf(t, bytes))),
      gradients: Object.entries(grads ?? {}).map(
        ([place, t]) => [argumentAt(place, args, kwargs), tensorOf(t, bytes)] as const,
      ),
    };
  });
}

/** `1` is the second argument, `0.2` the third of a list that is the first, `k.bias` one by name. */
function argumentAt(
  place: string,
  args: readonly Argument[],
  kwargs: Readonly<Record<string, Argument>>,
): SampleTensor {
  const [first, second] = place.split(".");
  const named = first === "k" ? kwargs[second!] : args[Number(first)];
  const found = Array.isArray(named) ? named[Number(second)] : named;
  if (!isTensor(found)) throw new Error(`no tensor is at ${place}`);
  return found;
}

function decode(v: unknown, bytes: Uint8Array): Argument {
  if (v === null || typeof v === "number" || typeof v === "string" || typeof v === "boolean") {
    return v;
  }
  if (Array.isArray(v)) return v.map((item) => decode(item, bytes));
  const record: Readonly<Record<string, unknown>> = Object(v);
  const { t, float, slice, dtype } = record;
  if (isStored(t)) return tensorOf(t, bytes);
  if (typeof float === "string") return Number(float.replace("inf", "Infinity"));
  if (Array.isArray(slice)) return { bounds: slice };
  if (typeof dtype === "string") return { dtype };
  throw new Error(`an argument of another form: ${JSON.stringify(v)}`);
}

const isStored = (v: unknown): v is StoredTensor =>
  typeof v === "object" && v !== null && "at" in v && "dtype" in v;

function tensorOf({ dtype, shape, at: [offset, length] }: StoredTensor, bytes: Uint8Array) {
  const { buffer } = bytes.slice(offset, offset + length);
  if (dtype === "i64") {
    const data = Int32Array.from(new BigInt64Array(buffer), Number);
    return { dtype: "i32", shape, data } as const;
  }
  return { dtype, shape, data: elements(dtype, buffer) } as const;
}

function elements(dtype: Exclude<StoredDType, "i64">, buffer: ArrayBuffer): Elements {
  switch (dtype) {
    case "f32":
      return new Float32Array(buffer);
    case "i32":
      return new Int32Array(buffer);
    case "i16":
      return new Int16Array(buffer);
    case "i8":
      return new Int8Array(buffer);
    case "u8":
    case "bool":
      return new Uint8Array(buffer);
  }
}
