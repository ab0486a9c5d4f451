/** Words and bytes of a program while it grows. */

/** A list of 32-bit words. */
export class WordWriter {
  readonly words: number[] = [];

  add(...words: readonly number[]): void {
    for (const word of words) {
      if (!Number.isInteger(word) || word < -(2 ** 31) || word >= 2 ** 32) {
        throw new Error(`${word} is no 32-bit word`);
      }
      this.words.push(word);
    }
  }

  /** A number as its two words, the low one first. */
  addNumber(x: number): void {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, x, true);
    this.add(view.getUint32(0, true), view.getUint32(4, true));
  }

  bytes(): Uint8Array {
    const bytes = new Uint8Array(this.words.length * 4);
    const view = new DataView(bytes.buffer);
    this.words.forEach((word, i) => {
      view.setUint32(i * 4, word >>> 0, true);
    });
    return bytes;
  }
}

/** Texts in UTF-8, each ended by a zero byte; equal ones are one. */
export class StringPool {
  readonly #offsets = new Map<string, readonly [at: number, length: number]>();
  readonly #parts: Uint8Array[] = [];
  #size = 0;

  /** The byte where the text begins, and its length without the zero. */
  add(text: string): readonly [at: number, length: number] {
    const known = this.#offsets.get(text);
    if (known) return known;
    const bytes = new TextEncoder().encode(`${text}\0`);
    const place = [this.#size, bytes.length - 1] as const;
    this.#offsets.set(text, place);
    this.#parts.push(bytes);
    this.#size += bytes.length;
    return place;
  }

  bytes(): Uint8Array {
    return joinBytes(this.#parts);
  }
}

export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
