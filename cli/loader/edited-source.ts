/** Owns edits of a source text: they keep its lines, and every position can be traced back. */

interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** A part of the edited text. Copied parts map one to one, inserted ones to where they stand. */
interface Piece {
  readonly start: number;
  readonly text: string;
  readonly original: number;
  readonly copied: boolean;
}

/**
 * Collects edits of a text. Edits at one position come out in the order in which they were made.
 * They are expected to keep the lines: what they insert has no line break.
 */
export class SourceEditor {
  readonly original: string;
  readonly #edits: Edit[] = [];

  constructor(original: string) {
    this.original = original;
  }

  insert(at: number, text: string): void {
    this.#edits.push({ from: at, to: at, text });
  }

  /** Replaces a range; line breaks in it are kept, after the new text. */
  replace(from: number, to: number, text: string): void {
    const breaks = this.original.slice(from, to).replace(/[^\n]/g, "");
    this.#edits.push({ from, to, text: text + breaks });
  }

  finish(): EditedSource {
    const pieces: Piece[] = [];
    let end = 0;
    const add = (text: string, original: number, copied: boolean): void => {
      if (text === "") return;
      pieces.push({ start: end, text, original, copied });
      end += text.length;
    };
    let done = 0;
    // Array sorting is stable, which keeps the order of edits at one position.
    for (const { from, to, text } of this.#edits.toSorted((a, b) => a.from - b.from)) {
      add(this.original.slice(done, from), done, true);
      add(text, from, false);
      done = Math.max(done, to);
    }
    add(this.original.slice(done), done, true);
    return new EditedSource(this.original, pieces);
  }
}

/** The result of edits: a text, and the way back to the original. */
export class EditedSource {
  readonly original: string;
  readonly text: string;
  readonly #pieces: readonly Piece[];

  constructor(original: string, pieces: readonly Piece[]) {
    this.original = original;
    this.text = pieces.map((piece) => piece.text).join("");
    this.#pieces = pieces;
  }

  /** The edited text with its source map in a comment behind it. */
  textWithMap(sourceName: string): string {
    const map = Buffer.from(this.sourceMap(sourceName)).toString("base64");
    return `${this.text}\n//# sourceMappingURL=data:application/json;base64,${map}`;
  }

  /** A source map (version 3, as JSON) with an entry for each token of the original. */
  sourceMap(sourceName: string): string {
    const mappings = new Mappings(this.original);
    for (const { start, text, original, copied } of this.#pieces) {
      const tokens = copied ? TOKEN : LINE_BREAK;
      if (!copied) mappings.add(start, original);
      for (const { 0: token, index } of text.matchAll(tokens)) {
        if (token === "\n") mappings.nextLine(start + index + 1);
        else mappings.add(start + index, original + index);
      }
    }
    return JSON.stringify({
      version: 3,
      sources: [sourceName],
      sourcesContent: [this.original],
      names: [],
      mappings: mappings.text,
    });
  }
}

const LINE_BREAK = /\n/g;
const TOKEN = /\n|[\p{L}\p{N}_$]+|\S/gu;

/** Writes the `mappings` of a source map whose two texts have the same lines. */
class Mappings {
  text = "";
  /** Whether the line has no entry yet: asking the text would copy it, each time. */
  #isFirst = true;
  readonly #originalLines: readonly number[];
  #line = 0;
  #lineStart = 0;
  #column = 0;
  #originalLine = 0;
  #originalColumn = 0;

  constructor(original: string) {
    const breaks = [...original.matchAll(LINE_BREAK)];
    this.#originalLines = [0, ...breaks.map((match) => match.index + 1)];
  }

  nextLine(start: number): void {
    this.text += ";";
    this.#isFirst = true;
    this.#line++;
    this.#lineStart = start;
    this.#column = 0;
  }

  /** Says that offset `edited`, in the current line, comes from offset `original`. */
  add(edited: number, original: number): void {
    const column = edited - this.#lineStart;
    const originalColumn = original - (this.#originalLines[this.#line] ?? 0);
    // Deltas: column, source (always the only one), line, column of the original.
    this.text += `${this.#isFirst ? "" : ","}${encodeDelta(column - this.#column)}A`;
    this.text += encodeDelta(this.#line - this.#originalLine);
    this.text += encodeDelta(originalColumn - this.#originalColumn);
    this.#isFirst = false;
    this.#column = column;
    this.#originalLine = this.#line;
    this.#originalColumn = originalColumn;
  }
}

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** The variable-length code of source maps: groups of five bits, the sign in the lowest. */
function encodeDelta(delta: number): string {
  let rest = delta < 0 ? (-delta << 1) | 1 : delta << 1;
  let text = "";
  do {
    const more = rest >= 32 ? 32 : 0;
    text += BASE64.charAt((rest & 31) | more);
    rest >>= 5;
  } while (rest > 0);
  return text;
}
