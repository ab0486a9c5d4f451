/**
 * Owns the objects on the heap that a gradient keeps from its way there to its way back, and their types.
 * They are made where it begins; functions that are called in between get all of them in one record.
 */

import { gradientOfRunSizes } from "../../../diagnostics/catalog/gradients.ts";
import { type HeapType, leavesOf } from "../../../graph/heap-types.ts";
import { makeNode, type Node, refType, type Type, type Value, value } from "../../../graph/ir.ts";
import { addSizesOfType } from "../../../graph/sizes.ts";
import { printType } from "../../../graph/type.ts";
import { freshName } from "../../../graph/walk.ts";
import type { TensorType } from "../../../ops/types.ts";
import type { Emitter } from "./emitter.ts";
import { RefusedGradient } from "./refused-gradient.ts";

export interface Root {
  readonly frame: Frame;
  readonly value: Value;
  /** Its place in the frame's record. */
  readonly leaf: number;
}

/** The objects of one place: of the gradient itself, or of one call of a function. */
export class Frame {
  readonly roots: Root[] = [];
  /** The nodes that make them. */
  readonly made: Node[] = [];
  /** All of them in one record. */
  readonly record: Value;

  constructor(type: Type) {
    this.record = value(type, "kept");
  }

  add(v: Value): Root {
    const root = { frame: this, value: v, leaf: this.roots.length };
    this.roots.push(root);
    return root;
  }
}

/** How a function finds objects. */
export interface Access {
  readonly frame: Frame;
  /** The record of its frame; undefined while it makes the objects itself. */
  readonly held: Value | undefined;
  /** The record of the gradient's own frame. */
  readonly kept: Value;
}

export class Roots {
  readonly #build: Emitter;
  readonly #heap: Map<string, HeapType>;
  /** The sizes that only a run tells: nothing on the heap has them. */
  readonly #runSizes: ReadonlySet<string>;
  /** The gradient's own. */
  readonly main: Frame;
  #access: Access;

  constructor(build: Emitter, heap: Map<string, HeapType>, runSizes: ReadonlySet<string>) {
    this.#build = build;
    this.#heap = heap;
    this.#runSizes = runSizes;
    this.main = new Frame(refType(freshName("kept for the way back", new Set(heap.keys()))));
    this.#access = { frame: this.main, held: undefined, kept: this.main.record };
  }

  /** An empty list or map, in the frame at hand. */
  make(type: Type, frame: Frame = this.#access.frame): Root {
    const outer = this.#build.nodes;
    this.#build.nodes = frame.made;
    const [made] = this.#build.node("new", [], {}, [type]);
    this.#build.nodes = outer;
    return frame.add(made!);
  }

  /** The object, at the current place. */
  use(root: Root): Value {
    const { frame, held, kept } = this.#access;
    const record = root.frame === frame ? held : kept;
    if (record === undefined) return root.value;
    const attrs = { leaf: root.leaf };
    return this.#build.node("field.get", [record], attrs, [root.value.type])[0]!;
  }

  /** The gradient's own record, at the current place. */
  get kept(): Value {
    return this.#access.kept;
  }

  /** Within `body`, code is for a function. */
  within<R>(access: Access, body: () => R): R {
    const outer = this.#access;
    this.#access = access;
    const result = body();
    this.#access = outer;
    return result;
  }

  /** Makes the record of a frame, once all of its objects are known. */
  makeRecord({ roots, made, record }: Frame): void {
    const fields = roots.map(({ value: v }, i) => [`${i}`, [v.type]] as const);
    if (record.type.kind === "ref") this.#heap.set(record.type.name, { kind: "record", fields });
    const operands = roots.map(({ value: v }) => v);
    made.push(makeNode("new", operands, {}, [record], this.#build.span));
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
    if (this.isOfRun(tensor)) throw new RefusedGradient(gradientOfRunSizes(), this.#build.span);
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
