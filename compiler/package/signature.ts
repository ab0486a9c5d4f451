/** What a compiled module says about itself: its entries, their types, its failure sites, its state. */

import type { Func, Module, ResultShape, Type } from "../graph/ir.ts";
import { placeData } from "../loop/ir.ts";
import type { FailureSite } from "../lower/failure-sites.ts";
import type { EntryLayout, LoweredModule } from "../lower/lower-module.ts";
import { constantName, stateName } from "../lower/names.ts";
import type { DType } from "../ops/types.ts";
import type { ExternalSignature, WeightsFile } from "./external-weights.ts";
import { type ValueType, ValueTypes } from "./value-types.ts";

export const signatureVersion = 1;

/** A dtype of parameters and results; without a shape `f64` and `boolean` are plain numbers and booleans. */
export type ElementType = DType | "boolean";
export type LeafType = ElementType | "value";

export interface LeafSignature {
  readonly dtype: LeafType;
  /** Of a value: what its bytes mean. */
  readonly type?: ValueType;
  /** Absent for numbers and booleans. A size is a number, or the text of an expression over names. */
  readonly shape?: readonly (number | string)[];
}

export interface ParamSignature extends LeafSignature {
  /** As messages name it: `k`, or `options.k` for the field `k` of the argument `options`. */
  readonly name: string;
  /** The number of the argument, then the fields that lead to the value. */
  readonly path: readonly [argument: number, ...fields: string[]];
  /** What it is where the caller leaves it out. */
  readonly default?: number | boolean | string;
}

/** The structure of a result: a leaf is a number into `results`, or −1 − a number into `unions`. */
export type ResultSignature =
  | number
  | null
  | readonly ResultSignature[]
  | { readonly [field: string]: ResultSignature };

/** The result that is the tag, and the structure for each code; code 0 is undefined, 1 is null. */
export type UnionSignature = readonly [
  tag: number,
  options: readonly (readonly [code: number, structure: ResultSignature])[],
];

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
  /** Results of one of several kinds. */
  readonly unions?: readonly UnionSignature[];
  /**
   * Bytes of memory for the entry's tensors, to be added up: numbers, sizes such as `40*B+16`, and
   * `max(…, …)` of sizes.
   */
  readonly memory: readonly string[];
}

export interface StateSignature extends LeafSignature {
  readonly name: string;
  /** Where it lies in the module's memory; what lies on the heap has entries of its own instead. */
  readonly address?: number;
  /** Gives its value. */
  readonly get?: EntrySignature;
  /** Takes a value; absent where hosts cannot make one. */
  readonly set?: EntrySignature;
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
  /** The types that contain themselves, by name. */
  readonly types?: Readonly<Record<string, ValueType>>;
  /** The file of weights, if they are not among the module's data. */
  readonly external?: ExternalSignature;
}

export interface SourcePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface SignatureInput {
  readonly module: Module;
  readonly lowered: Pick<LoweredModule, "module" | "entries" | "sites">;
  readonly compiler: string;
  /** The place of a span, its file as it should be shown. */
  readonly locate: (span: { file: string; start: number }) => SourcePlace | undefined;
  /** The file that holds the weights, if they are to be taken out. */
  readonly weightsFile?: WeightsFile | undefined;
}

export function describeModule(input: SignatureInput): ModuleSignature {
  const { lowered, module, weightsFile } = input;
  const { addresses } = placeData(lowered.module.data);
  const about = describeProgram({
    ...input,
    entries: lowered.entries,
    sites: lowered.sites.sites,
    addressOf: (name) => addresses.get(stateName(name))!,
  });
  return weightsFile
    ? { ...about, external: describeWeights(weightsFile, module, addresses) }
    : about;
}

export interface DescriptionInput extends Omit<SignatureInput, "lowered" | "weightsFile"> {
  readonly entries: readonly EntryLayout[];
  readonly sites: readonly FailureSite[];
  /** Where a state cell lies. */
  readonly addressOf: (name: string) => number;
}

export function describeProgram({
  module,
  entries: layouts,
  sites,
  addressOf,
  compiler,
  locate,
}: DescriptionInput): ModuleSignature {
  const values = new ValueTypes(module);
  const all = layouts.map((entry) => describeEntry(module, entry, values));
  const entries = all.filter(({ name }) => !isAccessor(name));
  const kept = all.filter(({ name }) => name.startsWith(getterName("")));
  const types = values.named;
  return {
    version: signatureVersion,
    compiler,
    bits: "portable",
    weights: [...module.constants.values()].reduce((sum, c) => sum + c.data.byteLength, 0),
    entries,
    state: [
      ...[...module.state.values()]
        .filter((cell) => cell.type.kind !== "ref")
        .map((cell) => ({
          name: cell.name,
          ...leafOf(cell.type, (text) => text, values),
          address: addressOf(cell.name),
        })),
      ...kept.map((get) => keptSignature(get, all)),
    ],
    sites: sites.map(({ span }) => {
      const at = span && locate(span);
      return at ? [at.file, at.line, at.column] : null;
    }),
    ...(types ? { types } : {}),
  };
}

/** State on the heap is what its getter gives. */
function keptSignature(get: EntrySignature, all: readonly EntrySignature[]): StateSignature {
  const name = get.name.slice(getterName("").length);
  const set = all.find((entry) => entry.name === setterName(name));
  return { name, ...get.results[0]!, get, ...(set ? { set } : {}) };
}

const describeWeights = (
  { id, bytes, starts }: WeightsFile,
  { constants }: Module,
  addresses: ReadonlyMap<string, number>,
): ExternalSignature => ({
  id,
  bytes,
  tensors: Array.from(constants, ([name, { data }]) => {
    const from = starts.get(name)!;
    return [name, addresses.get(constantName(name))!, from, from + data.byteLength];
  }),
});

function describeEntry(
  module: Module,
  { func, symbols, memory }: EntryLayout,
  values: ValueTypes,
): EntrySignature {
  const plain = plainNames(symbols);
  const unions: UnionSignature[] = [];
  const result = resultOf(func.shape, unions);
  return {
    name: func.name,
    doc: func.doc,
    params: paramsOf(func, plain, values),
    sizes: symbols.map((name) => {
      const bounds = module.sizes.find((s) => s.name === name);
      return { name: plain(name), min: bounds?.min ?? 0, max: bounds?.max ?? null };
    }),
    results: func.results.map((type) => leafOf(type, plain, values)),
    result,
    ...(unions.length > 0 ? { unions } : {}),
    memory: memory.map(plain),
  };
}

/** Rewrites a size's text. */
type Plain = (text: string) => string;

/**
 * Sizes are named apart in a module, `B` and `B$2`; in an entry's own signature they have the names of
 * the source again, as long as these are different.
 */
export function plainNames(symbols: readonly string[]): Plain {
  const names = new Map(symbols.map((name) => [name, name.replace(/\$\d+$/, "")]));
  if (new Set(names.values()).size < names.size) return (text) => text;
  return (text) => text.replace(/[A-Za-z_][\w$]*/g, (word) => names.get(word) ?? word);
}

/** A record is one argument, whose fields are parameters: they follow one another. */
function paramsOf(func: Func, plain: Plain, values: ValueTypes): ParamSignature[] {
  const args: string[] = [];
  return func.params.map(({ name, value, default: given }) => {
    const [first = "", ...fields] = name.split(".");
    if (args.at(-1) !== first) args.push(first);
    const fallback = given === undefined ? {} : { default: given };
    const leaf = leafOf(value.type, plain, values);
    return { name, path: [args.length - 1, ...fields], ...leaf, ...fallback };
  });
}

function leafOf(type: Type, plain: Plain, values: ValueTypes): LeafSignature {
  if (type.kind === "f64") return { dtype: "f64" };
  if (type.kind === "bool") return { dtype: "boolean" };
  if (type.kind !== "tensor") return { dtype: "value", type: values.of(type, plain) };
  return {
    dtype: type.dtype,
    shape: type.shape.map((d) => (typeof d === "number" ? d : plain(d.text))),
  };
}

/** The structure, with its unions added to `unions`. */
function resultOf(shape: ResultShape, unions: UnionSignature[]): ResultSignature {
  switch (shape.kind) {
    case "void":
      return null;
    case "leaf":
      return shape.result;
    case "union": {
      const options = shape.options.map(([code, s]) => [code, resultOf(s, unions)] as const);
      unions.push([shape.result, options]);
      return -unions.length;
    }
    case "list":
      return shape.items.map((s) => resultOf(s, unions));
    case "record":
      return Object.fromEntries(shape.fields.map(([name, s]) => [name, resultOf(s, unions)]));
  }
}

/** Names of entries that read and write state on the heap: no function of a program has such a one. */
export const getterName = (state: string): string => `get ${state}`;
export const setterName = (state: string): string => `set ${state}`;
export const isAccessor = (entry: string): boolean => /^[gs]et /.test(entry);

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

export function toJson(signature: ModuleSignature): string {
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
