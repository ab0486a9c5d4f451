/** The named sizes that types and attributes mention, and giving them other names. */

import { type Dim, DimExpr, substituteDim, symbol, symbolsOf } from "../ops/dim.ts";
import type { Attr, Attrs } from "../ops/op.ts";
import { openSize, partsOf } from "./heap-types.ts";
import { attrOf, type Func, isText, type Module, type Node, type Region, type Type } from "./ir.ts";
import { forEachNode } from "./walk.ts";

const isList = (a: Attr): a is readonly Attr[] => Array.isArray(a);

export function addSizesOfAttr(a: Attr, into: Set<string>): void {
  if (isList(a)) for (const item of a) addSizesOfAttr(item, into);
  else if (a instanceof DimExpr) symbolsOf(a, into);
}

export function addSizesOfType(type: Type, into: Set<string>): void {
  if (type.kind === "tensor") for (const d of type.shape) symbolsOf(d, into);
}

/** What a node mentions itself: in its attributes, and in the types of what it defines. */
export function sizesOfNode(node: Node): ReadonlySet<string> {
  const found = new Set<string>();
  for (const attr of Object.values(node.attrs)) addSizesOfAttr(attr, found);
  for (const v of node.results) addSizesOfType(v.type, found);
  for (const r of node.regions) for (const p of r.params) addSizesOfType(p.type, found);
  return found;
}

/** The size that a `bind` node binds. */
export const boundSize = (node: Node): string => attrOf(node, "name", isText);

/** The sizes that the nodes of a region bind, those of regions inside included. */
export function sizesBoundIn(region: Region): readonly string[] {
  const names: string[] = [];
  forEachNode(region, (node) => {
    if (node.op === "bind") names.push(boundSize(node));
  });
  return names;
}

/** Named sizes in order of first appearance among the parameters, in tensors and then in boxes of them. */
export function sizesOfParams(m: Pick<Module, "heap">, func: Func): string[] {
  const symbols = new Set<string>();
  const seen = new Set<string>();
  const visit = (type: Type): void => {
    addSizesOfType(type, symbols);
    if (type.kind !== "ref" || seen.has(type.name)) return;
    seen.add(type.name);
    const held = m.heap.get(type.name);
    if (held) partsOf(held).forEach(visit);
  };
  const types = func.params.map((p) => p.value.type);
  types.filter((t) => t.kind === "tensor").forEach(visit);
  types.forEach(visit);
  symbols.delete(openSize.text);
  return [...symbols];
}

/** Other names for sizes, in types and in attributes. */
export class SizeNames {
  readonly #names: ReadonlyMap<string, string>;
  readonly #dims: ReadonlyMap<string, Dim>;

  constructor(names: ReadonlyMap<string, string>) {
    this.#names = names;
    this.#dims = new Map([...names].map(([from, to]) => [from, symbol(to)]));
  }

  type(type: Type): Type {
    if (type.kind !== "tensor" || this.#names.size === 0) return type;
    return { ...type, shape: type.shape.map((d) => substituteDim(d, this.#dims)) };
  }

  /** The node with its attributes renamed. */
  node(node: Node): Node {
    if (this.#names.size === 0) return node;
    const attrs = this.attrs(node.attrs);
    if (node.op !== "bind") return { ...node, attrs };
    const name = boundSize(node);
    return { ...node, attrs: { ...attrs, name: this.#names.get(name) ?? name } };
  }

  attrs(attrs: Attrs): Attrs {
    return Object.fromEntries(Object.entries(attrs).map(([key, attr]) => [key, this.#attr(attr)]));
  }

  #attr(a: Attr): Attr {
    if (isList(a)) return a.map((item) => this.#attr(item));
    return a instanceof DimExpr ? substituteDim(a, this.#dims) : a;
  }
}
