/**
 * Makes what is written to state, and read again, values of their own, so that gradients flow through them:
 * handed on by branches, loops and calls beside what those hand on anyway, by calls in boxes. The writes
 * themselves stay.
 *
 * `state.set @s %v … %r = state.get @s ⇒ state.set @s %v …`, with v for r.
 */

import { substituteNodes } from "../../../graph/clone.ts";
import {
  attrOf,
  isText,
  makeNode,
  type Node,
  type Region,
  type Type,
  tensorOf,
  type Value,
  value,
} from "../../../graph/ir.ts";
import { labelOf } from "../../../graph/walk.ts";
import type { TensorType } from "../../../ops/types.ts";

export const stateOf = (node: Node): string => attrOf(node, "name", isText);

/** What each cell of state holds at some place. */
export type Held = ReadonlyMap<string, Value>;

export class StateCarrier {
  /** What the cells that are carried hold at the beginning. */
  readonly #initial: Held;
  /** Whether a node calls a function to which the cells are handed. */
  readonly #isCalled: (node: Node) => boolean;
  readonly #boxOf: (tensor: TensorType) => Type;
  readonly #became = new Map<Value, Value>();
  /** What each loop hands on. */
  readonly #loops = new Map<string, readonly string[]>();

  constructor(
    initial: Held,
    isCalled: (node: Node) => boolean,
    boxOf: (tensor: TensorType) => Type,
  ) {
    this.#initial = initial;
    this.#isCalled = isCalled;
    this.#boxOf = boxOf;
  }

  /** What is differentiated. */
  region({ params, nodes }: Region): Region {
    return { params, nodes: this.#nodes(nodes, new Map(this.#initial), []) };
  }

  /** The body of a function: the cells are parameters of it, and results. */
  body({ params, nodes }: Region): { readonly region: Region; readonly given: readonly Value[] } {
    const held = new Map<string, Value>();
    const given: Value[] = [];
    const unboxed = [...this.#initial].map(([name, v]) => {
      const own = value(v.type, v.hint);
      const box = value(this.#boxOf(tensorOf(v)));
      held.set(name, own);
      given.push(box);
      return makeNode("unbox", [box], {}, [own]);
    });
    const own = this.#nodes(nodes, held, []);
    const end = own.pop()!;
    const { boxes, nodes: boxed } = this.#boxed(held);
    const last = { ...end, operands: [...end.operands, ...boxes] };
    const region = { params: [...params, ...given], nodes: [...unboxed, ...own, ...boxed, last] };
    return { region, given };
  }

  /** Boxes of what the cells hold. */
  #boxed(held: Held): { readonly boxes: readonly Value[]; readonly nodes: readonly Node[] } {
    const nodes = [...held.values()].map((v) =>
      makeNode("box", [v], {}, [value(this.#boxOf(tensorOf(v)))]),
    );
    return { boxes: nodes.map((n) => n.results[0]!), nodes };
  }

  /** `atYield`: the cells that the end of the region hands on. */
  #nodes(nodes: readonly Node[], held: Map<string, Value>, atYield: readonly string[]): Node[] {
    return nodes.flatMap((node) => this.#node(node, held, atYield));
  }

  #node(node: Node, held: Map<string, Value>, atYield: readonly string[]): readonly Node[] {
    const operands = node.operands.map((v) => this.#became.get(v) ?? v);
    const valuesOf = (names: readonly string[]) => names.map((name) => held.get(name)!);
    switch (node.op) {
      case "state.get": {
        const known = held.get(stateOf(node));
        if (known === undefined) return [node];
        this.#became.set(node.results[0]!, known);
        return [];
      }
      case "state.set":
        if (held.has(stateOf(node))) held.set(stateOf(node), operands[0]!);
        return [{ ...node, operands }];
      case "yield":
        return [{ ...node, operands: [...operands, ...valuesOf(atYield)] }];
      case "break":
      case "continue": {
        const names = this.#loops.get(labelOf(node)) ?? [];
        return [{ ...node, operands: [...operands, ...valuesOf(names)] }];
      }
      case "if":
        return [this.#if({ ...node, operands }, held)];
      case "loop":
        return [this.#loop({ ...node, operands }, held)];
      case "call":
        return this.#isCalled(node)
          ? this.#call({ ...node, operands }, held)
          : [{ ...node, operands }];
      default:
        // What a program says of its gradient runs on the way back, and reads what state holds then.
        return substituteNodes([node], this.#became);
    }
  }

  #call(node: Node, held: Map<string, Value>): readonly Node[] {
    const { boxes, nodes } = this.#boxed(held);
    const given = boxes.map((box) => value(box.type));
    const call = {
      ...node,
      operands: [...node.operands, ...boxes],
      results: [...node.results, ...given],
    };
    const made = this.#define(held, [...held.keys()], []);
    return [
      ...nodes,
      call,
      ...made.map((v, i) => makeNode("unbox", [given[i]!], {}, [v], node.span)),
    ];
  }

  #if(node: Node, held: Map<string, Value>): Node {
    const names = this.#writtenIn(node, held);
    const regions = node.regions.map((r) => ({
      ...r,
      nodes: this.#nodes(r.nodes, new Map(held), names),
    }));
    const results = [...node.results, ...this.#define(held, names, [])];
    return { ...node, results, regions };
  }

  #loop(node: Node, held: Map<string, Value>): Node {
    const [body] = node.regions;
    const names = this.#writtenIn(node, held);
    this.#loops.set(labelOf(node), names);
    const operands = [...node.operands];
    const inside = new Map(held);
    const entered = this.#define(inside, names, operands);
    const params = [...body!.params, ...entered];
    const nodes = this.#nodes(body!.nodes, inside, []);
    const results = [...node.results, ...this.#define(held, names, [])];
    return { ...node, operands, results, regions: [{ params, nodes }] };
  }

  /** New values for what cells hold; what they held is put behind `before`. */
  #define(held: Map<string, Value>, names: readonly string[], before: Value[]): readonly Value[] {
    return names.map((name) => {
      const known = held.get(name)!;
      const made = value(known.type, known.hint);
      before.push(known);
      held.set(name, made);
      return made;
    });
  }

  /** The cells, of those that are carried, that something in a node writes. */
  #writtenIn(node: Node, held: Held): readonly string[] {
    const found = new Set<string>();
    const visit = (n: Node): void => {
      if (n.op === "state.set") found.add(stateOf(n));
      if (this.#isCalled(n)) for (const name of held.keys()) found.add(name);
      for (const r of n.regions) r.nodes.forEach(visit);
    };
    visit(node);
    return [...held.keys()].filter((name) => found.has(name));
  }
}
