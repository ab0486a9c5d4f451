/**
 * Loads compiled modules and calls their entries. `glim compile` writes the JavaScript of this file
 * beside each module, with the module's name put in, and that of values.ts where the module needs it.
 * So it imports nothing else, and every byte counts.
 */

import {
  decodeValue,
  encodeValue,
  giveOption,
  guard,
  type HostValue,
  hasValues,
  type NamedTypes,
  placeValues,
  type WholeType,
} from "./values.ts";

type Elements = Float32Array | Int32Array | Uint8Array | Float64Array;
type Leaf = keyof typeof arrays;
type Shape = readonly number[];

interface Typed {
  readonly name?: string;
  readonly dtype: Leaf;
  /** Absent for numbers and booleans. */
  readonly shape?: readonly (number | string)[];
}

/** Text, or what else is not a number, a boolean or a tensor by itself. */
interface ValueLeaf {
  readonly name?: string;
  readonly type: WholeType;
  readonly shape?: undefined;
}

/** What a module says of itself: the part of compiler/package/signature.ts that calls need. */
interface Signature {
  readonly version: number;
  readonly entries: readonly EntrySignature[];
  readonly state: readonly (Typed & { readonly name: string; readonly address: number })[];
  readonly sites: readonly Site[];
  /** Types that contain themselves. */
  readonly types?: NamedTypes;
}

interface EntrySignature {
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

type Site = readonly [file: string, line: number, column: number] | null;

type Exports = Readonly<Record<string, (...numbers: readonly number[]) => number>>;

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

export type Source = string | URL | Response | BufferSource | WebAssembly.Module;

const arrays = {
  f32: Float32Array,
  i32: Int32Array,
  bool: Uint8Array,
  f64: Float64Array,
  boolean: Uint8Array,
};

/** Input that does not fit, or a failure inside the model. The model stays usable. */
export class GlimError extends Error {
  declare readonly code: string;
  /** The place in the TypeScript source that asked for what failed. */
  declare readonly at:
    | { readonly file: string; readonly line: number; readonly column: number }
    | undefined;

  constructor(code: string, message: string, site?: Site) {
    const [file, line, column] = site ?? [];
    super(site ? `${message} (${file}:${line}:${column})` : message);
    Object.assign(this, { name: "GlimError", code, at: site && { file, line, column } });
  }
}

function refuse(code: string, message: string, site?: Site): never {
  throw new GlimError(code, message, site);
}

/** Loads a module from a URL, a response, bytes or a compiled module. */
export async function load(source: Source | PromiseLike<Source>): Promise<Model> {
  let from = await source;
  if (typeof from === "string" || from instanceof URL) {
    const url = new URL(from, globalThis.location?.href);
    const fs = url.protocol === "file:" && globalThis.process?.getBuiltinModule?.("node:fs");
    from = fs ? await fs.promises.readFile(url) : await fetch(url);
  }
  if ("arrayBuffer" in from) {
    if (!from.ok) refuse("GLIM6001", `${from.url}: the server answered ${from.status}`);
    from = await from.arrayBuffer();
  }
  const module = "byteLength" in from ? await compile(from) : from;
  return bindModule(module, await WebAssembly.instantiate(module));
}

/** A new instance of a compiled module, at once. */
export function loadSync(module: WebAssembly.Module): Model {
  return bindModule(module, new WebAssembly.Instance(module));
}

async function compile(bytes: BufferSource): Promise<WebAssembly.Module> {
  if (decode(bytes).startsWith("<")) refuse("GLIM6002", "found a web page, not WebAssembly");
  return WebAssembly.compile(bytes).catch((e) =>
    refuse("GLIM6002", `the module was cut off, or there is no SIMD here: ${e.message}`),
  );
}

const decode = (bytes: BufferSource): string => new TextDecoder().decode(bytes);

/** One function, because names inside of one are what a minifier can shorten. */
function bindModule(module: WebAssembly.Module, { exports }: WebAssembly.Instance): Model {
  const section = WebAssembly.Module.customSections(module, "glim")[0];
  const about: Signature = section && JSON.parse(decode(section));
  if (about?.version !== 1) refuse("GLIM6003", "the module is not of this version of Glim");
  const wasm = exports as Exports;

  /** A view is good until memory grows, which only an entry's preparation does. */
  const view = (dtype: Leaf, at: number, length?: number): Elements =>
    new arrays[dtype](Object(wasm.memory).buffer, at, length);

  const read = (leaf: Typed, at: number, shape: Shape, out?: unknown): Result => {
    const { dtype } = leaf;
    const data = view(dtype, at, product(shape));
    if (!leaf.shape) return dtype === "boolean" ? data[0] === 1 : data[0];
    if (out === undefined) return { data: data.slice(), shape };
    take(leaf, shape, out).set(data);
    return out as NdArray;
  };

  const write = ({ dtype }: Typed, at: number, data: Elements): void =>
    view(dtype, at, data.length).set(dtype === "bool" ? data.map((x) => (x ? 1 : 0)) : data);

  const check = (id: number): void => {
    if (!id) return;
    const text = view("bool", wasm.glim_error!(id)) as Uint8Array<ArrayBuffer>;
    refuse("GLIM5000", decode(text.slice(0, text.indexOf(0))), about.sites[id - 1]);
  };

  const bind = ({ name, params, sizes, results, result, unions }: EntrySignature): Entry => {
    const call = (args: readonly unknown[]): void => {
      const known = Object.create(null);
      const given = params.map((p) => {
        const x = p.path.reduce((v: unknown, key) => Object(v)[key], args);
        return hasValues && "type" in p
          ? encodeValue(
              p.name!,
              p.type,
              x === undefined ? p.default : x,
              about.types,
              known,
              take,
              refuse,
            )
          : take(p as Typed, p.shape, x ?? p.default, known);
      });
      check(wasm[`${name}_prepare`]!(...sizes.map((size) => known[size.name])));
      params.forEach((p, i) => p.shape && write(p, wasm[`${name}_in`]!(i), given[i]));
      const rest = given.filter((_, i) => !params[i]!.shape);
      check(wasm[name]!(...(hasValues ? placeValues(wasm, rest) : rest)));
    };

    /** A failure deep inside of a module is a trap, whose reason the module knows. */
    const enter = hasValues
      ? (args: readonly unknown[]) =>
          guard(
            () => call(args),
            () => check(wasm.glim_failure!()),
          )
      : call;

    const give = (r: Structure, out?: unknown): Result => {
      if (r === null) return undefined;
      if (hasValues && Number(r) < 0) {
        const [tag, options] = unions![~Number(r)]!;
        return giveOption(give(tag), options, (s) => give(s, out));
      }
      if (typeof r === "number") {
        const words = view("i32", wasm[`${name}_out`]!(r), 11);
        const shape = [...words.subarray(3, 3 + words[2]!)];
        const leaf = results[r]!;
        if (hasValues && "type" in leaf)
          return decodeValue(wasm, words[0]!, leaf.type, about.types);
        return read(leaf as Typed, words[0]!, shape, out);
      }
      const parts: Record<string, Result> = Object(Array.isArray(r) ? [] : {});
      for (const [key, part] of Object.entries(r)) parts[key] = give(part, Object(out)[key]);
      return parts;
    };

    const run = (...args: unknown[]): Result => {
      enter(args);
      return give(result);
    };
    const into = (...args: unknown[]): Result => {
      const out = args.pop();
      enter(args);
      return give(result, out);
    };
    return Object.assign(run, { into });
  };

  const entries: Record<string, Entry> = {};
  for (const e of about.entries) entries[e.name] = bind(e);

  const names = about.state.map((cell) => cell.name);
  const cellOf = (name: string) =>
    about.state[names.indexOf(name)] ?? refuse("GLIM3004", `there is no state ${name}`);
  const get = (name: string): Result => {
    const cell = cellOf(name);
    return read(cell, cell.address, (cell.shape ?? []) as Shape);
  };
  const set = (name: string, x: unknown): void => {
    const cell = cellOf(name);
    const data = take(cell, cell.shape, x);
    write(cell, cell.address, cell.shape ? data : [data]);
  };
  const save = () => Object.fromEntries(names.map((name) => [name, get(name)]));
  const load = (saved: object): void => {
    for (const [name, x] of Object.entries(saved)) set(name, x);
  };
  const first = save();
  const reset = (): void => load(first);
  return Object.assign(entries, { state: { names, get, set, save, load, reset } });
}

const product = (shape: Shape): number => shape.reduce((n, d) => n * d, 1);

/**
 * A number, a boolean or the elements of a tensor, if `x` is what `leaf` asks for. Named sizes must
 * be those in `known`, or become known.
 */
function take(
  { name = "the output", dtype }: Typed,
  axes: Typed["shape"],
  x: unknown,
  known: Record<string | number, number> = {},
) {
  const { data = x, shape } = Object(x);
  const due = axes ? arrays[dtype].name : dtype === "boolean" ? "Boolean" : "Number";
  const found = Object.prototype.toString.call(data).slice(8, -1);
  if (found !== due) refuse("GLIM3002", `${name}: expected ${due}, found ${found}`);
  if (!axes) return data;
  const want = axes.map((d) => known[d] ?? d);
  const rest = data.length / product(want.filter((d) => typeof d === "number"));
  const actual: Shape = shape ?? want.map((d) => (typeof d === "number" ? d : rest));
  const fits =
    actual.length === axes.length &&
    product(actual) === data.length &&
    axes.every((d, i) => {
      known[d] ??= typeof d === "number" ? d : actual[i]! >>> 0;
      return known[d] === actual[i];
    });
  if (fits) return data;
  const how = shape ? `of shape [${shape}]` : "without a shape";
  return refuse("GLIM3001", `${name}: ${data.length} elements ${how} do not fit ${dtype}[${want}]`);
}
