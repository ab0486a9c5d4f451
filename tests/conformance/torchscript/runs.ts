/** The runs of TorchScript's programs, and how its values are handed over. */

import { readFileSync } from "node:fs";
import { tensor } from "#glim/stdlib/index.js";
import { shared } from "../../shared-material.ts";
import type { Given, TensorText } from "./differences.ts";

export interface Program {
  readonly name: string;
  readonly compile_error?: string;
  readonly runs: readonly { readonly args: readonly Given[]; readonly result: readonly Given[] }[];
}

const path = shared("conformance/torchscript-programs.json");
export const torchscript: readonly Program[] =
  path === undefined ? [] : JSON.parse(readFileSync(path, "utf8")).programs;

export const isTensor = (v: unknown): v is TensorText =>
  typeof v === "object" && v !== null && "tensor" in v && "dtype" in v;
export const flat = (v: unknown): number[] => (Array.isArray(v) ? v.flatMap(flat) : [Number(v)]);
const dtypes: Readonly<Record<string, "f32" | "i32" | "bool">> = {
  float32: "f32",
  float64: "f32",
  int32: "i32",
  int64: "i32",
  bool: "bool",
};

/** An argument as a host or as eager code hands it over. */
export function argument(v: Given, eager: boolean): unknown {
  if (isTensor(v)) {
    const [data, dtype] = [flat(v.tensor), dtypes[v.dtype]!];
    if (eager) return tensor(data, dtype).reshape([...v.shape]);
    const array = dtype === "f32" ? Float32Array : dtype === "i32" ? Int32Array : Uint8Array;
    return { data: array.from(data), shape: v.shape };
  }
  if (typeof v === "string") return v.replace(/^Color\./, "");
  const isRecord = typeof v === "object" && v !== null && !Array.isArray(v);
  return isRecord && !("k" in v) ? new Map(Object.entries(v)) : v;
}
