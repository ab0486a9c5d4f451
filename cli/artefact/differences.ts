/** What differs between two artefacts, in bits: weights by name, and what entries give for the same made-up inputs. */

import type {
  EntrySignature,
  ModuleSignature,
  ParamSignature,
} from "../../compiler/package/signature.ts";
import { toTypedArray } from "../../runtime/files/widen.ts";
import { loadSync, type Model } from "../../runtime/load.ts";
import { loadInterpreter, openSync } from "../../runtime/package/open.ts";
import { madeUpTensor, sizesOf } from "./made-up-inputs.ts";
import { openArtefact } from "./open-artefact.ts";
import { isPackage, openPackage } from "./open-package.ts";

type Elements = ArrayLike<number>;

export interface ComparedArtefact {
  readonly signature: ModuleSignature;
  readonly model: Model;
  /** Of a package; a module's lie in an order of the compiler's. */
  readonly weights:
    | ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Elements }>
    | undefined;
}

export async function openCompared(file: string): Promise<ComparedArtefact> {
  if (!isPackage(file)) {
    const { module, signature } = await openArtefact(file);
    return { signature, model: loadSync(module), weights: undefined };
  }
  const { bytes, file: read, signature } = await openPackage(file);
  const weights = new Map(
    Array.from(
      read.tensors,
      ([name, t]) => [name, { shape: t.shape, data: toTypedArray(t).data }] as const,
    ),
  );
  // Weights that are tied in one artefact may not be in the other.
  for (const [alias, name] of read.aliases) weights.set(alias, weights.get(name)!);
  return { signature, model: openSync(bytes, await loadInterpreter()), weights };
}

/** How two things of one name differ; `same` where all bits are equal. */
export interface Difference {
  readonly what: "weight" | "result";
  readonly name: string;
  readonly how: "same" | "only in a" | "only in b" | "other shape" | "other bits" | "not compared";
  /** Of other bits: how many elements differ, of how many, the first of them, and by how much at most. */
  readonly count?: number;
  readonly of?: number;
  readonly first?: number;
  readonly most?: number;
  readonly why?: string;
}

export function differencesOf(a: ComparedArtefact, b: ComparedArtefact): readonly Difference[] {
  return [...weightDifferences(a, b), ...resultDifferences(a, b)];
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

function resultDifferences(a: ComparedArtefact, b: ComparedArtefact): Difference[] {
  const others = new Map(b.signature.entries.map((e) => [e.name, e]));
  const own = a.signature.entries.flatMap((entry): Difference[] => {
    const other = others.get(entry.name);
    others.delete(entry.name);
    const { name } = entry;
    if (!other) return [{ what: "result", name, how: "only in a" }];
    const args = inputsOf(entry);
    if (typeof args === "string") return [{ what: "result", name, how: "not compared", why: args }];
    const [left, right] = [a.model, b.model].map((m) => leavesOf(name, () => m[name]!(...args)));
    return compareLeaves(left!, right!);
  });
  const rest = [...others.keys()].map(
    (name): Difference => ({ what: "result", name, how: "only in b" }),
  );
  return [...own, ...rest];
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
