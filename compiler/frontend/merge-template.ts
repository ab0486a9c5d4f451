/**
 * Owns what values from several paths become behind them: one value that all share, a graph value, a
 * list or record of such, or a conflict that is reported where it is used.
 */

import { boolType, f64Type, strType, type Type } from "../graph/ir.ts";
import { equalType, printType } from "../graph/type.ts";
import type { TensorType } from "../ops/types.ts";
import type { Block, Definitions } from "./block.ts";
import type { Scope, Unit } from "./context.ts";
import type { Environment } from "./environment.ts";
import { cellKey, graphType, tensorTypeOf } from "./graph-values.ts";
import { mayLieOnHeap, meetingSite } from "./heap/meeting-captured.ts";
import { codeOfValue } from "./heap/narrow.ts";
import { type HeapShapes, joinTensors } from "./heap/shapes.ts";
import type { ModuleTables } from "./module-tables.ts";
import type { RunSizes } from "./run-sizes.ts";
import type { HeapObject, Store, Variable } from "./store.ts";
import {
  type AbstractValue,
  type ConflictReason,
  describeValue,
  failed,
  isBoolean,
  isNothing,
  isNumber,
  isTensor,
  isText,
  sameValue,
} from "./values.ts";

export type Template =
  | { readonly kind: "same"; readonly value: AbstractValue }
  | LeafTemplate
  | ObjectTemplate
  | UnionTemplate
  | ChoiceTemplate
  | { readonly kind: "conflict"; readonly reason: ConflictReason };

/** A graph value. */
export interface LeafTemplate {
  readonly kind: "leaf";
  readonly type: Type;
  readonly hint: string | undefined;
  /** Of a tensor that is handed over in a box, because its sizes differ. */
  readonly boxed?: TensorType;
}

/** A new object that stands for the objects of all paths. */
export interface ObjectTemplate {
  readonly kind: "object";
  readonly shape: "list" | "record";
  readonly fields: Map<string, Template>;
  readonly sources: readonly HeapObject[];
  /** Where the objects were made. */
  readonly sites: readonly string[];
}

/** One of several kinds of value, by a tag: each kind is nothing, or a leaf. */
export interface UnionTemplate {
  readonly kind: "union";
  readonly tag: LeafTemplate;
  readonly options: readonly (readonly [code: number, option: Template])[];
}

/** One of several functions or captured objects, by a tag. */
export interface ChoiceTemplate {
  readonly kind: "choice";
  readonly tag: LeafTemplate;
  readonly options: readonly AbstractValue[];
  /** What functions that were made on one path know of it. */
  readonly carried: ReadonlyMap<Variable, AbstractValue>;
}

/** A value on one path, and the store that its contents are in. */
export interface Sided {
  readonly value: AbstractValue;
  readonly store: Store;
}

/** The contents of an object that exists before the paths part. */
export type ContentsTemplate =
  | { readonly kind: "fields"; readonly fields: ReadonlyMap<string, Template> }
  | { readonly kind: "conflict"; readonly reason: ConflictReason };

/** Each is code of its own wherever the value is used. */
const mostOptions = 8;

export class Templates {
  readonly #definitions: Definitions;
  readonly #runSizes: RunSizes;
  readonly #tables: ModuleTables;
  readonly #heap: HeapShapes;
  readonly #environment: Environment;
  readonly #home: Block;
  readonly #base: Store;
  readonly #forHost: boolean;
  readonly #site: string | undefined;
  readonly #numbers = new Map<HeapObject, number>();
  readonly #objects = new Map<string, ObjectTemplate>();

  /**
   * `home` is where the merged values will be used; `base` holds what is older than the paths. A host
   * gets even what is known when compiling as a value, and knows no objects that are one. `site` names
   * the meeting where tensors can be handed over in boxes.
   */
  constructor(
    unit: Unit,
    home: Block,
    base: Store,
    forHost: boolean,
    site: string | undefined = undefined,
  ) {
    const { definitions, runSizes, tables, heap, environment } = unit;
    this.#definitions = definitions;
    this.#runSizes = runSizes;
    this.#tables = tables;
    this.#heap = heap;
    this.#environment = environment;
    this.#home = home;
    this.#base = base;
    this.#forHost = forHost;
    this.#site = site;
  }

  /** `before` is what an earlier search found for the same place: what was open stays so. */
  of(all: readonly Sided[], hint: string | undefined, before?: Template): Template {
    // What has been reported on one path says nothing about the others.
    const sides = all.filter((s) => s.value.kind !== "error");
    const first = sides[0]?.value;
    if (first === undefined) return { kind: "same", value: failed };
    const conflict = sides.find((s) => s.value.kind === "conflict")?.value;
    if (conflict?.kind === "conflict") return { kind: "conflict", reason: conflict.reason };
    const known = sides.every((s) => sameValue(s.value, first)) && this.#outlives(first);
    if (known && !(this.#forHost && graphType(first) !== undefined)) {
      return { kind: "same", value: first };
    }
    if (sides.every((s) => isNumber(s.value))) return { kind: "leaf", type: f64Type, hint };
    if (sides.every((s) => isBoolean(s.value))) return { kind: "leaf", type: boolType, hint };
    if (sides.some((s) => this.#isWrittenCell(s.value)) && !this.#forHost) return either(sides);
    if (sides.every((s) => isText(s.value))) return { kind: "leaf", type: strType, hint };
    if (sides.every((s) => isTensor(s.value))) {
      const types = sides.map((s) => tensorTypeOf(s.value)!);
      return this.#tensor(types, hint, before);
    }
    return (
      this.#object(sides, hint) ??
      this.#union(sides, hint, before) ??
      this.#choice(sides, before) ??
      either(sides)
    );
  }

  /** Functions, or captured objects, that are all known behind the paths; those of an earlier search keep their tags. */
  #choice(sides: readonly Sided[], before: Template | undefined): Template | undefined {
    const earlier = before?.kind === "choice" ? before : undefined;
    const options = [...(earlier?.options ?? [])];
    const carried = new Map(earlier?.carried);
    for (const { value, store } of sides) {
      for (const option of value.kind === "choice" ? value.options : [value]) {
        if (!isChosen(option) || !this.#carry(option, store, carried)) return undefined;
        if (options.some((o) => sameValue(o, option))) continue;
        // One that each walk over a loop makes anew would be another option each time.
        if (earlier?.options.some((o) => isMadeLike(o, option))) return undefined;
        options.push(option);
      }
    }
    const isObject = options[0]?.kind === "object";
    if (options.some((o) => (o.kind === "object") !== isObject)) return undefined;
    if (options.length > mostOptions) return undefined;
    const tag: LeafTemplate = { kind: "leaf", type: f64Type, hint: undefined };
    return { kind: "choice", tag, options, carried };
  }

  /** Whether a value can be used behind its path, if the variables `carried` are known there. */
  #carry(v: AbstractValue, store: Store, carried: Map<Variable, AbstractValue>): boolean {
    if (v.kind !== "closure") return this.#outlives(v);
    for (let s: Scope | undefined = v.scope; s !== undefined; s = s.parent) {
      for (const variable of s.own) {
        if (this.#base.has(variable) || carried.has(variable)) continue;
        const value = store.variable(variable);
        if (value === undefined) return false;
        carried.set(variable, value);
        if (!this.#carry(value, store, carried)) return false;
      }
    }
    return true;
  }

  /** References to objects of one shape are a leaf; values of several kinds are a union. */
  #union(
    sides: readonly Sided[],
    hint: string | undefined,
    before: Template | undefined,
  ): Template | undefined {
    const sites = sides.flatMap(({ value }) => (value.kind === "ref" ? value.object.sites : []));
    const kinds = new Map<number, AbstractValue[]>();
    for (const { value } of sides) {
      const options = value.kind === "union" ? value.options.map((o) => o.value) : [value];
      for (const option of options) {
        if (option.kind === "ref") continue;
        if (option.kind === "array" || option.kind === "object") {
          if (!mayLieOnHeap(this.#environment, option.identity)) return undefined;
          sites.push(meetingSite(this.#heap, option.identity));
          continue;
        }
        const code = codeOfValue(option, this.#heap);
        if (code === undefined) return undefined;
        kinds.set(code, [...(kinds.get(code) ?? []), option]);
      }
    }
    // On the heap the objects can be told apart from nothing, and meet others.
    if (sites.length > 0) return { kind: "conflict", reason: { kind: "objects", sites } };
    const options: (readonly [number, Template])[] = [];
    for (const [code, values] of [...kinds].sort(([a], [b]) => a - b)) {
      const last = before?.kind === "union" ? before.options : [];
      const template = this.#option(values, hint, last.find(([c]) => c === code)?.[1]);
      if (template.kind === "conflict") return template;
      options.push([code, template]);
    }
    const [only] = options;
    if (options.length === 1 && only !== undefined) return only[1];
    return { kind: "union", tag: { kind: "leaf", type: f64Type, hint: undefined }, options };
  }

  #option(
    values: readonly AbstractValue[],
    hint: string | undefined,
    before: Template | undefined,
  ): Template {
    const [first] = values;
    if (first === undefined || isNothing(first)) return { kind: "same", value: first ?? failed };
    if (values.every(isTensor)) {
      return this.#tensor(
        values.map((v) => tensorTypeOf(v)!),
        hint,
        before,
      );
    }
    const types = values.map((v) => graphType(v)!);
    for (const type of types) this.#heap.meet(types[0]!, type);
    const other = types.find((t) => !equalType(t, types[0]!));
    if (other === undefined) return { kind: "leaf", type: types[0]!, hint };
    return shapeConflict(types[0]!, other, undefined);
  }

  contents(
    sides: readonly Store[],
    object: HeapObject,
    hint: string,
    before: ContentsTemplate | undefined,
  ): ContentsTemplate {
    const all = sides.map((store) => store.object(object));
    const conflict = all.find((c) => c.conflict !== undefined)?.conflict;
    if (conflict !== undefined) return { kind: "conflict", reason: conflict };
    const keys = sameKeys(all.map((c) => c.fields));
    if (keys === undefined) {
      return { kind: "conflict", reason: lengthConflict(all, object.sites) };
    }
    const fields = new Map<string, Template>();
    for (const key of keys) {
      const values = all.map((c, i) => ({ value: c.fields.get(key)!, store: sides[i]! }));
      const last = before?.kind === "fields" ? before.fields.get(key) : undefined;
      fields.set(key, this.of(values, hint, last));
    }
    return { kind: "fields", fields };
  }

  /** A tensor of one type, all of whose sizes are known behind the paths, or one in a box; a host is told any sizes. */
  #tensor(
    types: readonly TensorType[],
    hint: string | undefined,
    before: Template | undefined,
  ): Template {
    const first = types[0]!;
    const earlier = before?.kind === "leaf" ? before.boxed : undefined;
    const other =
      types.find((t) => !equalType(t, first)) ??
      types.find((t) => !this.#runSizes.isTypeVisible(t, this.#home));
    if (other === undefined && earlier === undefined) return { kind: "leaf", type: first, hint };
    const open = this.#opened(earlier === undefined ? types : [earlier, ...types]);
    if (open !== undefined && this.#forHost) return { kind: "leaf", type: open, hint };
    const site = open && this.#site && `${this.#site} ${hint ?? ""}`;
    if (open === undefined || site === undefined || !this.#heap.isDemanded(site)) {
      return shapeConflict(first, other ?? first, site);
    }
    return { kind: "leaf", type: this.#heap.boxOf(open), hint, boxed: open };
  }

  /** The type with every size that differs left open; for a box those too that a run tells. */
  #opened(types: readonly TensorType[]): TensorType | undefined {
    let all: TensorType | undefined = types[0];
    for (const t of types) all = all && joinTensors(all, t);
    if (all === undefined) return undefined;
    // What is in a box outlives the place where a size of the run is known.
    return this.#forHost ? all : this.#runSizes.opened(all);
  }

  /** Whether a value that is the same on all paths can be used behind them. */
  #outlives(v: AbstractValue): boolean {
    if (v.kind === "size" || v.kind === "quotient") {
      return this.#runSizes.isDimVisible(v.dim, this.#home);
    }
    if (v.kind === "dynamic") return this.#definitions.isVisible(v.value, this.#home);
    if (v.kind === "ref") return this.#base.has(v.object);
    if (v.kind === "union") {
      return [
        v.tag,
        ...v.options.flatMap((o) => (o.value.kind === "dynamic" ? [o.value.value] : [])),
      ].every((value) => this.#definitions.isVisible(value, this.#home));
    }
    if (v.kind === "choice") {
      return (
        this.#definitions.isVisible(v.tag, this.#home) && v.options.every((o) => this.#outlives(o))
      );
    }
    return v.kind !== "closure" || this.#scopeOutlives(v.scope);
  }

  /** A cell that is written is an object: its value may change while a variable holds it. */
  #isWrittenCell(v: AbstractValue): boolean {
    return (
      v.kind === "tensor" &&
      v.tensor.kind === "cell" &&
      this.#tables.stateOf(v.tensor.identity, cellKey) !== undefined
    );
  }

  #scopeOutlives(scope: Scope): boolean {
    for (let s: Scope | undefined = scope; s !== undefined; s = s.parent) {
      if (s.own.some((variable) => !this.#base.has(variable))) return false;
    }
    return true;
  }

  #object(sides: readonly Sided[], hint: string | undefined): Template | undefined {
    const objects: HeapObject[] = [];
    for (const { value } of sides) if (value.kind === "ref") objects.push(value.object);
    const shape = objects[0]?.shape;
    if (shape === undefined || objects.length < sides.length) return undefined;
    if (objects.some((o) => o.shape !== shape)) return undefined;
    // Instances of different classes are told apart on the heap only.
    if (objects.some((o) => o.type !== objects[0]!.type)) return undefined;
    // One template for each tuple of objects: what was one object on every path stays one object.
    const key = objects.map((o) => this.#numberOf(o)).join(" ");
    const known = this.#objects.get(key);
    if (known !== undefined && !this.#forHost) return known;
    const contents = sides.map(({ store }, i) => store.object(objects[i]!));
    const broken = contents.find((c) => c.conflict !== undefined)?.conflict;
    if (broken !== undefined) return { kind: "conflict", reason: broken };
    const keys = sameKeys(contents.map((c) => c.fields));
    if (keys === undefined) {
      const sites = objects.flatMap((o) => o.sites);
      return { kind: "conflict", reason: lengthConflict(contents, sites) };
    }
    const fields = new Map<string, Template>();
    const sites = [...new Set(objects.flatMap((o) => o.sites))];
    const template: ObjectTemplate = { kind: "object", shape, fields, sources: objects, sites };
    this.#objects.set(key, template);
    for (const name of keys) {
      const values = contents.map((c, i) => ({
        value: c.fields.get(name)!,
        store: sides[i]!.store,
      }));
      fields.set(name, this.of(values, shape === "record" ? name : hint));
    }
    return template;
  }

  #numberOf(object: HeapObject): number {
    const known = this.#numbers.get(object);
    if (known !== undefined) return known;
    this.#numbers.set(object, this.#numbers.size);
    return this.#numbers.size - 1;
  }
}

/** What can be one of several: what is called, or has methods. */
const isChosen = (v: AbstractValue): boolean =>
  ["function", "closure", "operator", "builtin", "object"].includes(v.kind);

const isMadeLike = (a: AbstractValue, b: AbstractValue): boolean =>
  a.kind === "closure" && b.kind === "closure" && a.node === b.node;

const shapeConflict = (before: Type, after: Type, site: string | undefined): Template => ({
  kind: "conflict",
  reason: { kind: "shape", before: printType(before), after: printType(after), site },
});

function either(sides: readonly Sided[]): Template {
  const values = sides.flatMap(({ value }) => (value.kind === "choice" ? value.options : [value]));
  const names = [...new Set(values.map(describeValue))];
  const [left, right] = [names[0]!, names[1] ?? `another ${names[0]!.replace(/^an? /, "")}`];
  return { kind: "conflict", reason: { kind: "either", left, right } };
}

type Fields = ReadonlyMap<string, AbstractValue>;

/** The names that all have, in the order of the first; undefined if they differ. */
function sameKeys(all: readonly Fields[]): readonly string[] | undefined {
  const [first, ...rest] = all;
  const keys = [...first!.keys()];
  const agree = rest.every((f) => f.size === keys.length && keys.every((k) => f.has(k)));
  return agree ? keys : undefined;
}

function lengthConflict(
  all: readonly { readonly fields: Fields }[],
  sites: readonly string[],
): ConflictReason {
  const sizes = all.map((c) => c.fields.size);
  const before = sizes[0]!;
  const after = sizes.find((n) => n !== before) ?? before;
  const tensors = all.some((c) => [...c.fields.values()].some(isTensor));
  return { kind: "length", before, after, sites, tensors };
}

/** Equal texts exactly when two templates make the same graph values and nothing else changes. */
export function signature(t: Template, seen: ReadonlySet<Template> = new Set()): string {
  switch (t.kind) {
    case "same":
      return "=";
    case "leaf":
      return printType(t.type);
    case "conflict":
      return "!";
    case "choice":
      return `?${t.options.length}`;
    case "union":
      return `(${t.options.map(([code, o]) => `${code} ${signature(o, seen)}`).join()})`;
    case "object": {
      if (seen.has(t)) return "…";
      const inside = new Set([...seen, t]);
      return `{${[...t.fields].map(([k, f]) => `${k}:${signature(f, inside)}`).join()}}`;
    }
  }
}
