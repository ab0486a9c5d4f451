/**
 * What differs between two artefacts, in bits: weights by name, and what entries give for the same made-up inputs; of
 * model files, also the first value on the way there.
 */

import type { Module } from "../../compiler/graph/ir.ts";
import type {
  EntrySignature,
  ModuleSignature,
  ParamSignature,
} from "../../compiler/package/signature.ts";
import { toTypedArray } from "../../runtime/files/widen.ts";
import { loadSync, type Model } from "../../runtime/load.ts";
import { GlimError, loadInterpreter, openSync } from "../../runtime/package/open.ts";
import { type PackageFile, readPackage } from "../../runtime/package/read-package.ts";
import { packageFile } from "../compiler.ts";
import { madeUpTensor, sizesOf } from "./made-up-inputs.ts";
import { openArtefact } from "./open-artefact.ts";
import { isPackage, openPackage } from "./open-package.ts";
import { type TracedFile, traceValues } from "./trace-values.ts";

type Elements = ArrayLike<number>;

export interface ComparedArtefact {
  readonly signature: ModuleSignature;
  readonly model: Model;
  /** Of a package; a module's lie in an order of the compiler's. */
  readonly weights:
    | ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Elements }>
    | undefined;
  /** Of a model file: what the values on the way to a result are taken from. */
  readonly source: TracedFile | undefined;
}

export async function openCompared(file: string): Promise<ComparedArtefact> {
  if (!isPackage(file)) {
    const { module, signature } = await openArtefact(file);
    return { signature, model: loadSync(module), weights: undefined, source: undefined };
  }
  const { bytes, file: read, signature } = await openPackage(file);
  return comparedPackage(bytes, read, signature, undefined);
}

/** A model file, as the package that is made of it. */
export async function openSource(file: string): Promise<ComparedArtefact> {
  let module: Module | undefined;
  const { bytes, signature } = await packageFile(file, {
    train: true,
    watch: (stage) => {
      if (stage.pass === "source") module = stage.module;
    },
  });
  return comparedPackage(bytes, readPackage(bytes), signature, module && { file, module });
}

async function comparedPackage(
  bytes: Uint8Array,
  read: PackageFile,
  signature: ModuleSignature,
  source: TracedFile | undefined,
): Promise<ComparedArtefact> {
  const weights = new Map(
    Array.from(
      read.tensors,
      ([name, t]) => [name, { shape: t.shape, data: toTypedArray(t).data }] as const,
    ),
  );
  // Weights that are tied in one artefact may not be in the other.
  for (const [alias, name] of read.aliases) weights.set(alias, weights.get(name)!);
  return { signature, model: openSync(bytes, await loadInterpreter()), weights, source };
}

/** How two things of one name differ; `same` where all bits are equal. */
export interface Difference {
  /** A value is what is computed on the way to a result: of those that differ, the first. */
  readonly what: "weight" | "result" | "value";
  readonly name: string;
  readonly how: "same" | "only in a" | "only in b" | "other shape" | "other bits" | "not compared";
  /** Of other bits: how many elements differ, of how many, the first of them, and by how much at most. */
  readonly count?: number;
  readonly of?: number;
  readonly first?: number;
  readonly most?: number;
  readonly why?: string;
  /** Of a value: the places in the sources that ask for it. */
  readonly at?: readonly [a: string, b: string];
}

export async function differencesOf(
  a: ComparedArtefact,
  b: ComparedArtefact,
): Promise<readonly Difference[]> {
  const interpreter = await loadInterpreter();
  return [...weightDifferences(a, b), ...resultDifferences(a, b, interpreter)];
}

function weightDifferences(a: ComparedArtefact, b: ComparedArtefact): Difference[] {
  if (a.weights === undefined || b.weights === undefined) return [];
  const names = new Set([...a.weights.keys(), ...b.weights.keys()]);
  return [...names].map((name): Difference => {
    const [own, other] = [a.weights!.get(name), b.weights!.get(name)];
    if (own === undefined) return { what: "weight", name, how: "only in b" };
    if (other === undefined) return { what: "weight", name, how: "only in a" };
    return compare("weight", name, own, other);
  });
}

function resultDifferences(
  a: ComparedArtefact,
  b: ComparedArtefact,
  interpreter: WebAssembly.Module,
): Difference[] {
  const others = new Map(b.signature.entries.map((e) => [e.name, e]));
  const own = a.signature.entries.flatMap((entry): Difference[] => {
    const other = others.get(entry.name);
    others.delete(entry.name);
    const { name } = entry;
    if (!other) return [{ what: "result", name, how: "only in a" }];
    const args = inputsOf(entry);
    if (typeof args === "string") return [{ what: "result", name, how: "not compared", why: args }];
    const [left, right] = [a.model, b.model].map((m) => leavesOf(name, () => m[name]!(...args)));
    const found = compareLeaves(left!, right!);
    if (found.every((d) => d.how === "same")) return found;
    return [...firstValue(a, b, name, args, interpreter), ...found];
  });
  const rest = [...others.keys()].map(
    (name): Difference => ({ what: "result", name, how: "only in b" }),
  );
  return [...own, ...rest];
}

/** The first value on the way to a result that differs, if both are sources that say what is computed. */
function firstValue(
  a: ComparedArtefact,
  b: ComparedArtefact,
  name: string,
  args: readonly unknown[],
  interpreter: WebAssembly.Module,
): Difference[] {
  const traces = [a, b].map(({ source }) => {
    if (source === undefined) return undefined;
    try {
      return traceValues(source, name, args, interpreter);
    } catch (error) {
      // Calls that fail have no values.
      if (error instanceof GlimError) return undefined;
      throw error;
    }
  });
  const [left, right] = traces;
  if (left === undefined || right === undefined) return [];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const [own, other] = [left[i], right[i]];
    const at = [own?.at ?? "nowhere", other?.at ?? "nowhere"] as const;
    const what = `${name}, ${own?.what ?? other?.what}`;
    if (own === undefined || other === undefined || own.what !== other.what) {
      const why = other === undefined ? "b computes nothing more" : `b computes ${other.what}`;
      return [{ what: "value", name: what, how: "not compared", why, at }];
    }
    const found = compare("value", what, own, other);
    if (found.how !== "same") return [{ ...found, at }];
  }
  return [];
}

/** Made-up arguments, or why there are none. */
function inputsOf(entry: EntrySignature): readonly unknown[] | string {
  const sizes = sizesOf(entry, new Map());
  const args: unknown[] = [];
  for (const p of entry.params) {
    if (p.path.length > 1 || p.dtype === "value") return `${p.name} is made of other values`;
    args[p.path[0]] = p.default ?? made(p, sizes);
  }
  return args;
}

function made(p: ParamSignature, sizes: ReadonlyMap<string, number>): unknown {
  if (p.dtype === "value") return undefined;
  if (p.shape !== undefined) return madeUpTensor({ ...p, dtype: p.dtype }, sizes);
  return p.dtype === "boolean" ? true : 1;
}

type Leaf = { readonly shape: readonly number[]; readonly data: Elements } | string;

/** The tensors and numbers of a result by their paths; a text for all else, failures included. */
function leavesOf(name: string, call: () => unknown): ReadonlyMap<string, Leaf> {
  const leaves = new Map<string, Leaf>();
  const visit = (path: string, v: unknown): void => {
    if (typeof v === "number") leaves.set(path, { shape: [], data: [v] });
    else if (typeof v !== "object" || v === null) leaves.set(path, String(v));
    else if ("data" in v && "shape" in v) leaves.set(path, Object(v));
    else
      for (const [key, part] of v instanceof Map ? v : Object.entries(v))
        visit(`${path}.${key}`, part);
  };
  try {
    visit(name, call());
  } catch (error) {
    leaves.set(name, `fails: ${error instanceof Error ? error.message : error}`);
  }
  return leaves;
}

const compareLeaves = (a: ReadonlyMap<string, Leaf>, b: ReadonlyMap<string, Leaf>): Difference[] =>
  [...new Set([...a.keys(), ...b.keys()])].map((name): Difference => {
    const [own, other] = [a.get(name), b.get(name)];
    if (own === undefined) return { what: "result", name, how: "only in b" };
    if (other === undefined) return { what: "result", name, how: "only in a" };
    if (typeof own !== "string" && typeof other !== "string") {
      return compare("result", name, own, other);
    }
    return { what: "result", name, how: own === other ? "same" : "other bits" };
  });

function compare(
  what: Difference["what"],
  name: string,
  a: Exclude<Leaf, string>,
  b: Exclude<Leaf, string>,
): Difference {
  if (`${a.shape}` !== `${b.shape}`) return { what, name, how: "other shape" };
  let count = 0;
  let first = -1;
  let most = 0;
  for (let i = 0; i < a.data.length; i++) {
    const [x, y] = [a.data[i]!, b.data[i]!];
    if (Object.is(x, y)) continue;
    if (count++ === 0) first = i;
    most = Math.max(most, Math.abs(x - y));
  }
  if (count === 0) return { what, name, how: "same" };
  return { what, name, how: "other bits", count, of: a.data.length, first, most };
}
