/** Finds the fixtures of the library's functions, and makes the inputs that their entries take. */

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as glim from "glim";
import type { EntrySignature, LeafSignature } from "#glim/compiler/package/signature.js";

const folder = new URL("../fixtures/stdlib/functions/", import.meta.url);

/** Names of the fixtures: `NAME.ts` with entries, and `NAME.json` with what PyTorch gives for them. */
export const fixtures: readonly string[] = readdirSync(folder)
  .filter((file) => file.endsWith(".ts"))
  .map((file) => file.slice(0, -3));

export const sourceOf = (fixture: string): string =>
  fileURLToPath(new URL(`${fixture}.ts`, folder));

export type Result = glim.AnyTensor | readonly Result[] | { readonly [field: string]: Result };
export type Run = (...inputs: readonly glim.AnyTensor[]) => Result;

/** The entries of a fixture, as they run plainly. */
export async function loadFixture(fixture: string): Promise<Readonly<Record<string, Run>>> {
  return await import(/* @vite-ignore */ sourceOf(fixture));
}

export interface Sample {
  /** Types of the inputs: `f32[3,5]`. */
  readonly inputs: readonly string[];
  readonly outputs: readonly {
    readonly shape: readonly number[];
    readonly data: readonly number[];
  }[];
}

/** What PyTorch gives for the entries of a fixture, by their names. */
export function samplesOf(fixture: string): Readonly<Record<string, Sample>> {
  return JSON.parse(readFileSync(new URL(`${fixture}.json`, folder), "utf8"));
}

/** The inputs that an entry is tried on, with `batch` for each named size. */
export const inputsOf = ({ params }: EntrySignature, batch: number): readonly glim.AnyTensor[] =>
  params.map((param, i) => input(param.dtype, shapeOf(param, batch), i));

export const typesOf = ({ params }: EntrySignature, batch: number): readonly string[] =>
  params.map((param) => `${param.dtype}[${shapeOf(param, batch)}]`);

const shapeOf = ({ shape = [] }: LeafSignature, batch: number): readonly number[] =>
  shape.map((size) => (typeof size === "string" ? batch : size));

/** The values that `samples.py` gives to PyTorch, too. */
function input(dtype: string, shape: readonly number[], k: number): glim.AnyTensor {
  const count = shape.reduce((a, b) => a * b, 1);
  const values = Array.from({ length: count }, (_, i) => valueAt(dtype, i, k));
  if (dtype === "f32") return glim.tensor(Float32Array.from(values), shape);
  const whole = glim.tensor(Int32Array.from(values), shape);
  return dtype === "bool" ? whole.to("bool") : whole;
}

function valueAt(dtype: string, i: number, k: number): number {
  if (dtype === "f32") return (((i * 37 + k * 17 + 11) % 61) - 30) / 12;
  return dtype === "bool" ? Number((i * 5 + k * 3) % 3 !== 0) : (i * 7 + k * 3 + 1) % 3;
}

/** The tensors of a result, in the order of its fields. */
export function tensorsOf(result: Result): readonly glim.AnyTensor[] {
  if (isTensor(result)) return [result];
  return Object.values(result).flatMap(tensorsOf);
}

const isTensor = (v: object): v is glim.AnyTensor => "dtype" in v && "toTypedArray" in v;
