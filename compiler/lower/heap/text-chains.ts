/**
 * Which nodes put one text together: chains of `concat` of which nothing else reads what lies between, as
 * `a + b + c` and templates have them. They are lowered as one, which measures its pieces and makes one text; and
 * a field that becomes its own text with something behind it becomes longer where it lies.
 */

import { type Node, type Region, terminators, type Value } from "../../graph/ir.ts";
import { forEachNode } from "../../graph/walk.ts";
import { type Elided, isAppending, isQuiet } from "./elide-counts.ts";

export type Piece =
  | { readonly k: "text"; readonly value: Value }
  | { readonly k: "known"; readonly text: string }
  /** An integer in decimal. */
  | { readonly k: "int"; readonly value: Value }
  /** The unit that has this code, modulo 2^16. */
  | { readonly k: "unit"; readonly value: Value };

export interface Chain {
  /** The first of its nodes, whose first operand is what all begins with. */
  readonly first: Node;
  /** What the text begins with. */
  readonly begin: Piece;
  readonly pieces: readonly Piece[];
  /** The node that stores the text where what it begins with lay. */
  readonly storedBy: Node | undefined;
}

export interface TextChains {
  /** By the last node of each. */
  readonly chains: ReadonlyMap<Node, Chain>;
  /** Nodes that are part of a chain, and nothing by themselves. */
  readonly absorbed: ReadonlySet<Node>;
}

/** More texts might have more units than 32 bits count. */
const mostTexts = 6;

export function textChains(body: Region, elided: Elided): TextChains {
  const finder = new Finder(body, elided);
  finder.region(body);
  return finder;
}

interface Open {
  readonly chain: Chain;
  readonly at: number;
}

class Finder implements TextChains {
  readonly chains = new Map<Node, Chain>();
  readonly absorbed = new Set<Node>();
  readonly #elided: Elided;
  readonly #uses = new Map<Value, number>();

  constructor(body: Region, elided: Elided) {
    this.#elided = elided;
    forEachNode(body, (node) => {
      for (const v of node.operands) this.#uses.set(v, (this.#uses.get(v) ?? 0) + 1);
    });
  }

  region(region: Region): void {
    const { nodes } = region;
    const makers = new Map<Value, number>();
    const open = new Map<Value, Open>();
    nodes.forEach((node, at) => {
      if (node.op === "kernel") return;
      for (const v of node.results) makers.set(v, at);
      for (const r of node.regions) this.region(r);
      if (!isAppending(node)) return;
      const pieceOf = (v: Value): Piece => this.#pieceOf(v, nodes[makers.get(v) ?? at]!);
      const [begin, added] = node.operands;
      const piece = added!.type.kind === "i32" ? intPiece(added!) : pieceOf(added!);
      const before = open.get(begin!);
      const chain =
        before && this.#goesOn(nodes, before, at, begin!)
          ? { ...before.chain, pieces: [...before.chain.pieces, piece] }
          : { first: node, begin: pieceOf(begin!), pieces: [piece], storedBy: undefined };
      if (before && chain.first === before.chain.first) {
        this.chains.delete(nodes[before.at]!);
        this.absorbed.add(nodes[before.at]!);
      }
      this.chains.set(node, chain);
      open.set(node.results[0]!, { chain, at });
    });
    for (const { chain, at } of open.values()) {
      const node = nodes[at]!;
      if (this.chains.get(node) !== chain) continue;
      const storedBy = this.#setOf(nodes, makers, node, chain, at);
      if (storedBy === undefined) continue;
      this.absorbed.add(storedBy);
      this.chains.set(node, { ...chain, storedBy });
    }
  }

  /** Whether nothing but node `at` reads what the chain has made, and all its pieces are still there. */
  #goesOn(nodes: readonly Node[], { chain, at }: Open, end: number, text: Value): boolean {
    if (this.#uses.get(text) !== 1) return false;
    const texts = [chain.begin, ...chain.pieces].flatMap((p) => (p.k === "text" ? [p.value] : []));
    if (texts.length >= mostTexts) return false;
    return nodes.slice(at + 1, end).every((node) => isQuiet(node) && !reads(node, texts));
  }

  #pieceOf(value: Value, maker: Node): Piece {
    if (maker.results[0] !== value) return { k: "text", value };
    if (maker.op === "text") return { k: "known", text: String(maker.attrs.value) };
    const [of] = maker.operands;
    const isOnly = maker.op === "texts" && of?.type.kind === "i32" && this.#uses.get(value) === 1;
    if (isOnly && maker.attrs.fn === "ofNumber") {
      this.absorbed.add(maker);
      return intPiece(of);
    }
    if (isOnly && maker.attrs.fn === "fromCharCode") {
      this.absorbed.add(maker);
      return { k: "unit", value: of };
    }
    return { k: "text", value };
  }

  /** `field.set r (concat … (field.get r) …)`, with nothing between that could see the field or drop it. */
  #setOf(
    nodes: readonly Node[],
    makers: ReadonlyMap<Value, number>,
    last: Node,
    { begin, pieces }: Chain,
    at: number,
  ): Node | undefined {
    if (begin.k !== "text" || this.#uses.get(begin.value) !== 1) return undefined;
    const from = makers.get(begin.value);
    const get = from === undefined ? undefined : nodes[from];
    if (from === undefined || get?.op !== "field.get") return undefined;
    const { borrowed } = this.#elided;
    if (!borrowed.has(begin.value) || this.#uses.get(last.results[0]!) !== 1) return undefined;
    // What is borrowed may be the very text that becomes another one.
    if (pieces.some((p) => p.k === "text" && borrowed.has(p.value))) return undefined;
    if (!nodes.slice(from, at).every(isQuiet)) return undefined;
    const set = nodes.slice(at + 1).find((node) => !/^(number|text|scalar)$/.test(node.op));
    if (set?.op !== "field.set" || set.attrs.leaf !== get.attrs.leaf) return undefined;
    return set.operands[0] === get.operands[0] && set.operands[1] === last.results[0]
      ? set
      : undefined;
  }
}

const intPiece = (value: Value): Piece => ({ k: "int", value });

function reads(node: Node, texts: readonly Value[]): boolean {
  // What a branch yields is counted there.
  if (terminators.has(node.op)) return false;
  if (node.operands.some((v) => texts.includes(v))) return true;
  return node.regions.some((r) => r.nodes.some((inner) => reads(inner, texts)));
}
