/** The sizes that a program's operations name by number: constants, and expressions over named sizes. */

import type { Dim } from "../ops/dim.ts";
import { atomFloor, atomSymbol } from "../ops/program-format.ts";
import { WordWriter } from "./word-writer.ts";

export class SizeTable {
  readonly #numbers = new Map<string, number>();
  readonly #symbols = new Map<string, number>();
  readonly #words = new WordWriter();

  /** The number of a size; what it is made of has smaller numbers. */
  add(d: Dim): number {
    const text = String(d);
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const words = new WordWriter();
    if (typeof d === "number") {
      words.add(...(d === 0 ? [0] : [1, d, 0]));
    } else {
      words.add(d.terms.length);
      for (const { coefficient, atoms } of d.terms) {
        words.add(coefficient, atoms.length);
        for (const atom of atoms) {
          if (atom.kind === "symbol") words.add(atomSymbol, this.symbol(atom.name));
          else words.add(atomFloor, this.add(atom.numerator), atom.divisor);
        }
      }
    }
    const number = this.#numbers.size;
    this.#numbers.set(text, number);
    this.#words.add(...words.words);
    return number;
  }

  /** The number of a named size. */
  symbol(name: string): number {
    const known = this.#symbols.get(name);
    if (known !== undefined) return known;
    const number = this.#symbols.size;
    this.#symbols.set(name, number);
    return number;
  }

  /** The section: how many named sizes, how many sizes, then each size. */
  bytes(): Uint8Array {
    const words = new WordWriter();
    words.add(this.#symbols.size, this.#numbers.size, ...this.#words.words);
    return words.bytes();
  }
}
