/**
 * Owns what is known of objects that live on the run-time heap: which allocations do, and what their
 * places may hold. The knowledge only grows; when it has grown in a walk, the program is walked again,
 * because earlier nodes were made without it.
 */

import {
  type Cell,
  type CellOption,
  type HeapType,
  isNothing,
  type Nothing,
  openSize,
  optionCode,
} from "../../graph/heap-types.ts";
import { refType, type Type } from "../../graph/ir.ts";
import { equalDim } from "../../ops/dim.ts";
import { printTensorType, type TensorType, tensorType } from "../../ops/types.ts";

export type ShapeKind = "list" | "record" | "map";

/** What lists, records or maps that may meet have in common. Shapes that meet become one. */
export class Shape {
  readonly kind: ShapeKind;
  readonly number: number;
  /** The shape that this one has become; undefined if it stands for itself. */
  became: Shape | undefined;
  /** A list's elements, a map's values. */
  readonly element = new OpenCell();
  /** A map's keys. */
  readonly key = new OpenCell();
  readonly fields = new Map<string, OpenCell>();
  /** Some of the records lack some of the fields. */
  uneven = false;
  /** Made as a set, so that iterating gives keys. */
  isSet = false;
  /** The classes that records of this shape are instances of. */
  readonly classes = new Set<object>();

  constructor(kind: ShapeKind, number: number) {
    this.kind = kind;
    this.number = number;
  }

  get name(): string {
    return `${this.kind}${this.number}`;
  }
}

/** What a cell may hold so far: a plain type, nothing, a box, or objects of a shape. */
export type Option = Nothing | Type | { readonly kind: "shape"; readonly shape: Shape };

export class OpenCell {
  readonly options = new Map<number, Option>();
}

/** The shape that `shape` has become. */
export function latest(shape: Shape): Shape {
  let at = shape;
  while (at.became !== undefined) at = at.became;
  return at;
}

/** What a function that calls itself takes and gives, as all its calls and returns show. */
export class RecursiveFunction {
  readonly result = new OpenCell();
  readonly #params: OpenCell[] = [];

  param(i: number): OpenCell {
    const known = this.#params[i];
    if (known !== undefined) return known;
    const cell = new OpenCell();
    this.#params[i] = cell;
    return cell;
  }
}

const codes: Readonly<Record<ShapeKind, number>> = { list: 5, record: 6, map: 7 };

/** The tag of an option in unions and cells. */
export const codeOf = (option: Option): number =>
  option.kind === "shape" ? codes[option.shape.kind] : optionCode(option, () => "box");

export class HeapShapes {
  readonly #demanded = new Set<string>();
  readonly #sites = new Map<string, Shape>();
  readonly #byName = new Map<string, Shape>();
  readonly #boxes = new Map<string, TensorType>();
  readonly #cells = new Map<string, OpenCell>();
  readonly #recursive = new Map<string, RecursiveFunction>();
  readonly #numbers = new WeakMap<object, number>();
  #numbered = 0;
  #grown = 0;

  /** Grows whenever anything new is known. */
  get version(): number {
    return this.#grown;
  }

  isDemanded(site: string): boolean {
    return this.#demanded.has(site);
  }

  /** From the next walk on, what is allocated at `site` lives on the heap. */
  demand(site: string): void {
    if (this.#demanded.has(site)) return;
    this.#demanded.add(site);
    this.#grown++;
  }

  /** A cell that is no part of a shape, the same in every walk: what it learns, it keeps. */
  cellAt(site: string): OpenCell {
    const known = this.#cells.get(site);
    if (known !== undefined) return known;
    const cell = new OpenCell();
    this.#cells.set(site, cell);
    return cell;
  }

  isRecursive(key: string): boolean {
    return this.#recursive.has(key);
  }

  /** From the next walk on, calls of this function are calls, and are not followed. */
  recursive(key: string): RecursiveFunction {
    const known = this.#recursive.get(key);
    if (known !== undefined) return known;
    const made = new RecursiveFunction();
    this.#recursive.set(key, made);
    this.#grown++;
    return made;
  }

  /** A number that stands for an object in every walk. */
  numberOf(object: object): number {
    const known = this.#numbers.get(object);
    if (known !== undefined) return known;
    this.#numbers.set(object, this.#numbered);
    return this.#numbered++;
  }

  /** The shape of what is allocated at `site`. */
  at(site: string, kind: ShapeKind): Shape {
    const known = this.#sites.get(`${kind} ${site}`);
    if (known !== undefined) return latest(known);
    const shape = new Shape(kind, this.#byName.size);
    this.#sites.set(`${kind} ${site}`, shape);
    this.#byName.set(shape.name, shape);
    this.#grown++;
    return shape;
  }

  /** The shape that the type of a graph value names; undefined for boxes. */
  named(name: string): Shape | undefined {
    const shape = this.#byName.get(name);
    return shape && latest(shape);
  }

  addClass(shape: Shape, type: object): void {
    if (shape.classes.has(type)) return;
    shape.classes.add(type);
    this.#grown++;
  }

  /** A map without values is a set. */
  isSet(shape: Shape): boolean {
    return latest(shape).isSet;
  }

  refTo = (shape: Shape): Type => refType(latest(shape).name);

  /** The type of the box of a tensor. */
  boxOf(tensor: TensorType): Type {
    const name = printTensorType(tensor);
    this.#boxes.set(name, tensor);
    return refType(name);
  }

  boxed(name: string): TensorType | undefined {
    return this.#boxes.get(name);
  }

  /** Makes `cell` able to hold `option`; false if it holds tensors of another type already. */
  add(cell: OpenCell, option: Option): boolean {
    const code = codeOf(option);
    const known = cell.options.get(code);
    if (known === undefined) {
      cell.options.set(code, option);
      this.#grown++;
      return true;
    }
    if (known.kind === "shape" && option.kind === "shape") this.unify(known.shape, option.shape);
    if (known.kind !== "ref" || option.kind !== "ref" || known.name === option.name) return true;
    const both = this.#boxOfBoth(known.name, option.name);
    if (both?.kind === "ref" && both.name === known.name) return true;
    if (both === undefined || !this.isDemanded(this.#openingOf(cell))) return false;
    this.#replace(cell, code, both);
    return true;
  }

  /** What to demand so that `cell` can hold tensors of another size, too; undefined if it never can. */
  openingFor(cell: OpenCell, option: Option): string | undefined {
    const known = cell.options.get(codeOf(option));
    if (known?.kind !== "ref" || option.kind !== "ref") return undefined;
    return this.#boxOfBoth(known.name, option.name) && this.#openingOf(cell);
  }

  #openingOf = (cell: OpenCell): string => `open ${this.numberOf(cell)}`;

  #boxOfBoth(first: string, second: string): Type | undefined {
    const [a, b] = [this.#boxes.get(first), this.#boxes.get(second)];
    const joined = a && b && joinTensors(a, b);
    return joined && this.boxOf(joined);
  }

  /** Leaves the sizes of tensors in `cell` open that are no numbers. */
  openNamed(cell: OpenCell): void {
    for (const [code, option] of cell.options) {
      const held = option.kind === "ref" ? this.#boxes.get(option.name) : undefined;
      if (held === undefined) continue;
      const shape = held.shape.map((d) => (typeof d === "number" ? d : openSize));
      this.#replace(cell, code, this.boxOf(tensorType(held.dtype, shape)));
    }
  }

  /** Makes `cell` able to hold what `other` holds, and in the same boxes. */
  follow(cell: OpenCell, other: OpenCell): void {
    for (const [code, option] of other.options) {
      if (option.kind === "ref" && cell.options.has(code)) this.#replace(cell, code, option);
      else this.add(cell, option);
    }
  }

  #replace(cell: OpenCell, code: number, box: Type): void {
    const known = cell.options.get(code);
    if (known?.kind === "ref" && box.kind === "ref" && known.name === box.name) return;
    cell.options.set(code, box);
    this.#grown++;
  }

  /** The field of a record; one that only some records have may be undefined. */
  field(shape: Shape, name: string): OpenCell {
    const known = shape.fields.get(name);
    if (known !== undefined) return known;
    const cell = new OpenCell();
    shape.fields.set(name, cell);
    this.#grown++;
    return cell;
  }

  /** Some record of this shape has no field `name`. */
  lacks(shape: Shape, name: string): void {
    if (!shape.uneven) this.#grown++;
    shape.uneven = true;
    this.add(this.field(shape, name), { kind: "undefined" });
  }

  /** Values of two types meet: what they refer to must be of one shape. */
  meet(a: Type, b: Type): void {
    const [x, y] = [a, b].map((t) => (t.kind === "ref" ? this.named(t.name) : undefined));
    if (x !== undefined && y !== undefined) this.unify(x, y);
  }

  unify(first: Shape, second: Shape): void {
    const [a, b] = [latest(first), latest(second)];
    if (a === b || a.kind !== b.kind) return;
    const [stays, goes] = a.number < b.number ? [a, b] : [b, a];
    goes.became = stays;
    this.#grown++;
    this.#pour(goes.element, stays.element);
    this.#pour(goes.key, stays.key);
    // A shape without fields is one whose first record is still being made.
    const both = stays.fields.size > 0 && goes.fields.size > 0;
    for (const name of stays.fields.keys()) {
      if (both && !goes.fields.has(name)) this.lacks(stays, name);
    }
    for (const [name, cell] of goes.fields) {
      if (both && !stays.fields.has(name)) this.lacks(stays, name);
      this.#pour(cell, this.field(stays, name));
    }
    if (goes.uneven) stays.uneven = true;
    if (goes.isSet) stays.isSet = true;
    for (const type of goes.classes) stays.classes.add(type);
  }

  #pour(from: OpenCell, to: OpenCell): void {
    for (const option of from.options.values()) this.add(to, option);
  }

  /** What a cell may hold, as it is known now. */
  closed(cell: OpenCell): Cell {
    const codesInOrder = [...cell.options.keys()].sort((a, b) => a - b);
    return codesInOrder.map((code): CellOption => {
      const option = cell.options.get(code)!;
      return option.kind === "shape" ? this.refTo(option.shape) : option;
    });
  }

  #typeOf(shape: Shape): HeapType {
    switch (shape.kind) {
      case "list":
        return { kind: "list", element: this.closed(shape.element) };
      case "record": {
        const fields = [...shape.fields].map(([name, cell]) => [name, this.closed(cell)] as const);
        return { kind: "record", fields };
      }
      case "map": {
        // A map that nothing is ever put into has keys of no type; texts will do.
        const [key = { kind: "str" } as const] = this.closed(shape.key);
        const isType = !isNothing(key);
        const value = this.closed(shape.element);
        // Values tell a map from a set; where there are none, numbers will do.
        const isEmptyMap = value.length === 0 && !this.isSet(shape);
        return {
          kind: "map",
          key: isType ? key : { kind: "str" },
          value: isEmptyMap ? [{ kind: "f64" }] : value,
        };
      }
    }
  }

  /** The types that `names` lead to. */
  types(names: Iterable<string>): ReadonlyMap<string, HeapType> {
    const found = new Map<string, HeapType>();
    const visit = (name: string): void => {
      if (found.has(name)) return;
      const tensor = this.#boxes.get(name);
      if (tensor !== undefined) {
        found.set(name, { kind: "box", tensor });
        return;
      }
      const shape = this.named(name);
      if (shape === undefined) throw new Error(`no heap type is called ${name}`);
      const type = this.#typeOf(shape);
      found.set(name, type);
      for (const option of optionsOf(type)) if (option.kind === "ref") visit(option.name);
    };
    for (const name of names) visit(name);
    return found;
  }
}

/** The type of a box that tensors of both types fit into: sizes that differ are open. */
export function joinTensors(a: TensorType, b: TensorType): TensorType | undefined {
  if (a.dtype !== b.dtype || a.shape.length !== b.shape.length) return undefined;
  const shape = a.shape.map((d, axis) => (equalDim(d, b.shape[axis]!) ? d : openSize));
  return tensorType(a.dtype, shape);
}

function optionsOf(type: HeapType): readonly CellOption[] {
  switch (type.kind) {
    case "list":
      return type.element;
    case "record":
      return type.fields.flatMap(([, cell]) => cell);
    case "map":
      return [type.key, ...type.value];
    case "box":
      return [];
  }
}
