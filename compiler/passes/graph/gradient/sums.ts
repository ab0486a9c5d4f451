/**
 * Owns the cotangents of tensors that a run may know under several names: where branches and loops choose
 * them, or where they lie in lists and records. Each has a *sum*, a record on the heap that goes with the
 * tensor wherever it goes, so that contributions are added in their order, whatever name they come by.
 */

import { boolType, type Type, tensorOf, type Value, value } from "../../../graph/ir.ts";
import { addContribution } from "../../../ops/reverse.ts";
import type { TensorType } from "../../../ops/types.ts";
import type { Emitter } from "./emitter.ts";
import type { Root, Roots } from "./roots.ts";

const isThere = { leaf: 0 };
const held = { leaf: 1 };

export class Sums {
  readonly #build: Emitter;
  readonly #roots: Roots;
  readonly #of = new Map<Value, Value>();
  /** For each type of boxes, a map from those of followed tensors to their sums. */
  readonly #boxed = new Map<string, Root>();
  /** The types of sums, each with that of the box in it. */
  readonly #types = new Map<string, Type>();

  constructor(build: Emitter, roots: Roots) {
    this.#build = build;
    this.#roots = roots;
  }

  has(v: Value): boolean {
    return this.#of.has(v);
  }

  /** The sum of a tensor; undefined where the way back knows its only name. */
  of(v: Value): Value | undefined {
    return this.#of.get(v);
  }

  set(v: Value, sum: Value): void {
    this.#of.set(v, sum);
  }

  /** A value for the sum of a parameter, or of a result of a branch or loop. */
  define(v: Value): Value {
    const sum = value(this.#typeOf(tensorOf(v)));
    this.set(v, sum);
    return sum;
  }

  /** A sum to which nothing was contributed. */
  fresh(tensor: TensorType): Value {
    const [nothing] = this.#build.node("empty", [], {}, [this.#roots.boxOf(tensor)]);
    const operands = [this.#build.boolean(false), nothing!];
    return this.#build.node("new", operands, {}, [this.#typeOf(tensor)])[0]!;
  }

  /** Notes whose tensor a box holds. */
  noteBox(box: Value, sum: Value): void {
    this.#build.node("map.put", [this.#boxesLike(box, sum.type), box, sum]);
  }

  /** The sum of the tensor in a box; one that nobody reads where no tensor that is followed was put there. */
  ofBox(box: Value, tensor: TensorType): Value {
    const type = this.#typeOf(tensor);
    const map = this.#boxesLike(box, type);
    const [isKnown] = this.#build.node("map.has", [map, box], {}, [boolType]);
    return this.#build.if(
      isKnown!,
      [type],
      () => this.#build.node("map.get", [map, box], { leaf: 0 }, [type]),
      () => [this.fresh(tensor)],
    )[0]!;
  }

  /** The type of the boxes in a list. */
  boxIn(list: Value): Type {
    return this.#roots.elementOf(nameOf(list.type));
  }

  add(sum: Value, x: Value): void {
    const build = this.#build;
    build.if(
      this.isThere(sum),
      [],
      () => {
        this.#put(sum, addContribution(build, this.read(sum, tensorOf(x)), x));
        return [];
      },
      () => {
        this.#put(sum, x);
        build.node("field.set", [sum, build.boolean(true)], isThere);
        return [];
      },
    );
  }

  /** Whether anything was contributed. */
  isThere(sum: Value): Value {
    return this.#build.node("field.get", [sum], isThere, [boolType])[0]!;
  }

  /** What was contributed; only where something was. */
  read(sum: Value, tensor: TensorType): Value {
    const [box] = this.#build.node("field.get", [sum], held, [this.#roots.boxOf(tensor)]);
    return this.#build.node("unbox", [box!], {}, [tensor])[0]!;
  }

  /** Whether a reference is a sum, or what one begins with. */
  isOwn({ type }: Value): boolean {
    if (type.kind !== "ref") return false;
    const boxes = [...this.#types.values()].map(nameOf);
    return this.#types.has(type.name) || boxes.includes(type.name);
  }

  /** Has a sum that was made again hold what was contributed to the one that it was made for. */
  move(from: Value, to: Value): void {
    const build = this.#build;
    const [isSame] = build.node("same", [from, to], {}, [boolType]);
    const isMoved = build.fn(
      "and",
      [build.fn("not", [isSame!], "bool"), this.isThere(from)],
      "bool",
    );
    const move = (): readonly Value[] => {
      const box = this.#types.get(nameOf(from.type))!;
      const [known] = build.node("field.get", [from], held, [box]);
      build.node("field.set", [to, known!], held);
      build.node("field.set", [to, build.boolean(true)], isThere);
      build.node("field.set", [from, build.boolean(false)], isThere);
      return [];
    };
    build.if(isMoved, [], move, () => []);
  }

  #put(sum: Value, x: Value): void {
    const [box] = this.#build.node("box", [x], {}, [this.#roots.boxOf(tensorOf(x))]);
    this.#build.node("field.set", [sum, box!], held);
  }

  #typeOf(tensor: TensorType): Type {
    const box = this.#roots.boxOf(tensor);
    const fields = [["isThere", [boolType]] as const, ["held", [box]] as const];
    const type = this.#roots.named(`sum in ${nameOf(box)}`, { kind: "record", fields });
    this.#types.set(nameOf(type), box);
    return type;
  }

  #boxesLike(box: Value, sum: Type): Value {
    const name = nameOf(box.type);
    let root = this.#boxed.get(name);
    if (root === undefined) {
      const type = { kind: "map", key: box.type, value: [sum] } as const;
      const maps = this.#roots.named(`sums of ${name}`, type);
      root = this.#roots.make(maps, this.#roots.main);
      this.#boxed.set(name, root);
    }
    return this.#roots.use(root);
  }
}

function nameOf(type: Type): string {
  if (type.kind !== "ref") throw new Error("a reference is due");
  return type.name;
}
