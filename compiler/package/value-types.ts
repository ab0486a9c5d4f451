/** How the signature says what lies in texts, lists, records and maps: what hosts encode and decode by. */

import {
  type Cell,
  contains,
  type HeapType,
  isHidden,
  isNothing,
  optionCode,
} from "../graph/heap-types.ts";
import type { Module, Type } from "../graph/ir.ts";
import type { DType } from "../ops/types.ts";

export type ValueType =
  | "f64"
  | "bool"
  | "str"
  | { readonly list: CellType }
  /** One of several kinds of value, given as it is. */
  | { readonly cell: CellType }
  | { readonly record: readonly (readonly [name: string, cell: CellType])[] }
  | { readonly map: readonly [key: ValueType, value: CellType] }
  | {
      readonly tensor: DType;
      readonly shape: readonly (number | string)[];
    }
  /** A type that contains itself, by its name in the module. */
  | { readonly ref: string };

/** What a place may hold: the code of each kind, and its type where the code is not all. */
export type CellType = readonly (readonly [code: number, type?: ValueType])[];

export class ValueTypes {
  readonly #heap: ReadonlyMap<string, HeapType>;
  /** The types that contain themselves, as far as they were met. */
  readonly #named = new Map<string, ValueType>();

  constructor(m: Module) {
    this.#heap = m.heap;
  }

  get named(): Readonly<Record<string, ValueType>> | undefined {
    return this.#named.size === 0 ? undefined : Object.fromEntries(this.#named);
  }

  /** `plain` rewrites the text of a size. */
  of(type: Type, plain: (text: string) => string): ValueType {
    if (type.kind === "tensor") {
      const shape = type.shape.map((d) => (typeof d === "number" ? d : plain(d.text)));
      return { tensor: type.dtype, shape };
    }
    if (type.kind === "i32") throw new Error("hosts have no i32");
    if (type.kind !== "ref") return type.kind;
    const { name } = type;
    if (!contains(this.#heap, name, name)) return this.#object(name, plain);
    if (!this.#named.has(name)) {
      // Known before its parts are described, which may be of this type.
      this.#named.set(name, { ref: name });
      this.#named.set(name, this.#object(name, plain));
    }
    return { ref: name };
  }

  #object(name: string, plain: (text: string) => string): ValueType {
    const type = this.#heap.get(name)!;
    switch (type.kind) {
      case "list":
        return { list: this.#cell(type.element, plain) };
      case "record": {
        const [[only, cell] = [], ...others] = type.fields;
        // A record of one field without a name stands for what is in it.
        if (only === "" && cell !== undefined && others.length === 0) {
          return { cell: this.#cell(cell, plain) };
        }
        return {
          record: type.fields
            .filter(([k]) => !isHidden(k))
            .map(([k, cell]) => [k, this.#cell(cell, plain)] as const),
        };
      }
      case "map":
        return { map: [this.of(type.key, plain), this.#cell(type.value, plain)] };
      case "box":
        return this.of(type.tensor, plain);
    }
  }

  #cell(cell: Cell, plain: (text: string) => string): CellType {
    return cell.map((option) => {
      const code = optionCode(option, (name) => this.#heap.get(name)!.kind);
      return isNothing(option) ? ([code] as const) : ([code, this.of(option, plain)] as const);
    });
  }
}
