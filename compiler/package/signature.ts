/** What a compiled module says about itself: its entries, their types, its failure sites, its state. */

import type { Module, ResultShape, Type } from "../graph/ir.ts";
import { placeData } from "../loop/ir.ts";
import type { LoweredModule } from "../lower/lower-module.ts";
import { stateName } from "../lower/names.ts";

export const signatureVersion = 1;

/** A dtype of parameters and results; `f64` and `boolean` are plain numbers and booleans. */
export type LeafType = "f32" | "i32" | "bool" | "f64" | "boolean";

export interface ParamSignature {
  readonly name: string;
  readonly dtype: LeafType;
  /** Absent for numbers and booleans. A size is a number, or the text of an expression over names. */
  readonly shape?: readonly (number | string)[];
}

export interface LeafSignature {
  readonly dtype: LeafType;
  readonly shape?: readonly (number | string)[];
}

/** The structure of a result: a leaf is a number into `results`. */
export type ResultSignature =
  | number
  | null
  | { readonly list: readonly ResultSignature[] }
  | { readonly record: readonly (readonly [string, ResultSignature])[] };

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
    entries: lowered.entries.map(({ func, symbols }) => ({
      name: func.name,
      doc: func.doc,
      params: func.params.map((p) => ({ name: p.name, ...leafOf(p.value.type) })),
      sizes: symbols.map((name) => {
        const bounds = module.sizes.find((s) => s.name === name);
        return { name, min: bounds?.min ?? 0, max: bounds?.max ?? null };
      }),
      results: func.results.map(leafOf),
      result: resultOf(func.shape),
    })),
    state: [...module.state.values()].map((cell) => ({
      name: cell.name,
      ...leafOf(cell.type),
      address: addresses.get(stateName(cell.name))!,
    })),
    sites: lowered.sites.sites.map(({ span }) => {
      const at = span && locate(span);
      return at ? [at.file, at.line, at.column] : null;
    }),
  };
}

function leafOf(type: Type): LeafSignature {
  if (type.kind === "f64") return { dtype: "f64" };
  if (type.kind === "bool") return { dtype: "boolean" };
  return {
    dtype: type.dtype,
    shape: type.shape.map((d) => (typeof d === "number" ? d : d.text)),
  };
}

function resultOf(shape: ResultShape): ResultSignature {
  switch (shape.kind) {
    case "void":
      return null;
    case "leaf":
      return shape.result;
    case "list":
      return { list: shape.items.map(resultOf) };
    case "record":
      return { record: shape.fields.map(([name, s]) => [name, resultOf(s)]) };
  }
}

/** The custom section `glim` of a module. */
export const signatureSection = (
  signature: ModuleSignature,
): { name: string; bytes: Uint8Array } => ({
  name: "glim",
  bytes: new TextEncoder().encode(JSON.stringify(signature)),
});
