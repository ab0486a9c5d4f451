/**
 * Graph IR: typed values in single assignment, with structured regions instead of a control-flow
 * graph. `text.ts` prints and parses it, `verify.ts` states its laws.
 */

import type { Dim } from "../ops/dim.ts";
import type { Attr, Attrs } from "../ops/op.ts";
import type { TensorType } from "../ops/types.ts";
import type { HeapType } from "./heap-types.ts";
import type { Layout } from "./layout.ts";

/** A place in a source file; positions are offsets in UTF-16 units. */
export interface Span {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  /** On the way back of a gradient: the operation that is gone back through. */
  readonly back?: string;
}

/** `str` is a text; a `ref` refers to what lies on the heap, whose type the module names. */
export type Type =
  | TensorType
  | { readonly kind: "f64" }
  /** Numbers that are known to be integers of 32 bits; only passes make them. */
  | { readonly kind: "i32" }
  | { readonly kind: "bool" }
  | { readonly kind: "str" }
  | { readonly kind: "ref"; readonly name: string };

export const f64Type: Type = { kind: "f64" };
export const i32Type: Type = { kind: "i32" };
export const boolType: Type = { kind: "bool" };
export const strType: Type = { kind: "str" };
export const refType = (name: string): Type => ({ kind: "ref", name });

/** One value. Identity is the object; names are given when printing. */
export interface Value {
  readonly type: Type;
  /** A name to print, from the source where there is one. */
  readonly hint: string | undefined;
  /** How a tensor lies in memory; undefined before layouts are chosen means row-major. */
  readonly layout: Layout | undefined;
}

/**
 * A node. `op` is the name of an operator in the registry, or one of the core operations:
 *
 * | op | operands → results | attributes, regions |
 * | --- | --- | --- |
 * | `const` | → tensor | `name` of a module constant |
 * | `splat` | f64 or bool → rank-0 tensor of the result's dtype, rounded once | |
 * | `number` | → f64 or i32 | `value` (NaN, ±Infinity and -0 as text) |
 * | `boolean` | → bool | `value` |
 * | `size` | → f64 | `dim`: the value of a dimension |
 * | `bind` | f64 → | `name`: a size that has this value from here on; `message`: stops the call where it is none |
 * | `item` | tensor of one element → f64 or bool | |
 * | `scalar` | f64/i32/bool … → f64/i32/bool | `fn`: a name in scalars.ts |
 * | `text` | → str | `value` |
 * | `texts` | str/f64/bool … → str/f64/bool/list | `fn`: a name in text-functions.ts |
 * | `empty` | → str or ref that refers to nothing, and is never read | |
 * | `same` | ref, ref → bool: one object or two | |
 * | `box` / `unbox` | tensor → its box on the heap / box → tensor | |
 * | `box.size` | box → f64: the size of the tensor in it along an axis that its type leaves open | `axis` |
 * | `new` | leaves … → ref: a record of them, a list of elements of them, an empty map | |
 * | `field.get` / `field.set` | record → leaf / record, leaf → | `leaf`: which one |
 * | `list.length` | list → f64 or i32 | |
 * | `list.get` / `list.set` | list, index → leaf, zero outside / list, index, leaf → ; the index may be i32 | `leaf` |
 * | `list.push` | list, leaves … → | |
 * | `list.resize` | list, length → ; new leaves are zero; the length may be i32 | |
 * | `list.insert` / `list.remove` | list, position, count → ; new leaves are zero | |
 * | `list.slice` | list, from, to → a new list of those elements | |
 * | `list.reverse` | list → | |
 * | `list.join` | list of texts, str → str | |
 * | `list.ofTensor` | tensor of one axis → list of f64 or bool | |
 * | `list.toTensor` | list of f64 or bool → tensor of its elements, whose size is the list's length | |
 * | `list.stack` | list of boxes → their tensors, one after the other along a new first axis | |
 * | `map.size` | map → f64 | |
 * | `map.has` / `map.remove` | map, key → bool: whether it is, was there | |
 * | `map.get` | map, key → leaf, zero where the key is not there | `leaf` |
 * | `map.put` | map, key, leaves … → | |
 * | `map.clear` | map → | |
 * | `map.next` | map, f64 → f64: the first entry from that place on, −1 if there is none | |
 * | `map.keyAt` / `map.valueAt` | map, place → key / leaf | `leaf` |
 * | `map.hold` / `map.release` | map → : entries keep their places in between | |
 * | `layout` | tensor → the same tensor in the result's layout | |
 * | `kernel` | tensors → tensors | one region: its parameters, then operators on them, then `yield` |
 * | `if` | bool → values | two regions, each ends in `yield` or an exit |
 * | `loop` | initial values → values | `label`; one region with parameters; ends in an exit |
 * | `grad` | tensors → values, gradients | one region, its parameters differentiated for, as are `cells`; yields the output, its cotangent, the values |
 * | `customGrad` | value, tensors → the value | one region, whose parameter is the value's cotangent; yields those of the tensors |
 * | `checkpoint` | → values | one region; yields the values. Gradients compute it again instead of keeping it |
 * | `barrier` | value → the value; what is made of it is not merged with what is made of the operand | |
 * | `vmap` | tensors with examples along their first axes → values | one region, whose parameters are one example's; yields values, of which the first `results` are tensors of each example |
 * | `call` | values → values | `callee` |
 * | `state.get` / `state.set` | → value / value → | `name` |
 * | `check` | bool → | `message`; stops the call when false |
 * | `checkEqual` / `checkAtMost` | → | `left`, `right`: sizes; `message` |
 * | `yield` | values → | ends a region: the values of the enclosing `if` or `kernel` |
 * | `continue` / `break` | values → | `label`: next iteration / results of that loop |
 * | `return` | values → | ends the function |
 * | `throw` | nothing, or the text of the failure → | `message`, where no text is given |
 */
export interface Node {
  readonly op: string;
  readonly operands: readonly Value[];
  readonly attrs: Attrs;
  readonly results: readonly Value[];
  readonly regions: readonly Region[];
  readonly span: Span | undefined;
}

/** Nodes in order of execution; the last one is a terminator. */
export interface Region {
  readonly params: readonly Value[];
  readonly nodes: readonly Node[];
}

export interface Func {
  readonly name: string;
  /** Entries are exported; other functions exist only until they are inlined. */
  readonly entry: boolean;
  /** First sentence of the source's doc comment, for generated declarations. */
  readonly doc: string;
  readonly params: readonly Param[];
  readonly results: readonly Type[];
  /** How the results are given back to the host. */
  readonly shape: ResultShape;
  readonly body: Region;
  readonly span: Span | undefined;
}

export interface Param {
  /** `k`, or `options.k` for the field of a record. */
  readonly name: string;
  readonly value: Value;
  /** What the host may leave out is this. */
  readonly default?: number | boolean | string;
}

/** The host-side structure of an entry's result, its leaves being `results` in order. */
export type ResultShape =
  | { readonly kind: "void" }
  | { readonly kind: "leaf"; readonly result: number }
  | { readonly kind: "list"; readonly items: readonly ResultShape[] }
  | {
      readonly kind: "record";
      readonly fields: readonly (readonly [string, ResultShape])[];
    }
  /** `result` is the tag, `optionCode` of what it is. */
  | {
      readonly kind: "union";
      readonly result: number;
      readonly options: readonly (readonly [code: number, shape: ResultShape])[];
    };

export type TensorData = Float32Array | Float64Array | Int32Array | Uint8Array | Int8Array;

/** A tensor known when compiling. `data` is in `layout` (row-major when undefined). */
export interface Constant {
  readonly name: string;
  readonly type: TensorType;
  readonly layout: Layout | undefined;
  readonly data: TensorData;
  /** Further names by which the program reaches it, as tied weights have; absent if there are none. */
  readonly aliases?: readonly string[];
}

/** The function without parameters that gives a value on the heap, called before all else. */
export interface Maker {
  readonly maker: string;
}

/** A value that lives in the instance and keeps its value between calls. */
export interface StateCell {
  readonly name: string;
  readonly type: Type;
  readonly initial: TensorData | number | boolean | Maker;
}

/** The function that makes what a cell begins with; undefined where that is known when compiling. */
export const makerOf = ({ initial }: StateCell): string | undefined =>
  typeof initial === "object" && "maker" in initial ? initial.maker : undefined;

/** Bounds of a named size, from `script(…, { dims })`. */
export interface SizeBounds {
  readonly name: string;
  readonly min: number;
  readonly max: number;
}

export interface Module {
  readonly name: string;
  readonly funcs: readonly Func[];
  readonly constants: ReadonlyMap<string, Constant>;
  readonly state: ReadonlyMap<string, StateCell>;
  /** The types of what lies on the heap, by name. */
  readonly heap: ReadonlyMap<string, HeapType>;
  readonly sizes: readonly SizeBounds[];
}

export const terminators: ReadonlySet<string> = new Set([
  "yield",
  "continue",
  "break",
  "return",
  "throw",
]);

/** Nodes that must stay, in order, even when nothing uses their results. */
export const effects: ReadonlySet<string> = new Set([
  "state.set",
  "bind",
  "check",
  "checkEqual",
  "checkAtMost",
  "throw",
  "call",
  "field.set",
  "list.set",
  "list.push",
  "list.resize",
  "list.insert",
  "list.remove",
  "list.reverse",
  "list.toTensor",
  "map.remove",
  "map.put",
  "map.clear",
  "map.hold",
  "map.release",
]);

export const value = (type: Type, hint?: string, layout?: Layout): Value => ({
  type,
  hint,
  layout,
});

export function makeNode(
  op: string,
  operands: readonly Value[],
  attrs: Attrs,
  results: readonly Value[],
  span?: Span,
  regions: readonly Region[] = [],
): Node {
  return { op, operands, attrs, results, regions, span };
}

/** Reads an attribute that the verifier guarantees; a missing one is a bug in Glim. */
export function attrOf<T extends Attr>(node: Node, name: string, is: (a: Attr) => a is T): T {
  const value = node.attrs[name];
  if (value === undefined || !is(value)) {
    throw new Error(`${node.op}: attribute ${name} is missing or of another kind`);
  }
  return value;
}

export const isText = (a: Attr): a is string => typeof a === "string";
export const isNumber = (a: Attr): a is number => typeof a === "number";
export const isDim = (a: Attr): a is Dim =>
  typeof a === "number" || (typeof a === "object" && "terms" in a);

/** The type of a value that must be a tensor. */
export function tensorOf(v: Value): TensorType {
  if (v.type.kind !== "tensor") throw new Error(`expected a tensor, not ${v.type.kind}`);
  return v.type;
}
