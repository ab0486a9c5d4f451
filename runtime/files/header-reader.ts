/** A cursor over the text header of a tensor file; its errors name the byte where it stands. */

import { type FileFormat, FileFormatError, spellByte, spellCount } from "./file-format-error.ts";

const isSpace = (byte: number): boolean =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/** The bytes of JSON's number syntax, so that `1e3` and `-1` are refused whole. */
const isNumeric = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) || [0x2b, 0x2d, 0x2e, 0x45, 0x65].includes(byte);

function spellCharacter(byte: number): string {
  if (byte === 0x22) return "a quotation mark";
  return byte >= 0x20 && byte < 0x7f ? `"${String.fromCharCode(byte)}"` : spellByte(byte);
}

export class HeaderReader {
  readonly format: FileFormat;
  readonly bytes: Uint8Array;
  readonly end: number;
  /** The next byte to read, counted from the start of the file. */
  at: number;

  constructor(format: FileFormat, bytes: Uint8Array, start: number, end: number) {
    this.format = format;
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  fail(message: string, at = this.at): never {
    throw new FileFormatError(this.format, `byte ${spellCount(at)}: ${message}`);
  }

  failExpecting(what: string): never {
    this.fail(`expected ${what}, found ${this.#spellNext()}`);
  }

  /** The next byte, or -1 at the end of the header. */
  peek(): number {
    return this.at < this.end ? this.bytes[this.at]! : -1;
  }

  skipSpace(): void {
    while (isSpace(this.peek())) this.at++;
  }

  /** Skips white space, then takes `char` if it is next. */
  take(char: string): boolean {
    this.skipSpace();
    if (this.peek() !== char.charCodeAt(0)) return false;
    this.at++;
    return true;
  }

  expect(char: string, after: string): void {
    if (!this.take(char)) this.failExpecting(`${spellCharacter(char.charCodeAt(0))} ${after}`);
  }

  /** A whole number from 0 that a double holds exactly, written without sign, point or exponent. */
  wholeNumber(what: string): number {
    this.skipSpace();
    const start = this.at;
    while (isNumeric(this.peek())) this.at++;
    if (this.at === start) this.failExpecting(`a whole number for ${what}`);
    const text = this.text(start, Math.min(this.at, start + 40));
    const value = Number(text);
    if (!/^(0|[1-9]\d*)$/.test(text) || !Number.isSafeInteger(value)) {
      const cut = this.at > start + 40 ? "…" : "";
      const most = spellCount(Number.MAX_SAFE_INTEGER);
      this.fail(`${what} is ${text}${cut}; it must be a whole number from 0 to ${most}`, start);
    }
    return value;
  }

  expectEnd(): void {
    this.skipSpace();
    if (this.at !== this.end) this.failExpecting("only white space after the header's last brace");
  }

  /** Bytes as Latin-1 text. */
  text(start: number, end: number): string {
    return String.fromCharCode(...this.bytes.subarray(start, end));
  }

  #spellNext(): string {
    return this.peek() < 0 ? "the header's end" : spellCharacter(this.peek());
  }
}
