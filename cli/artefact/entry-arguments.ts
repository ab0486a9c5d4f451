/** Turns what the command line says of inputs into the arguments of an entry point. */

import { unknownEntry } from "../../compiler/diagnostics/catalog/loading.ts";
import { closestName } from "../../compiler/ops/closest-name.ts";
import type {
  EntrySignature,
  ModuleSignature,
  ParamSignature,
} from "../../compiler/package/signature.ts";
import { type FileDType, fileDTypes } from "../../runtime/files/raw-tensor.ts";
import { fail, Misuse } from "../terminal/failure.ts";
import { shownPath } from "../terminal/shown-path.ts";
import { type InputHints, readInput, type TensorParam } from "./read-input.ts";

type Pairs = ReadonlyMap<string, string>;

/** By the name of a parameter. */
export interface GivenInputs {
  /** Files. */
  readonly input: Pairs;
  /** Numbers and booleans. */
  readonly set: Pairs;
  readonly shape: Pairs;
  readonly dtype: Pairs;
}

/** What a tensor is for which no file is given. */
export type MadeUp = (param: TensorParam) => unknown;

/** @throws Failure for a name that there is not, Misuse where none is given and there are several */
export function selectEntry(
  { entries }: ModuleSignature,
  name: string | undefined,
  file: string,
): EntrySignature {
  const known = entries.map((e) => e.name);
  const [only] = entries;
  if (name === undefined) {
    if (entries.length === 1 && only !== undefined) return only;
    const choices = known.map((n) => `--entry ${n}`).join(", ");
    throw new Misuse(
      `${shownPath(file)} has ${known.length} entry points: choose one (${choices})`,
    );
  }
  const found = entries.find((e) => e.name === name);
  if (found !== undefined) return found;
  const meant = closestName(name, known);
  const message = unknownEntry(name, known);
  return fail({
    ...message,
    why: `The module has ${known.join(", ")}.`,
    fix: meant === undefined ? "" : `Did you mean ${meant}?`,
  });
}

/** @throws Misuse for names, kinds and numbers of inputs that do not fit, Failure for files */
export async function readArguments(
  entry: EntrySignature,
  given: GivenInputs,
  madeUp?: MadeUp,
): Promise<readonly unknown[]> {
  checkNames(entry, given);
  const leaves: Leaf[] = [];
  for (const param of entry.params) {
    leaves.push({ path: param.path, value: await givenFor(entry, param, given, madeUp) });
  }
  return [...groups(leaves, 0).values()].map((of) => assemble(of, 1));
}

interface Leaf {
  readonly path: ParamSignature["path"];
  readonly value: unknown;
}

/** The value, or the record of values, of leaves that have `depth` steps of their paths in common. */
function assemble(leaves: readonly Leaf[], depth: number): unknown {
  const [only] = leaves;
  if (only?.path.length === depth) return only.value;
  const fields = [...groups(leaves, depth)];
  return Object.fromEntries(fields.map(([field, of]) => [field, assemble(of, depth + 1)]));
}

function groups(leaves: readonly Leaf[], depth: number): ReadonlyMap<string | number, Leaf[]> {
  const by = new Map<string | number, Leaf[]>();
  for (const leaf of leaves) {
    const step = leaf.path[depth] ?? "";
    by.set(step, [...(by.get(step) ?? []), leaf]);
  }
  return by;
}

function checkNames({ name: entry, params }: EntrySignature, given: GivenInputs): void {
  const tensors = params.filter((p) => p.shape !== undefined).map((p) => p.name);
  const scalars = params.filter((p) => p.shape === undefined).map((p) => p.name);
  const check = (option: string, pairs: Pairs, known: readonly string[], kind: string): void => {
    for (const name of pairs.keys()) {
      if (known.includes(name)) continue;
      const meant = closestName(name, known);
      const hint = meant === undefined ? "" : `; did you mean ${meant}?`;
      const all = known.length === 0 ? `it takes no ${kind}` : `its ${kind}: ${known.join(", ")}`;
      throw new Misuse(`${option} ${name}: ${entry} has no such input; ${all}${hint}`);
    }
  };
  check("--input", given.input, tensors, "tensors");
  check("--set", given.set, scalars, "numbers and booleans");
  check("--shape", given.shape, tensors, "tensors");
  check("--dtype", given.dtype, tensors, "tensors");
}

async function givenFor(
  entry: EntrySignature,
  p: ParamSignature,
  given: GivenInputs,
  madeUp: MadeUp | undefined,
): Promise<unknown> {
  if (!isTensor(p)) {
    const text = given.set.get(p.name);
    if (text !== undefined) return scalarOf(p, text);
    if (p.default !== undefined) return p.default;
    throw new Misuse(`${entry.name} needs --set ${p.name}=VALUE`);
  }
  const file = given.input.get(p.name);
  if (file !== undefined) return readInput(file, p, hintsOf(p.name, given));
  if (madeUp !== undefined) return madeUp(p);
  throw new Misuse(
    `${entry.name} needs --input ${p.name}=FILE: ${p.dtype}[${p.shape?.join(", ")}]`,
  );
}

const isTensor = (p: ParamSignature): p is TensorParam => p.shape !== undefined;

/** A text stands for itself, other values are JSON. */
function parseValue({ name, type }: ParamSignature, text: string): unknown {
  if (type === "str") return text;
  try {
    return JSON.parse(text);
  } catch {
    throw new Misuse(`--set ${name}: ${text} is not JSON`);
  }
}

function scalarOf(p: ParamSignature, text: string): unknown {
  const { name, dtype } = p;
  if (dtype === "value") return parseValue(p, text);
  if (dtype === "boolean") {
    if (text === "true" || text === "false") return text === "true";
    throw new Misuse(`--set ${name}: ${text} is neither true nor false`);
  }
  const number = text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isNaN(number) || text === "NaN") return number;
  throw new Misuse(`--set ${name}: ${text} is not a number`);
}

function hintsOf(name: string, { shape, dtype }: GivenInputs): InputHints {
  return { shape: sizesOf(name, shape.get(name)), dtype: dtypeOf(name, dtype.get(name)) };
}

function sizesOf(name: string, text: string | undefined): readonly number[] | undefined {
  if (text === undefined) return undefined;
  if (text === "") return [];
  if (/^\d+(,\d+)*$/.test(text)) return text.split(",").map(Number);
  throw new Misuse(`--shape ${name}: ${text} is not a list of sizes such as 64,784`);
}

function dtypeOf(name: string, text: string | undefined): FileDType | undefined {
  if (text === undefined) return undefined;
  const found = fileDTypes.find((d) => d === text);
  if (found !== undefined) return found;
  throw new Misuse(`--dtype ${name}: ${text} is not one of ${fileDTypes.join(", ")}`);
}
