/**
 * Owns the objects on the heap that a gradient keeps from its way there to its way back, and their types.
 * They are made where it begins; functions that are called in between get all of them in one record.
 */

import { gradientThrough } from "../../../diagnostics/catalog/gradients.ts";
import { type HeapType, leavesOf } from "../../../graph/heap-types.ts";
import { type Node, refType, type Type, type Value } from "../../../graph/ir.ts";
import { addSizesOfType } from "../../../graph/sizes.ts";
import { printType } from "../../../graph/type.ts";
import type { TensorType } from "../../../ops/types.ts";
import type { Emitter } from "./emitter.ts";
import { RefusedGradient } from "./refused-gradient.ts";

export interface Root {
  readonly value: Value;
  /** Its place in the record that functions get. */
  readonly leaf: number;
}

export class Roots {
  readonly #build: Emitter;
  readonly #heap: Map<string, HeapType>;
  /** The sizes that only a run tells: nothing on the heap has them. */
  readonly #runSizes: ReadonlySet<string>;
  readonly #all: Root[] = [];
  /** The nodes that make them. */
  readonly made: Node[] = [];

  constructor(build: Emitter, heap: Map<string, HeapType>, runSizes: ReadonlySet<string>) {
    this.#build = build;
    this.#heap = heap;
    this.#runSizes = runSizes;
  }

  /** An empty list or map. */
  make(type: Type): Root {
    const outer = this.#build.nodes;
    this.#build.nodes = this.made;
    const [value] = this.#build.node("new", [], {}, [type]);
    this.#build.nodes = outer;
    const root = { value: value!, leaf: this.#all.length };
    this.#all.push(root);
    return root;
  }

  /** The object, at the current place. */
  use(root: Root): Value {
    return root.value;
  }

  listOf(type: Type): Type {
    const element = type.kind === "tensor" ? this.boxOf(type) : type;
    return this.named(`stack of ${printType(type)}`, { kind: "list", element: [element] });
  }

  /** What a list holds, which is one thing. */
  elementOf(name: string): Type {
    const list = this.#heap.get(name);
    const leaves = list?.kind === "list" ? leavesOf(list) : [];
    if (leaves.length !== 1) throw new Error(`@${name} is no list of one kind of value`);
    return leaves[0]!;
  }

  boxOf(tensor: TensorType): Type {
    if (this.isOfRun(tensor)) {
      const what = "branches, loops and lists with tensors of a size that only the run tells";
      throw new RefusedGradient(gradientThrough(what), this.#build.span);
    }
    return this.named(`saved ${printType(tensor)}`, { kind: "box", tensor });
  }

  /** Whether a type has a size that only the run tells. */
  isOfRun(type: Type): boolean {
    const sizes = new Set<string>();
    addSizesOfType(type, sizes);
    return [...sizes].some((size) => this.#runSizes.has(size));
  }

  named(name: string, type: HeapType): Type {
    if (!this.#heap.has(name)) this.#heap.set(name, type);
    return refType(name);
  }
}
