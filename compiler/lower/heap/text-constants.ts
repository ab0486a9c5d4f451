/** The texts of a program's source: static data in the form that texts have on the heap. */

import { address, plus } from "../../loop/build.ts";
import type { DataObject, LoopExpr } from "../../loop/ir.ts";
import { hashAt, lengthAt, unitsAt } from "./heap-layout.ts";

const dataName = "texts";
const align = 8;
export const letterCount = 128;
export const letterBytes = 24;
/** A count that never changes. */
const immortal = -1;

export class TextConstants {
  readonly #offsets = new Map<string, number>();
  #size = 0;
  #letters: number | undefined;

  /** Where the text lies. */
  address(text: string): LoopExpr {
    const known = this.#offsets.get(text);
    const offset = known ?? this.#size;
    if (known === undefined) {
      this.#offsets.set(text, offset);
      this.#size += Math.ceil((unitsAt + 2 * text.length) / align) * align;
    }
    return plus(address(dataName), offset);
  }

  /** Where the texts of one ASCII character lie, one after another. */
  letters(): LoopExpr {
    if (this.#letters === undefined) {
      this.#letters = this.#size;
      this.#size += letterCount * letterBytes;
    }
    return plus(address(dataName), this.#letters);
  }

  #all(): readonly (readonly [text: string, at: number])[] {
    const first = this.#letters;
    if (first === undefined) return [...this.#offsets];
    const letters = Array.from({ length: letterCount }, (_, code) => {
      return [String.fromCharCode(code), first + code * letterBytes] as const;
    });
    return [...this.#offsets, ...letters];
  }

  data(): readonly DataObject[] {
    if (this.#size === 0) return [];
    const bytes = new Uint8Array(this.#size);
    const view = new DataView(bytes.buffer);
    for (const [text, at] of this.#all()) {
      view.setInt32(at, immortal, true);
      view.setInt32(at + 4, unitsAt + 2 * text.length, true);
      view.setInt32(at + lengthAt, text.length, true);
      view.setInt32(at + hashAt, hashOf(text), true);
      for (let i = 0; i < text.length; i++) {
        view.setUint16(at + unitsAt + 2 * i, text.charCodeAt(i), true);
      }
    }
    return [{ name: dataName, bytes, size: this.#size }];
  }
}

/** As the heap computes it for texts that it may change: static ones must have it from the start. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash | 0 || 1;
}
