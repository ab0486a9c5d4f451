/** Owns the named sizes of one entry point: fixed ones, bounds, and names for those without one. */

import { badBounds, unknownSizeName } from "../diagnostics/catalog/loading.ts";
import type { Message } from "../diagnostics/diagnostic.ts";
import type { SizeBounds } from "../graph/ir.ts";
import { type Dim, symbol } from "../ops/dim.ts";
import type { EntryPoint } from "./environment.ts";
import type { WrittenSize } from "./parameter-types.ts";

export class EntrySizes {
  readonly #given: EntryPoint["dims"];
  readonly #bounds: Map<string, SizeBounds>;
  readonly #names = new Map<string, string>();

  /** `bounds` are those of the whole module: names are local to an entry, so some are renamed. */
  constructor(given: EntryPoint["dims"], bounds: Map<string, SizeBounds>) {
    this.#given = given;
    this.#bounds = bounds;
  }

  /** What is wrong with the options, once all parameters have been read. */
  problems(): readonly Message[] {
    const found: Message[] = [];
    for (const [name, bounds] of Object.entries(this.#given)) {
      if (!isBounds(bounds)) found.push(badBounds(name, JSON.stringify(bounds)));
      else if (!this.#names.has(name)) {
        found.push(unknownSizeName(name, [...this.#names.keys()]));
      }
    }
    return found;
  }

  /** The dimension of one axis of a parameter. */
  dim(size: WrittenSize, parameter: string, axis: number): Dim {
    if (typeof size === "number") return size;
    if (size === undefined) return symbol(this.#rename(`${parameter}_${axis}`));
    const given = this.#given[size];
    const known = this.#names.get(size);
    if (typeof given === "number" && isBounds(given)) {
      this.#names.set(size, size);
      return given;
    }
    if (known !== undefined) return symbol(known);
    const name = this.#rename(size);
    this.#names.set(size, name);
    return symbol(name);
  }

  /** The name itself, unless another entry has given it other bounds. */
  #rename(wanted: string): string {
    const given = this.#given[wanted];
    const [min, max] = Array.isArray(given) ? given : [0, Number.POSITIVE_INFINITY];
    for (let n = 1; ; n++) {
      const name = n === 1 ? wanted : `${wanted}$${n}`;
      const known = this.#bounds.get(name);
      if (known === undefined) {
        this.#bounds.set(name, { name, min, max });
        return name;
      }
      if (known.min === min && known.max === max) return name;
    }
  }
}

const isSize = (n: unknown): n is number => Number.isSafeInteger(n) && Number(n) >= 0;

function isBounds(v: unknown): boolean {
  if (!Array.isArray(v)) return isSize(v);
  const [min, max]: readonly unknown[] = v;
  return v.length === 2 && isSize(min) && isSize(max) && min <= max;
}
