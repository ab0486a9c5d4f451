/** Cuts the text of Loop IR into tokens, and reads them one by one. */

export interface Token {
  /** `%`, `@` and `$` are names with that sigil, `text` being the bare name. */
  readonly kind: "%" | "@" | "$" | "string" | "number" | "word" | "symbol" | "end";
  readonly text: string;
  readonly line: number;
}

const space = /(?:\s|\/\/[^\n]*)+/y;
const name = /([%@$])([\w.]+|"(?:[^"\\]|\\.)*")/y;
const string = /"(?:[^"\\]|\\.)*"/y;
const number = /-?(?:inf\b|\d+(?:\.\d+)?(?:e[+-]?\d+)?)/y;
const word = /[A-Za-z_][\w.]*/y;
const symbol = /->|<<|>>>|>>|<=|>=|==|!=|[-+*/&|^<>=(){}[\],:…]/y;

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let line = 1;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
  const next = (): { kind: Token["kind"]; text: string; length: number } => {
    const found = match(name);
    if (found) {
      const [whole, sigil, body] = found;
      const kind = sigil === "%" || sigil === "@" ? sigil : "$";
      return { kind, text: unquoted(body!), length: whole.length };
    }
    const quoted = match(string)?.[0];
    if (quoted !== undefined)
      return { kind: "string", text: unquoted(quoted), length: quoted.length };
    const kinds = { number, word, symbol } as const;
    for (const kind of ["number", "word", "symbol"] as const) {
      const value = match(kinds[kind])?.[0];
      if (value === undefined || (kind === "number" && isMinus(value, tokens.at(-1)))) continue;
      return { kind, text: value, length: value.length };
    }
    throw new Error(`line ${line}: unexpected ${JSON.stringify(text.slice(at, at + 10))}`);
  };
  for (;;) {
    const skipped = match(space)?.[0] ?? "";
    at += skipped.length;
    line += skipped.split("\n").length - 1;
    if (at >= text.length) break;
    const token = next();
    tokens.push({ kind: token.kind, text: token.text, line });
    at += token.length;
  }
  return [...tokens, { kind: "end", text: "end of text", line }];
}

/** After an operand, `-1` is a subtraction. */
function isMinus(value: string, before: Token | undefined): boolean {
  if (!value.startsWith("-") || !before) return false;
  if (before.kind === "symbol") return before.text === ")" || before.text === "]";
  return before.kind !== "word";
}

function unquoted(text: string): string {
  const value: unknown = text.startsWith('"') ? JSON.parse(text) : text;
  return String(value);
}

export class TokenReader {
  private readonly tokens: readonly Token[];
  private at = 0;

  constructor(text: string) {
    this.tokens = tokenize(text);
  }

  peek(ahead = 0): Token {
    return this.tokens[Math.min(this.at + ahead, this.tokens.length - 1)]!;
  }

  next(): Token {
    const token = this.peek();
    this.at++;
    return token;
  }

  /** Reads the word or symbol `text` if it is next. */
  accept(text: string): boolean {
    if (!this.is(text)) return false;
    this.at++;
    return true;
  }

  is(text: string): boolean {
    const token = this.peek();
    return (token.kind === "symbol" || token.kind === "word") && token.text === text;
  }

  expect(text: string): void {
    if (!this.accept(text)) this.fail(`expected ${text}`);
  }

  read(kind: Token["kind"]): string {
    if (this.peek().kind !== kind) this.fail(`expected a ${kind}`);
    return this.next().text;
  }

  /** About the next token, which is not what had to come. */
  fail(what: string): never {
    const { line, text } = this.peek();
    throw new Error(`line ${line}: ${what}, not ${text}`);
  }

  /** As `fail`, about the token read last. */
  refuse(what: string): never {
    throw new Error(`line ${this.tokens[Math.max(0, this.at - 1)]!.line}: ${what}`);
  }

  /** What `one` reads, separated by commas, up to `close`. */
  list<T>(close: string, one: () => T): T[] {
    const all: T[] = [];
    while (!this.accept(close)) {
      if (all.length > 0) this.expect(",");
      all.push(one());
    }
    return all;
  }
}
