/** Finds the cell for each tensor of a state dict, and says at once everything that does not fit. */

import { codes, GlimError } from "../../runtime/eager/glim-error.ts";
import { type EagerTensor, isTensor, printTensorType } from "../../runtime/eager/tensor.ts";
import type { AnyTensor } from "../../runtime/eager/tensor-types.ts";
import type { StateDict } from "../files/read-state-dict.ts";
import type { AnyCell } from "./registered.ts";

export interface LoadOptions {
  /** False allows missing and surplus names. */
  readonly strict?: boolean;
  /** "keep": what the file lacks, and all of it where there is no file, keeps its value. */
  readonly ifMissing?: "throw" | "keep";
  /** The module's name for a name in the file; undefined leaves the tensor out. */
  readonly rename?: (name: string) => string | undefined;
  /** Changes a tensor before it is used; `name` is the one in the file. */
  readonly transform?: (name: string, t: AnyTensor) => AnyTensor;
  /** Names in the file that are left out. */
  readonly ignore?: readonly RegExp[];
}

/** What of a state dict and a module did not meet. */
export interface Loaded {
  /** The module's names without a tensor. */
  readonly missing: string[];
  /** The file's names without a place. */
  readonly surplus: string[];
}

export interface Match extends Loaded {
  readonly values: readonly (readonly [AnyCell, EagerTensor])[];
}

/** One tensor of the file, under the name that the module should know. */
interface Given {
  readonly name: string;
  readonly value: EagerTensor;
}

/** `what` names file and module in messages. */
export function matchStateDict(
  stateDict: StateDict,
  cells: ReadonlyMap<string, AnyCell>,
  options: LoadOptions,
  what: { readonly source: string; readonly target: string },
): Match {
  const given = givenOf(stateDict, options);
  const names = new NameMatcher(
    [...cells.keys()],
    given.map((g) => g.name),
  );
  const values: (readonly [AnyCell, EagerTensor])[] = [];
  const taken = new Map<string, string>();
  const surplus: string[] = [];
  const [unclear, unfit]: [string[], string[]] = [[], []];
  for (const { name, value } of given) {
    const own = names.find(name);
    const cell = own.length === 1 ? cells.get(own[0]!) : undefined;
    if (own.length === 0) surplus.push(name);
    if (own.length > 1) unclear.push(`${name} can be ${own.join(" or ")}`);
    if (cell === undefined) continue;
    const other = taken.get(own[0]!);
    if (other !== undefined) unclear.push(`${other} and ${name} are both ${own[0]}`);
    taken.set(own[0]!, name);
    if (!fits(value, cell)) {
      unfit.push(`${name} is ${printTensorType(value)}, not ${printTensorType(cell)}`);
    }
    values.push([cell, value]);
  }
  // A shared parameter has got its value under any of its names.
  const filled = new Set(values.map(([cell]) => cell));
  const missing = [...cells].filter(([, cell]) => !filled.has(cell)).map(([name]) => name);
  const { strict = true, ifMissing = "throw" } = options;
  const problems = [
    strict && ifMissing === "throw" ? list("missing: ", missing, ", ") : "",
    strict ? list("surplus: ", surplus, ", ") : "",
    list("unclear: ", unclear, ", "),
  ].filter((text) => text !== "");
  refuse(what, problems, unfit);
  return { values, missing, surplus };
}

function refuse(
  { source, target }: { readonly source: string; readonly target: string },
  names: readonly string[],
  unfit: readonly string[],
): void {
  if (names.length + unfit.length === 0) return;
  const hint = names.length === 0 ? "" : "; change names with rename, leave some out with ignore";
  const text = `${source} does not fit ${target}: ${[...names, ...unfit].join("; ")}${hint}`;
  throw new GlimError(names.length === 0 ? codes.weightsShape : codes.weightsKeys, text);
}

const list = (title: string, items: readonly string[], separator: string): string =>
  items.length === 0 ? "" : title + items.join(separator);

/** Whether a tensor of the file is left out. `search` starts at the beginning each time, also with the flag g. */
export const isIgnored = (name: string, { ignore = [] }: LoadOptions): boolean =>
  ignore.some((pattern) => name.search(pattern) >= 0);

function givenOf(stateDict: StateDict, options: LoadOptions): Given[] {
  const { rename, transform } = options;
  const given: Given[] = [];
  for (const [key, t] of stateDict) {
    if (isIgnored(key, options)) continue;
    const name = rename === undefined ? key : rename(key);
    if (name === undefined) continue;
    const value: unknown = transform === undefined ? t : transform(key, t);
    if (!isTensor(value)) throw new GlimError(codes.argument, `load: ${key} is not a tensor`);
    given.push({ name, value });
  }
  return given;
}

const fits = (value: EagerTensor, cell: AnyCell): boolean =>
  value.dtype === cell.dtype &&
  value.rank === cell.rank &&
  value.shape.every((n, i) => n === cell.shape[i]);

/** Names are equal as they stand or, where nothing is, without `_` and case: `c_attn` finds `cAttn`. */
class NameMatcher {
  readonly #own: ReadonlySet<string>;
  readonly #loose = new Map<string, string[]>();

  constructor(own: readonly string[], given: readonly string[]) {
    this.#own = new Set(own);
    const exact = new Set(given);
    for (const name of own) {
      if (exact.has(name)) continue;
      const key = looseKey(name);
      this.#loose.set(key, [...(this.#loose.get(key) ?? []), name]);
    }
  }

  /** The module's names that `name` may stand for. */
  find(name: string): readonly string[] {
    return this.#own.has(name) ? [name] : (this.#loose.get(looseKey(name)) ?? []);
  }
}

const looseKey = (name: string): string => name.replaceAll("_", "").toLowerCase();
