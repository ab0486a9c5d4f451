/** What a compiled module says about itself: its entries, their types, its failure sites, its state. */

import type { Func, Module, ResultShape, Type } from "../graph/ir.ts";
import { placeData } from "../loop/ir.ts";
import type { EntryLayout, LoweredModule } from "../lower/lower-module.ts";
import { stateName } from "../lower/names.ts";

export const signatureVersion = 1;

/** A dtype of parameters and results; `f64` and `boolean` are plain numbers and booleans. */
export type LeafType = "f32" | "i32" | "bool" | "f64" | "boolean";

export interface LeafSignature {
  readonly dtype: LeafType;
  /** Absent for numbers and booleans. A size is a number, or the text of an expression over names. */
  readonly shape?: readonly (number | string)[];
}

export interface ParamSignature extends LeafSignature {
  /** As messages name it: `k`, or `options.k` for the field `k` of the argument `options`. */
  readonly name: string;
  /** The number of the argument, then the fields that lead to the value. */
  readonly path: readonly [argument: number, ...fields: string[]];
  /** What it is where the caller leaves it out. */
  readonly default?: number | boolean;
}

/** The structure of a result: a leaf is a number into `results`. */
export type ResultSignature =
  | number
  | null
  | readonly ResultSignature[]
  | { readonly [field: string]: ResultSignature };

export interface EntrySignature {
  readonly name: string;
  readonly doc: string;
  readonly params: readonly ParamSignature[];
  /** Named sizes, in the order in which `name_prepare` takes them, with their bounds. */
  readonly sizes: readonly {
    readonly name: string;
    readonly min: number;
    readonly max: number | null;
  }[];
  readonly results: readonly LeafSignature[];
  readonly result: ResultSignature;
  /**
   * Bytes of memory for the entry's tensors, to be added up: numbers, sizes such as `40*B+16`, and
   * `max(…, …)` of sizes.
   */
  readonly memory: readonly string[];
}

export interface StateSignature {
  readonly name: string;
  readonly dtype: LeafType;
  readonly shape?: readonly (number | string)[];
  /** Where it lies in the module's memory. */
  readonly address: number;
}

/** Where in the source a failure with this number was asked for; null where nothing is known. */
export type SiteSignature = readonly [file: string, line: number, column: number] | null;

export interface ModuleSignature {
  readonly version: number;
  /** The version of the compiler that wrote the module. */
  readonly compiler: string;
  /** `portable`: the numeric contract holds. */
  readonly bits: "portable";
  /** Bytes of the constants among the module's data. */
  readonly weights: number;
  readonly entries: readonly EntrySignature[];
  readonly state: readonly StateSignature[];
  /** For failure number n, element n − 1. */
  readonly sites: readonly SiteSignature[];
}

export interface SourcePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface SignatureInput {
  readonly module: Module;
  readonly lowered: LoweredModule;
  readonly compiler: string;
  /** The place of a span, its file as it should be shown. */
  readonly locate: (span: { file: string; start: number }) => SourcePlace | undefined;
}

export function describeModule({
  module,
  lowered,
  compiler,
  locate,
}: SignatureInput): ModuleSignature {
  const { addresses } = placeData(lowered.module.data);
  return {
    version: signatureVersion,
    compiler,
    bits: "portable",
    weights: [...module.constants.values()].reduce((sum, c) => sum + c.data.byteLength, 0),
    entries: lowered.entries.map((entry) => describeEntry(module, entry)),
    state: [...module.state.values()].map((cell) => ({
      name: cell.name,
      ...leafOf(cell.type, (text) => text),
      address: addresses.get(stateName(cell.name))!,
    })),
    sites: lowered.sites.sites.map(({ span }) => {
      const at = span && locate(span);
      return at ? [at.file, at.line, at.column] : null;
    }),
  };
}

function describeEntry(module: Module, { func, symbols, memory }: EntryLayout): EntrySignature {
  const plain = plainNames(symbols);
  return {
    name: func.name,
    doc: func.doc,
    params: paramsOf(func, plain),
    sizes: symbols.map((name) => {
      const bounds = module.sizes.find((s) => s.name === name);
      return { name: plain(name), min: bounds?.min ?? 0, max: bounds?.max ?? null };
    }),
    results: func.results.map((type) => leafOf(type, plain)),
    result: resultOf(func.shape),
    memory: memory.map(plain),
  };
}

/** Rewrites a size's text. */
type Plain = (text: string) => string;

/**
 * Sizes are named apart in a module, `B` and `B$2`; in an entry's own signature they have the names of
 * the source again, as long as these are different.
 */
function plainNames(symbols: readonly string[]): Plain {
  const names = new Map(symbols.map((name) => [name, name.replace(/\$\d+$/, "")]));
  if (new Set(names.values()).size < names.size) return (text) => text;
  return (text) => text.replace(/[A-Za-z_][\w$]*/g, (word) => names.get(word) ?? word);
}

/** A record is one argument, whose fields are parameters: they follow one another. */
function paramsOf(func: Func, plain: Plain): ParamSignature[] {
  const args: string[] = [];
  return func.params.map(({ name, value, default: given }) => {
    const [first = "", ...fields] = name.split(".");
    if (args.at(-1) !== first) args.push(first);
    const fallback = given === undefined ? {} : { default: given };
    return { name, path: [args.length - 1, ...fields], ...leafOf(value.type, plain), ...fallback };
  });
}

function leafOf(type: Type, plain: Plain): LeafSignature {
  if (type.kind === "f64") return { dtype: "f64" };
  if (type.kind === "bool") return { dtype: "boolean" };
  if (type.kind !== "tensor") throw new Error(`the signature has no ${type.kind}`);
  return {
    dtype: type.dtype,
    shape: type.shape.map((d) => (typeof d === "number" ? d : plain(d.text))),
  };
}

function resultOf(shape: ResultShape): ResultSignature {
  switch (shape.kind) {
    case "void":
      return null;
    case "leaf":
      return shape.result;
    case "union":
      throw new Error("the signature has no unions");
    case "list":
      return shape.items.map(resultOf);
    case "record":
      return Object.fromEntries(shape.fields.map(([name, s]) => [name, resultOf(s)]));
  }
}

const sectionName = "glim";

/** The custom section `glim` of a module. */
export const signatureSection = (
  signature: ModuleSignature,
): { name: string; bytes: Uint8Array } => ({
  name: sectionName,
  bytes: new TextEncoder().encode(toJson(signature)),
});

/** Defaults that JSON reads but `JSON.stringify` does not write: 1e999 is read as infinity. */
const unwritten: ReadonlyMap<unknown, string> = new Map([
  [Number.POSITIVE_INFINITY, "1e999"],
  [Number.NEGATIVE_INFINITY, "-1e999"],
]);

function toJson(signature: ModuleSignature): string {
  const mark = (key: string, v: unknown): unknown => {
    if (key !== "default") return v;
    const text = Object.is(v, -0) ? "-0" : unwritten.get(v);
    return text === undefined ? v : `#${text}`;
  };
  return JSON.stringify(signature, mark).replace(/"default":"#([^"]*)"/g, '"default":$1');
}

/** What a module says of itself; undefined if it was not written by Glim, or by another version. */
export function readSignature(wasm: WebAssembly.Module): ModuleSignature | undefined {
  const [section] = WebAssembly.Module.customSections(wasm, sectionName);
  if (section === undefined) return undefined;
  try {
    const signature: ModuleSignature = JSON.parse(new TextDecoder().decode(section));
    return signature.version === signatureVersion ? signature : undefined;
  } catch {
    return undefined;
  }
}
