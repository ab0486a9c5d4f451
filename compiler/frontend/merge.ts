/** Owns the place where several paths meet: which values they hand over, and what holds behind it. */

import type ts from "typescript";
import type { ResultShape, Value } from "../graph/ir.ts";
import type { Block } from "./block.ts";
import type { Context, Frame } from "./context.ts";
import { numberNode, toTensor, toValue } from "./graph-values.ts";
import { box, unbox } from "./heap/boxes.ts";
import { absent } from "./heap/cells.ts";
import { codeOfValue, isTag } from "./heap/narrow.ts";
import {
  type ChoiceTemplate,
  type ContentsTemplate,
  type LeafTemplate,
  signature,
  type Template,
  Templates,
  type UnionTemplate,
} from "./merge-template.ts";
import { HeapObject, type Location, type Store, Variable } from "./store.ts";
import {
  type AbstractValue,
  type ConflictReason,
  constant,
  describeValue,
  dynamic,
  failed,
  isTensor,
  sameValue,
  type UnionOption,
} from "./values.ts";

/** The end of one path. */
export interface Side {
  readonly block: Block;
  readonly store: Store;
  readonly value: AbstractValue;
  readonly node: ts.Node;
  readonly frame: Frame;
}

/** What a meeting is besides. */
export interface MergeOptions {
  /** What an earlier search found. */
  readonly like?: Merge | undefined;
  /** Whether the values go to the host. */
  readonly forHost?: boolean;
  /** Names the meeting, if what it hands over may lie on the heap. */
  readonly site?: string;
}

/**
 * The meeting of `sides`, all of which extend `base`. Every side hands over the same leaves in the same
 * order: first of the value that the paths compute, then of each location that any of them wrote.
 */
export class Merge {
  readonly #sides: readonly Side[];
  readonly #value: Template;
  readonly #variables = new Map<Variable, Template>();
  readonly #objects = new Map<HeapObject, ContentsTemplate>();

  /**
   * Locations that `like` has come first and in its order, so that equal meetings match; what it found
   * in conflict stays so.
   */
  constructor(
    cx: Context,
    base: Store,
    home: Block,
    sides: readonly Side[],
    { like, forHost = false, site }: MergeOptions = {},
  ) {
    this.#sides = sides;
    const templates = new Templates(cx.unit, home, base, forHost, site);
    this.#value = templates.of(sides, undefined, like?.value);
    const stores = sides.map((s) => s.store);
    const changed = new Set<Location>(like?.locations);
    for (const store of stores) for (const at of store.changedSince(base)) changed.add(at);
    for (const location of changed) {
      if (location instanceof Variable) {
        const values = stores.map((store) => ({ value: store.variable(location)!, store }));
        const before = like?.ofVariable(location);
        const template = templates.of(values, location.name, before);
        this.#variables.set(location, before?.kind === "conflict" ? before : template);
      } else {
        const before = like?.ofObject(location);
        const contents = templates.contents(stores, location, "item", before);
        this.#objects.set(location, before?.kind === "conflict" ? before : contents);
      }
    }
  }

  /** How the leaves of the value are put together; a message's words for what a host cannot take. */
  get shape(): ResultShape | string {
    let next = 0;
    const shapeOf = (t: Template): ResultShape | string => {
      switch (t.kind) {
        case "leaf":
          return { kind: "leaf", result: next++ };
        case "conflict":
          return describeValue({ kind: "conflict", reason: t.reason });
        case "same":
          // In a record or a union, nothing is a value like others.
          return t.value.kind === "constant" && t.value.value === undefined
            ? { kind: "void" }
            : describeValue(t.value);
        case "choice":
          return t.options.map(describeValue).join(" or ");
        case "union": {
          const result = next++;
          const options: (readonly [number, ResultShape])[] = [];
          for (const [code, option] of t.options) {
            const given = option.kind === "leaf" ? shapeOf(option) : ({ kind: "void" } as const);
            if (typeof given === "string") return given;
            options.push([code, given]);
          }
          return { kind: "union", result, options };
        }
        case "object": {
          const fields = [...t.fields].map(([key, field]) => [key, shapeOf(field)] as const);
          const good: (readonly [string, ResultShape])[] = [];
          for (const [key, field] of fields) {
            if (typeof field === "string") return field;
            good.push([key, field]);
          }
          if (t.shape === "record") return { kind: "record", fields: good };
          return { kind: "list", items: good.map(([, item]) => item) };
        }
      }
    };
    const isVoid =
      this.#value.kind === "same" &&
      this.#value.value.kind === "constant" &&
      this.#value.value.value === undefined;
    return isVoid ? { kind: "void" } : shapeOf(this.#value);
  }

  /** Why the paths cannot agree on what they arrive with, or on a part of it. */
  get conflict(): ConflictReason | undefined {
    const seen = new Set<Template>();
    const within = (t: Template): ConflictReason | undefined => {
      if (t.kind === "conflict") return t.reason;
      if (t.kind !== "object" || seen.has(t)) return undefined;
      seen.add(t);
      for (const field of t.fields.values()) {
        const reason = within(field);
        if (reason !== undefined) return reason;
      }
      return undefined;
    };
    return within(this.#value);
  }

  /** What the paths arrive with. */
  get value(): Template {
    return this.#value;
  }

  get leaves(): readonly LeafTemplate[] {
    const found: LeafTemplate[] = [];
    this.#walk((leaf) => found.push(leaf));
    return found;
  }

  get locations(): readonly Location[] {
    return [...this.#variables.keys(), ...this.#objects.keys()];
  }

  ofVariable(variable: Variable): Template | undefined {
    return this.#variables.get(variable);
  }

  ofObject(object: HeapObject): ContentsTemplate | undefined {
    return this.#objects.get(object);
  }

  /** Whether the same locations meet, and with the same structure. */
  agreesWith(other: Merge): boolean {
    return (
      this.locations.length === other.locations.length &&
      [...this.#variables].every(([v, t]) => {
        const theirs = other.ofVariable(v);
        return theirs !== undefined && signature(theirs) === signature(t);
      }) &&
      [...this.#objects].every(([o, c]) => {
        const theirs = other.ofObject(o);
        return theirs !== undefined && contentsSignature(theirs) === contentsSignature(c);
      })
    );
  }

  /** What side `index` hands over, with the nodes that this takes at the end of its block. */
  operands(cx: Context, index: number): readonly Value[] {
    const side = this.#sides[index]!;
    const { block, store, frame } = cx;
    cx.block = side.block.place;
    cx.store = side.store;
    cx.frame = side.frame;
    const operands: Value[] = [];
    this.#walkSide(cx, side, (leaf, value) => {
      // After an error the module is not made, so that any value will do.
      const made =
        value.kind === "error" || value.kind === "conflict"
          ? cx.unit.definitions.define(leaf.type, cx.block)
          : handedOver(cx, leaf, value, side.node);
      if (made === undefined) throw new Error("paths that meet hand over values of other kinds");
      operands.push(made);
    });
    cx.block = block;
    cx.store = store;
    cx.frame = frame;
    return operands;
  }

  /** Makes the store hold what the paths have in common, which `node` asks for; `values` stand for the leaves. */
  apply(cx: Context, values: readonly Value[], node: ts.Node): AbstractValue {
    const maker = new Instantiation(cx, this.#sides.length > 1, values, node);
    const result = maker.make(this.#value);
    for (const [variable, template] of this.#variables) {
      cx.store.setVariable(variable, maker.make(template));
    }
    for (const [object, contents] of this.#objects) {
      const shared =
        cx.store.object(object).shared || this.#sides.some((s) => s.store.object(object).shared);
      if (contents.kind === "conflict") {
        cx.store.setObject(object, { fields: new Map(), shared, conflict: contents.reason });
      } else {
        const fields = maker.makeFields(contents.fields);
        cx.store.setObject(object, { fields, shared, conflict: undefined });
      }
    }
    return result;
  }

  #walk(visit: (leaf: LeafTemplate) => void): void {
    const seen = new Set<Template>();
    const go = (t: Template): void => {
      if (t.kind === "leaf") visit(t);
      if (t.kind === "choice") visit(t.tag);
      if (t.kind === "union") {
        visit(t.tag);
        for (const [, option] of t.options) go(option);
      }
      if (t.kind !== "object" || seen.has(t)) return;
      seen.add(t);
      for (const field of t.fields.values()) go(field);
    };
    go(this.#value);
    for (const template of this.#variables.values()) go(template);
    for (const contents of this.#objects.values()) {
      if (contents.kind === "fields") for (const field of contents.fields.values()) go(field);
    }
  }

  /** The same walk, beside the values of one side. */
  #walkSide(
    cx: Context,
    side: Side,
    visit: (leaf: LeafTemplate, value: AbstractValue) => void,
  ): void {
    const seen = new Set<Template>();
    const go = (t: Template, value: AbstractValue): void => {
      if (t.kind === "leaf") visit(t, value);
      if (t.kind === "choice") visit(t.tag, tagOf(cx, t, value, side.node));
      if (t.kind === "union") walkUnion(cx, t, value, side.node, visit);
      if (t.kind !== "object" || seen.has(t)) return;
      seen.add(t);
      const fields = value.kind === "ref" ? side.store.object(value.object).fields : undefined;
      for (const [key, field] of t.fields) go(field, fields?.get(key) ?? failed);
    };
    go(this.#value, side.value);
    for (const [variable, template] of this.#variables) {
      go(template, side.store.variable(variable)!);
    }
    for (const [object, contents] of this.#objects) {
      if (contents.kind !== "fields") continue;
      const { fields } = side.store.object(object);
      for (const [key, field] of contents.fields) go(field, fields.get(key)!);
    }
  }
}

/** The graph value for a leaf: of a tensor that goes into a box, the box. */
function handedOver(
  cx: Context,
  { type, boxed }: LeafTemplate,
  value: AbstractValue,
  node: ts.Node,
): Value | undefined {
  if (boxed === undefined || !isTensor(value)) return toValue(cx, value, type, node);
  const tensor = toTensor(cx, value, node);
  return tensor && box(cx, tensor, type, node);
}

/** Which of the options a value is: another choice may have others, in another order. */
function tagOf(
  cx: Context,
  { options }: ChoiceTemplate,
  v: AbstractValue,
  node: ts.Node,
): AbstractValue {
  const codeOf = (wanted: AbstractValue): number => options.findIndex((o) => sameValue(o, wanted));
  if (v.kind === "error") return v;
  if (v.kind !== "choice") return constant(codeOf(v));
  const codes = v.options.map(codeOf);
  if (codes.every((code, i) => code === i)) return dynamic(v.tag);
  let code = numberNode(cx, codes.at(-1)!, node);
  for (let i = codes.length - 2; i >= 0; i--) {
    const own = numberNode(cx, codes[i]!, node);
    code = cx.scalar("choose", [isTag(cx, v.tag, i, node), own, code], "f64", node);
  }
  return dynamic(code);
}

/** The tag and the options of a value that is one of them, or a union of some of them. */
function walkUnion(
  cx: Context,
  t: UnionTemplate,
  value: AbstractValue,
  node: ts.Node,
  visit: (leaf: LeafTemplate, value: AbstractValue) => void,
): void {
  const isUnion = value.kind === "union";
  const code = isUnion ? undefined : codeOfValue(value, cx.unit.heap);
  visit(t.tag, isUnion ? dynamic(value.tag) : constant(code ?? 0));
  for (const [wanted, option] of t.options) {
    if (option.kind !== "leaf") continue;
    const given = isUnion
      ? value.options.find((o) => o.code === wanted)?.value
      : code === wanted
        ? value
        : undefined;
    visit(option, given ?? dynamic(absent(cx, option.type, node)));
  }
}

function contentsSignature(c: ContentsTemplate): string {
  if (c.kind === "conflict") return "!";
  return `{${[...c.fields].map(([k, f]) => `${k}:${signature(f)}`).join()}}`;
}

/** Puts graph values in the places of the leaves. */
class Instantiation {
  readonly #cx: Context;
  readonly #shared: boolean;
  readonly #values: Iterator<Value>;
  readonly #node: ts.Node;
  readonly #made = new Map<Template, AbstractValue>();

  constructor(cx: Context, shared: boolean, values: readonly Value[], node: ts.Node) {
    this.#node = node;
    this.#cx = cx;
    this.#shared = shared;
    this.#values = values[Symbol.iterator]();
  }

  make(t: Template): AbstractValue {
    switch (t.kind) {
      case "same":
        return t.value;
      case "conflict":
        return { kind: "conflict", reason: t.reason };
      case "leaf": {
        const next = this.#values.next();
        if (next.done) throw new Error("a meeting has fewer values than leaves");
        if (t.boxed === undefined) return dynamic(next.value);
        const tensor = unbox(this.#cx, next.value, t.boxed, this.#node);
        if (t.hint !== undefined) this.#cx.unit.definitions.suggestName(tensor, t.hint);
        return dynamic(tensor);
      }
      case "choice": {
        const tag = this.make(t.tag);
        if (tag.kind !== "dynamic") throw new Error("a tag is a number that is computed");
        for (const [variable, value] of t.carried) this.#cx.store.setVariable(variable, value);
        return { kind: "choice", tag: tag.value, options: t.options };
      }
      case "union": {
        const tag = this.make(t.tag);
        if (tag.kind !== "dynamic") throw new Error("a tag is a number that is computed");
        const options = t.options.map(([code, option]): UnionOption => {
          const value = this.make(option);
          if (value.kind === "dynamic" || value.kind === "constant") return { code, value };
          throw new Error("an option of a union is a value or nothing");
        });
        return { kind: "union", tag: tag.value, options };
      }
      case "object": {
        const known = this.#made.get(t);
        if (known !== undefined) return known;
        const object = new HeapObject(t.shape, t.sites);
        object.type = t.sources[0]?.type;
        const value: AbstractValue = { kind: "ref", object };
        this.#made.set(t, value);
        this.#share(t.sources);
        const fields = this.makeFields(t.fields);
        const { store } = this.#cx;
        store.setObject(object, { fields, shared: this.#shared, conflict: undefined });
        return value;
      }
    }
  }

  makeFields(fields: ReadonlyMap<string, Template>): ReadonlyMap<string, AbstractValue> {
    return new Map([...fields].map(([key, t]) => [key, this.make(t)]));
  }

  /** A write to one of the merged objects would have to show in the new one, on that path only. */
  #share(sources: readonly HeapObject[]): void {
    if (!this.#shared) return;
    const { store } = this.#cx;
    for (const source of sources) {
      if (store.has(source)) store.setObject(source, { ...store.object(source), shared: true });
    }
  }
}
