/** Reads characters of Graph IR text: names, quoted text, spaces, and where an error is. */

/** What is wrong in a text, and where. Lines and columns count from 1. */
export class GraphSyntaxError extends SyntaxError {
  readonly line: number;
  readonly column: number;

  constructor(message: string, line: number, column: number) {
    super(`${line}:${column}: ${message}`);
    this.name = "GraphSyntaxError";
    this.line = line;
    this.column = column;
  }
}

/** A name that is written without quotes: letters, digits and dots, not beginning with a digit. */
export const isBareName = (name: string): boolean => /^[\p{L}_$][\p{L}\p{N}_$.]*$/u.test(name);

/** A name as it stands where that can be read back, else quoted. */
export const printName = (name: string): string => (isBareName(name) ? name : JSON.stringify(name));

export class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Stops with an error at the current place, or at `at`. */
  fail(message: string, at = this.#at): never {
    const before = this.#text.slice(0, at);
    const line = before.split("\n").length;
    throw new GraphSyntaxError(message, line, at - before.lastIndexOf("\n"));
  }

  get place(): number {
    return this.#at;
  }

  get atEnd(): boolean {
    return this.#at === this.#text.length;
  }

  /** Skips spaces and a comment, not the end of the line. */
  space(): void {
    this.match(/[ \t\r]*(?:;[^\n]*)?/y);
  }

  /** Skips spaces, comments and ends of lines. */
  lines(): void {
    this.match(/(?:[ \t\r\n]|;[^\n]*)*/y);
  }

  /** The text that a sticky expression matches here, skipped; undefined where it does not match. */
  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  sees(text: string): boolean {
    return this.#text.startsWith(text, this.#at);
  }

  /** Skips `text` and the spaces after it, if it is here. */
  take(text: string): boolean {
    if (!this.sees(text)) return false;
    this.#at += text.length;
    this.space();
    return true;
  }

  expect(text: string): void {
    if (!this.take(text)) this.fail(`expected ${text}, found ${this.#found()}`);
  }

  /** Skips a whole word, so that `size` is not found in `sizes`. */
  takeWord(word: string): boolean {
    const from = this.#at;
    if (this.match(/[\p{L}_$][\p{L}\p{N}_$.]*/uy) === word) {
      this.space();
      return true;
    }
    this.#at = from;
    return false;
  }

  /** A bare or quoted name. */
  name(what: string): string {
    const name = this.sees('"') ? this.quoted() : this.match(/[\p{L}_$][\p{L}\p{N}_$.]*/uy);
    return name ?? this.fail(`expected ${what}, found ${this.#found()}`);
  }

  quoted(): string {
    const from = this.#at;
    const text = this.match(/"(?:[^"\\\n]|\\.)*"/y);
    if (text === undefined) this.fail(`expected quoted text, found ${this.#found()}`);
    try {
      return String(JSON.parse(text));
    } catch {
      return this.fail(`not a JSON string: ${text}`, from);
    }
  }

  /** What `pattern` matches, or an error that says what was expected. */
  token(pattern: RegExp, what: string): string {
    const text = this.match(pattern);
    if (text === undefined || text === "") this.fail(`expected ${what}, found ${this.#found()}`);
    return text;
  }

  /** `open item, item … close`, on one or several lines. */
  list<T>(open: string, close: string, item: () => T): T[] {
    const items: T[] = [];
    this.expect(open);
    this.lines();
    if (this.take(close)) return items;
    for (;;) {
      items.push(item());
      this.lines();
      if (this.take(close)) return items;
      if (!this.take(",")) this.fail(`expected , or ${close}, found ${this.#found()}`);
      this.lines();
    }
  }

  #found(): string {
    if (this.atEnd) return "the end of the text";
    const word = /[^\s,()[\]{}]+|./suy;
    word.lastIndex = this.#at;
    const text = word.exec(this.#text)?.[0] ?? "";
    return text === "\n" ? "the end of the line" : text;
  }
}
