/** Owns the lists of nodes that are being filled, and where each value was defined. */

import { makeNode, type Node, type Region, type Span, type Type, type Value } from "../graph/ir.ts";
import type { Attrs } from "../ops/op.ts";

/** A region under construction. It can be spliced into the one around it, which then takes its place. */
export class Block {
  readonly nodes: Node[] = [];
  readonly #parent: Block | undefined;
  #movedTo: Block | undefined;

  constructor(parent?: Block) {
    this.#parent = parent;
  }

  /** This block, or the one that its nodes were moved to. */
  get place(): Block {
    return this.#movedTo?.place ?? this;
  }

  /** The block of the function itself, which is done when everything in it is. */
  get root(): Block {
    return this.parent?.root ?? this.place;
  }

  get parent(): Block | undefined {
    return this.#parent?.place;
  }

  region(params: readonly Value[] = []): Region {
    return { params, nodes: this.nodes };
  }

  /** Moves all nodes to the end of `target`; what still ends in this block will end there. */
  spliceInto(target: Block): void {
    target.nodes.push(...this.nodes);
    this.#movedTo = target;
  }
}

interface Definition {
  /** The value, as long as it has no name. */
  readonly value: { readonly type: Type; hint: string | undefined; readonly layout: undefined };
  readonly block: Block;
  readonly place: Span | undefined;
}

/** Values by the block that defines them, where they come from, and names that can still be given. */
export class Definitions {
  readonly #known = new Map<Value, Definition>();

  define(type: Type, block: Block, hint?: string, place?: Span): Value {
    const value: Definition["value"] = { type, hint, layout: undefined };
    this.#known.set(value, { value, block, place });
    return value;
  }

  /** What the user wrote that gave the value; undefined where nothing in particular did. */
  placeOf(value: Value): Span | undefined {
    return this.#known.get(value)?.place;
  }

  /** Names a value after a variable, if nothing has named it yet. */
  suggestName(value: Value, hint: string): void {
    const known = this.#known.get(value);
    if (known !== undefined) known.value.hint ??= hint;
  }

  /** Whether a node at the end of `block` can use `value`. */
  isVisible(value: Value, block: Block): boolean {
    const home = this.#known.get(value)?.block.place;
    for (let at: Block | undefined = block.place; at !== undefined; at = at.parent) {
      if (at === home) return true;
    }
    return false;
  }

  emit(
    block: Block,
    op: string,
    operands: readonly Value[],
    attrs: Attrs,
    types: readonly Type[],
    span: Span | undefined,
    regions: readonly Region[] = [],
  ): readonly Value[] {
    const place = block.place;
    const results = types.map((type) => this.define(type, place, undefined, span));
    place.nodes.push(makeNode(op, operands, attrs, results, span, regions));
    return results;
  }
}
