/**
 * Abstract values: what the frontend knows of each value while it walks a function. A value is
 * static (known when compiling) or dynamic (a graph value, computed at run time).
 */

import type ts from "typescript";
import type { Type, Value } from "../graph/ir.ts";
import type { Dim, DimExpr } from "../ops/dim.ts";
import type { Trace } from "../ops/trace.ts";
import { printTensorType } from "../ops/types.ts";
import type { Frame, Scope } from "./context.ts";
import type { CapturedTensor, FunctionSource } from "./environment.ts";
import type { FunctionNode } from "./program.ts";
import type { HeapObject } from "./store.ts";

export type Primitive = number | string | boolean | null | undefined;

export interface Constant {
  readonly kind: "constant";
  readonly value: Primitive;
}

/** A number that is a size: it stays symbolic, and can be used in shapes. */
export interface Size {
  readonly kind: "size";
  readonly dim: DimExpr;
}

/** `dim / divisor` that does not divide exactly; `Math.floor` of it is a size again. */
export interface Quotient {
  readonly kind: "quotient";
  readonly dim: DimExpr;
  readonly divisor: number;
}

/** Computed at run time: a tensor, a number, a boolean, a text or an object of the heap. */
export interface Dynamic {
  readonly kind: "dynamic";
  readonly value: Value;
}

/** A captured tensor, or the cell of a parameter or buffer; `path` is how the program reaches it. */
export interface TensorConstant {
  readonly kind: "tensor";
  readonly tensor: CapturedTensor;
  readonly path: string;
}

/** A captured object, list or class, by identity. */
export interface CapturedObject {
  readonly kind: "object";
  readonly identity: object;
  readonly className: string;
  readonly path: string;
}
export interface CapturedList {
  readonly kind: "array";
  readonly identity: readonly unknown[];
  readonly path: string;
}
export interface CapturedClass {
  readonly kind: "class";
  readonly identity: object;
  readonly name: string;
}

/** A captured function or method. */
export interface CapturedFunction {
  readonly kind: "function";
  readonly identity: object;
  readonly name: string;
  readonly source: FunctionSource | undefined;
  /** What it does, if that was recorded. */
  readonly trace?: Trace;
}

/** A function written inside the function that is being compiled. */
export interface Closure {
  readonly kind: "closure";
  readonly node: FunctionNode;
  readonly name: string;
  readonly scope: Scope;
  readonly frame: Frame;
}

export interface Operator {
  readonly kind: "operator";
  readonly op: string;
}
export interface Builtin {
  readonly kind: "builtin";
  readonly name: string;
}

/** A list or record made by script; its contents are in the store. */
export interface ObjectRef {
  readonly kind: "ref";
  readonly object: HeapObject;
}

/** One way that a value may be, by its tag: nothing, which is known, or computed at run time. */
export interface UnionOption {
  readonly code: number;
  readonly value: Constant | Dynamic;
}

/** One of several kinds of value; `tag` says at run time which. Options are in order of their codes. */
export interface Union {
  readonly kind: "union";
  readonly tag: Value;
  readonly options: readonly UnionOption[];
}

/** One of several functions or captured objects, which are known; `tag` says at run time which, counted from 0. */
export interface Choice {
  readonly kind: "choice";
  readonly tag: Value;
  readonly options: readonly AbstractValue[];
}

/** What `keys()`, `values()` or `entries()` of a list, map or set give: for loops and spreads. */
export interface Entries {
  readonly kind: "entries";
  readonly source: Dynamic;
  readonly of: "keys" | "values" | "entries";
}

/** The last arguments of a call, of which only a run knows how many there are: a list of their own on the heap. */
export interface SpreadArguments {
  readonly kind: "spread";
  readonly list: Dynamic;
}

/** Different on different paths, in a way that cannot be merged; reported where it is used. */
export interface Conflict {
  readonly kind: "conflict";
  readonly reason: ConflictReason;
}
export type ConflictReason =
  | { readonly kind: "either"; readonly left: string; readonly right: string }
  | {
      readonly kind: "shape";
      readonly before: string;
      readonly after: string;
      /** Where the paths meet, if a box can be handed over there. */
      readonly site: string | undefined;
    }
  | {
      readonly kind: "length";
      readonly before: number;
      readonly after: number;
      readonly sites: readonly string[];
      /** Some of the elements are tensors, whose shapes are better known. */
      readonly tensors: boolean;
    }
  /** Objects that would be one value if they were on the heap. */
  | { readonly kind: "objects"; readonly sites: readonly string[] };

/** Something that the subset has no place for, named in the user's words. */
export interface Other {
  readonly kind: "other";
  readonly what: string;
}

/** Already reported; silences what follows from it. */
export interface Failed {
  readonly kind: "error";
}

export type AbstractValue =
  | Constant
  | Size
  | Quotient
  | Dynamic
  | TensorConstant
  | CapturedObject
  | CapturedList
  | CapturedClass
  | CapturedFunction
  | Closure
  | Operator
  | Builtin
  | ObjectRef
  | Union
  | Choice
  | Entries
  | SpreadArguments
  | Conflict
  | Other
  | Failed;

export type Callable = CapturedFunction | Closure;

export const failed: Failed = { kind: "error" };
export const undefinedValue: Constant = { kind: "constant", value: undefined };
export const constant = (value: Primitive): Constant => ({ kind: "constant", value });
export const dynamic = (value: Value): Dynamic => ({ kind: "dynamic", value });
export const sizeOf = (dim: Dim): Constant | Size =>
  typeof dim === "number" ? constant(dim) : { kind: "size", dim };

export const isNothing = (v: AbstractValue): boolean =>
  v.kind === "constant" && (v.value === undefined || v.value === null);

type DynamicOf<K extends Type["kind"]> = Dynamic & {
  readonly value: { readonly type: { readonly kind: K } };
};
type ConstantOf<T extends Primitive> = Constant & { readonly value: T };

export type TensorValue = DynamicOf<"tensor"> | TensorConstant;
export type NumberValue = DynamicOf<"f64"> | ConstantOf<number> | Size | Quotient;
export type BooleanValue = DynamicOf<"bool"> | ConstantOf<boolean>;

export const isTensor = (v: AbstractValue): v is TensorValue =>
  v.kind === "tensor" || (v.kind === "dynamic" && v.value.type.kind === "tensor");

export const isNumber = (v: AbstractValue): v is NumberValue => {
  if (v.kind === "constant") return typeof v.value === "number";
  if (v.kind === "dynamic") return v.value.type.kind === "f64";
  return v.kind === "size" || v.kind === "quotient";
};

export type TextValue = DynamicOf<"str"> | ConstantOf<string>;

export const isText = (v: AbstractValue): v is TextValue =>
  v.kind === "constant"
    ? typeof v.value === "string"
    : v.kind === "dynamic" && v.value.type.kind === "str";

export const isBoolean = (v: AbstractValue): v is BooleanValue =>
  v.kind === "constant"
    ? typeof v.value === "boolean"
    : v.kind === "dynamic" && v.value.type.kind === "bool";

/** Whether two static values are the same value; two dynamic ones are, if they are one graph value. */
export function sameValue(a: AbstractValue, b: AbstractValue): boolean {
  if (a === b) return true;
  switch (a.kind) {
    case "constant":
      return b.kind === "constant" && Object.is(a.value, b.value);
    case "size":
      return b.kind === "size" && a.dim.text === b.dim.text;
    case "quotient":
      return b.kind === "quotient" && a.dim.text === b.dim.text && a.divisor === b.divisor;
    case "dynamic":
      return b.kind === "dynamic" && a.value === b.value;
    case "tensor":
      return b.kind === "tensor" && a.tensor.identity === b.tensor.identity;
    case "object":
    case "array":
    case "class":
    case "function":
      return b.kind === a.kind && a.identity === b.identity;
    case "closure":
      return b.kind === "closure" && a.node === b.node && a.scope === b.scope;
    case "operator":
      return b.kind === "operator" && a.op === b.op;
    case "builtin":
      return b.kind === "builtin" && a.name === b.name;
    case "ref":
      return b.kind === "ref" && a.object === b.object;
    case "error":
      return b.kind === "error";
    case "entries":
      return b.kind === "entries" && a.source.value === b.source.value && a.of === b.of;
    case "union":
      return (
        b.kind === "union" &&
        a.tag === b.tag &&
        a.options.length === b.options.length &&
        a.options.every((o, i) => sameValue(o.value, b.options[i]!.value))
      );
    case "choice":
      return (
        b.kind === "choice" &&
        a.tag === b.tag &&
        a.options.length === b.options.length &&
        a.options.every((o, i) => sameValue(o, b.options[i]!))
      );
    case "spread":
    case "conflict":
    case "other":
      return false;
  }
}

/** How a message names a type of a value that is computed at run time. */
export function describeType(type: Type): string {
  switch (type.kind) {
    case "tensor":
      return printTensorType(type);
    case "f64":
    case "i32":
      return "a number";
    case "bool":
      return "a boolean";
    case "str":
      return "a string";
    case "ref":
      return /^(list|record|map)/.exec(type.name)?.[0].replace(/^/, "a ") ?? "an object";
  }
}

/** How a message names a value. */
export function describeValue(v: AbstractValue): string {
  switch (v.kind) {
    case "constant":
      return typeof v.value === "string" ? JSON.stringify(v.value) : String(v.value);
    case "size":
    case "quotient":
      return "a number";
    case "dynamic":
      return describeType(v.value.type);
    case "tensor":
      return v.tensor.kind === "cell" ? `the cell ${v.path}` : printTensorType(v.tensor.type);
    case "object":
      return v.className === "Object" ? "a record" : `an instance of ${v.className}`;
    case "array":
      return "a list";
    case "class":
      return `the class ${v.name}`;
    case "function":
    case "closure":
      return v.name === "" ? "a function" : `the function ${v.name}`;
    case "operator":
      return `the operator ${v.op}`;
    case "builtin":
      return `\`${v.name}\``;
    case "ref":
      return v.object.shape === "list" ? "a list" : "a record";
    case "union":
      return v.options.map((o) => describeValue(o.value)).join(" or ");
    case "choice":
      return v.options.map(describeValue).join(" or ");
    case "entries":
      return `an iterator of ${v.of}`;
    case "spread":
      return "a list of arguments";
    case "other":
      return v.what;
    case "conflict":
    case "error":
      return "a value that cannot be compiled";
  }
}

/** A call, or the declaration of an entry point: where the work on a function was asked for. */
export interface CallSite {
  readonly node: ts.Node;
  readonly file: ts.SourceFile;
  /** What is called, as the user wrote it. */
  readonly text: string;
}
