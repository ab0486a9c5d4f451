/** Puts new nodes at the end of a list that can be changed; gradient rules build with it. */

import { inferResult } from "../../../graph/infer.ts";
import {
  boolType,
  f64Type,
  makeNode,
  type Node,
  type Region,
  type Span,
  type Type,
  tensorOf,
  type Value,
  value,
} from "../../../graph/ir.ts";
import { numberAttr } from "../../../graph/scalars.ts";
import { addSizesOfAttr, addSizesOfType, SizeNames } from "../../../graph/sizes.ts";
import type { Attrs, OpBuilder } from "../../../ops/op.ts";
import { opByName } from "../../../ops/registry.ts";
import { type DType, type TensorType, tensorType } from "../../../ops/types.ts";

/** Sizes that have other names at the current place. */
interface Renaming {
  readonly renamed: ReadonlyMap<string, string>;
  readonly names: SizeNames;
  /** Is told which of them something mentions. */
  readonly onUse: (size: string) => void;
}

export class Emitter implements OpBuilder<Value> {
  #renamings: readonly Renaming[] = [];
  nodes: Node[] = [];
  /** Whether a gradient around follows what is emitted, so that no tensor may be another than in eager mode. */
  isFollowed = false;
  /** What asked for the nodes. */
  span: Span | undefined;

  /** The nodes that `body` emits, apart from those so far. */
  apart(body: () => void): Node[] {
    const outer = this.nodes;
    this.nodes = [];
    body();
    const made = this.nodes;
    this.nodes = outer;
    return made;
  }

  /** Within `body`, sizes go by other names. */
  renaming<R>(
    renamed: ReadonlyMap<string, string>,
    onUse: (size: string) => void,
    body: () => R,
  ): R {
    const outer = this.#renamings;
    if (renamed.size > 0)
      this.#renamings = [...outer, { renamed, names: new SizeNames(renamed), onUse }];
    const result = body();
    this.#renamings = outer;
    return result;
  }

  /** The type as it is at the current place. */
  type<T extends Type>(type: T): Type {
    const sizes = new Set<string>();
    addSizesOfType(type, sizes);
    return this.#renamingsOf(sizes).reduce((t: Type, { names }) => names.type(t), type);
  }

  attrs(attrs: Attrs): Attrs {
    if (this.#renamings.length === 0) return attrs;
    const sizes = new Set<string>();
    for (const attr of Object.values(attrs)) addSizesOfAttr(attr, sizes);
    return this.#renamingsOf(sizes).reduce((a, { names }) => names.attrs(a), attrs);
  }

  #renamingsOf(sizes: ReadonlySet<string>): readonly Renaming[] {
    return this.#renamings.filter(({ renamed, onUse }) => {
      const used = [...sizes].filter((size) => renamed.has(size));
      used.forEach(onUse);
      return used.length > 0;
    });
  }

  node(
    op: string,
    operands: readonly Value[],
    attrs: Attrs = {},
    types: readonly Type[] = [],
    regions: readonly Region[] = [],
  ): readonly Value[] {
    const results = types.map((t) => value(this.type(t)));
    this.nodes.push(makeNode(op, operands, this.attrs(attrs), results, this.span, regions));
    return results;
  }

  /** A branch whose arms give values of these types. */
  if(
    condition: Value,
    types: readonly Type[],
    ...arms: readonly [() => readonly Value[], () => readonly Value[]]
  ): readonly Value[] {
    const regions = arms.map((arm): Region => {
      const nodes = this.apart(() => this.node("yield", arm()));
      return { params: [], nodes };
    });
    return this.node("if", [condition], {}, types, regions);
  }

  /** A loop whose rounds count from 0 up to `count`. */
  rounds(count: Value, label: string, body: (i: Value) => void): void {
    const i = value(f64Type, "i");
    const nodes = this.apart(() => {
      const more = this.fn("lt", [i, count], "bool");
      const arms = [() => this.node("yield", []), () => this.node("break", [], { label })].map(
        (arm): Region => ({ params: [], nodes: this.apart(arm) }),
      );
      this.node("if", [more], {}, [], arms);
      body(i);
      this.node("continue", [this.fn("add", [i, this.number(1)], "f64")], { label });
    });
    this.node("loop", [this.number(0)], { label }, [], [{ params: [i], nodes }]);
  }

  apply(name: string, operands: readonly Value[], given: Attrs): Value {
    const attrs = this.attrs(given);
    const op = opByName(name);
    if (op === undefined) throw new Error(`there is no operator ${name}`);
    // What the rule demands of named sizes holds, because it held where the operator ran.
    const { type } = inferResult(op, operands.map(tensorOf), attrs);
    return this.node(name, operands, attrs, [type])[0]!;
  }

  scalar(number: number, dtype: DType): Value {
    return this.node("splat", [this.number(number)], {}, [tensorType(dtype, [])])[0]!;
  }

  typeOf(v: Value): TensorType {
    return tensorOf(v);
  }

  number(number: number): Value {
    return this.node("number", [], { value: numberAttr(number) }, [f64Type])[0]!;
  }

  boolean(known: boolean): Value {
    return this.node("boolean", [], { value: known }, [boolType])[0]!;
  }

  fn(name: string, operands: readonly Value[], result: "f64" | "bool"): Value {
    return this.node("scalar", operands, { fn: name }, [result === "f64" ? f64Type : boolType])[0]!;
  }

  /** A tensor of the type of `like` that holds one number everywhere. */
  fullLike(like: Value, number: number): Value {
    const { shape, dtype } = tensorOf(like);
    return this.apply("full", [], { shape, value: number, dtype });
  }
}
