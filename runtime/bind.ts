/**
 * Calls entries of a compiled module, or of what has the same exports: arguments are checked and written,
 * results read. Part of the JavaScript that `glim compile` writes beside each module, so every byte counts.
 */

import { refuse, type Site } from "./load-error.ts";
import { hasNumbers, hasParts, hasState, hasValues } from "./own-module.ts";
import { type StateCell, stateOf } from "./state.ts";
import { arrays, type Elements, product, type Shape, type Typed, take } from "./take.ts";
import {
  decodeValue,
  encodeValue,
  giveOption,
  guard,
  type HostValue,
  type NamedTypes,
  placeValues,
  type WholeType,
} from "./values.ts";

/** Text, or what else is not a number, a boolean or a tensor by itself. */
interface ValueLeaf {
  readonly name?: string;
  readonly type: WholeType;
  readonly shape?: undefined;
}

/** What a module says of itself: the part of compiler/package/signature.ts that calls need. */
export interface BoundSignature {
  readonly version: number;
  readonly entries: readonly EntrySignature[];
  readonly state: readonly StateCell[];
  readonly sites: readonly Site[];
  /** Types that contain themselves. */
  readonly types?: NamedTypes;
}

export interface EntrySignature {
  readonly name: string;
  readonly params: readonly ParamSignature[];
  readonly sizes: readonly { readonly name: string }[];
  readonly results: readonly (Typed | ValueLeaf)[];
  readonly result: Structure;
  readonly unions?: readonly Union[];
}

type ParamSignature = (Typed | ValueLeaf) & {
  /** The number of the argument, then the fields that lead to the value. */
  readonly path: readonly (number | string)[];
  readonly default?: number | boolean | string;
};

/** Which result is the tag, and what is given back for each code. */
type Union = readonly [tag: number, options: readonly (readonly [code: number, Structure])[]];

/** A leaf is the number of a result, or −1 − the number of a union. */
type Structure = number | null | readonly Structure[] | { readonly [field: string]: Structure };

export type Exports = Readonly<Record<string, (...numbers: readonly number[]) => number>>;

/** Row-major elements, and the sizes of the axes. */
export interface NdArray {
  readonly data: Elements;
  readonly shape: Shape;
}

export type Result =
  | number
  | boolean
  | undefined
  | NdArray
  | HostValue
  | readonly Result[]
  | { readonly [field: string]: Result };

/** Takes what the function in the source takes: typed arrays or `NdArray`s for tensors. */
export interface Entry {
  (...args: readonly unknown[]): Result;
  /** The same with one more argument: what to write the tensors of the result to. */
  into(...args: readonly unknown[]): Result;
}

export interface State {
  readonly names: readonly string[];
  get(name: string): Result;
  set(name: string, value: unknown): void;
  save(): Readonly<Record<string, Result>>;
  load(saved: Readonly<Record<string, unknown>>): void;
  reset(): void;
}

export type Model = Readonly<Record<string, Entry>> & { readonly state: State };

export const decode = (bytes: BufferSource): string => new TextDecoder().decode(bytes);

/** One function, because names inside of one are what a minifier can shorten. */
export function bindModel(about: BoundSignature, wasm: Exports): Model {
  /**
   * A view is good until memory grows, which only an entry's preparation does. It is kept with what lies
   * there, so that calls need no new ones.
   */
  const view = (place: Typed, at: number, length: number): Elements => {
    const { buffer }: { buffer: ArrayBuffer } = Object(wasm.memory);
    const old = place.view;
    if (old?.buffer !== buffer || old.byteOffset !== at >>> 0 || old.length !== length)
      place.view = new arrays[place.dtype](buffer, at >>> 0, length);
    return place.view!;
  };

  const read = (leaf: Typed, at: number, shape: Shape, out?: unknown): Result => {
    const data = view(leaf, at, product(shape));
    if (hasNumbers && !leaf.shape) return leaf.dtype === "boolean" ? data[0] === 1 : data[0];
    if (out === undefined) return { data: data.slice(), shape };
    take(leaf, shape, out).set(data);
    return out as NdArray;
  };

  const write = (place: Typed, at: number, data: Elements | readonly number[]): void => {
    const to = view(place, at, data.length);
    try {
      to.set(data);
    } catch {
      refuse("GLIM3002", `${place.name}: found a transferred buffer`);
    }
    for (let i = 0; place.dtype === "bool" && i < to.length; i++) to[i] &&= 1;
  };

  const check = (id: number): void => {
    if (!id) return;
    const text = new Uint8Array(Object(wasm.memory).buffer, wasm.glim_error!(id));
    refuse("GLIM5000", decode(text.slice(0, text.indexOf(0))), about.sites[id - 1]);
  };

  const bind = (entry: EntrySignature): Entry => {
    const { name, params, sizes, results, result } = entry;
    const heads = results.map((): Typed => ({ dtype: "i32" }));

    const call = (args: readonly unknown[]): void => {
      const known = Object.create(null);
      const given = params.map((p) => {
        const [x = p.default] = [p.path.reduce((x: unknown, key) => Object(x)[key], args)];
        return hasValues && "type" in p
          ? encodeValue(p.name!, p.type, x, about.types, known, take, refuse)
          : take(p as Typed, p.shape, x, known);
      });
      check(wasm[`${name}_prepare`]!(...sizes.map((size) => known[size.name])));
      params.forEach((p, i) => p.shape && write(p, wasm[`${name}_in`]!(i), given[i]));
      const rest = hasNumbers ? given.filter((_, i) => !params[i]!.shape) : [];
      check(wasm[name]!(...(hasValues ? placeValues(wasm, rest) : rest)));
    };

    const give = (r: Structure, out?: unknown): Result => {
      if (r === null) return undefined;
      if (hasValues && Number(r) < 0) {
        const [tag, options] = entry.unions![~Number(r)]!;
        return giveOption(give(tag), options, (s) => give(s, out), refuse);
      }
      if (hasParts && typeof r !== "number") {
        const parts: Record<string, Result> = Object(Array.isArray(r) ? [] : {});
        for (const [key, part] of Object.entries(r)) parts[key] = give(part, Object(out)[key]);
        return parts;
      }
      const i = Number(r);
      const [at = 0, , rank = 0, ...shape] = view(heads[i]!, wasm[`${name}_out`]!(i), 11);
      const leaf = results[i]!;
      return hasValues && "type" in leaf
        ? decodeValue(wasm, at, leaf.type, about.types)
        : read(leaf as Typed, at, shape.slice(0, rank), out);
    };

    const run = (args: readonly unknown[], out?: unknown): Result => {
      // A failure deep inside of a module is a trap, whose reason the module knows.
      if (hasValues) guard(call, args, () => check(wasm.glim_failure!()));
      else call(args);
      return give(result, out);
    };
    const into = (...args: unknown[]): Result => run(args, args.pop());
    return Object.assign((...args: readonly unknown[]) => run(args), { into });
  };

  const entries: Record<string, Entry> = {};
  for (const e of about.entries) entries[e.name] = bind(e);
  if (hasState) Object.assign(entries, { state: stateOf(wasm, about.state, read, write, bind) });
  return Object(entries);
}
