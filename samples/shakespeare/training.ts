/** Texts as numbers, and the pieces of them that a step learns from. */

import { type Rng, type Tensor, tensor } from "glim";
import { characters } from "./gpt.ts";

/** The number of each character; unknown ones count as spaces. */
export function encode(text: string): Int32Array {
  const unknown = characters.indexOf(" ");
  return Int32Array.from([...text], (c) => {
    const id = characters.indexOf(c);
    return id < 0 ? unknown : id;
  });
}

export const decode = (ids: Iterable<number>): string =>
  Array.from(ids, (id) => characters[id]).join("");

export interface Batch {
  readonly ids: Tensor<["B", "T"], "i32">;
  /** The character after each. */
  readonly next: Tensor<["B", "T"], "i32">;
}

/** Pieces of `length` characters that begin at `starts`. */
export function batchAt(text: Int32Array, starts: readonly number[], length: number): Batch {
  const piece = (shift: number): Tensor<["B", "T"], "i32"> => {
    const ids = new Int32Array(starts.length * length);
    starts.forEach((start, i) => {
      ids.set(text.subarray(start + shift, start + shift + length), i * length);
    });
    return tensor(ids, [starts.length, length]);
  };
  return { ids: piece(0), next: piece(1) };
}

export const drawBatch = (text: Int32Array, rng: Rng, count: number, length: number): Batch =>
  batchAt(text, [...rng.integers([count], 0, text.length - length).toList()].map(Number), length);
