/** A text area with numbered lines, in which places can be underlined. */

export interface Range {
  readonly start: number;
  readonly end: number;
}

export class Editor {
  readonly element = document.createElement("div");
  readonly #area = document.createElement("textarea");
  /** Lies behind the text, with the same text in it, and shows nothing but underlines. */
  readonly #marks = document.createElement("pre");
  readonly #lines = document.createElement("pre");

  constructor(text: string, onChange: () => void) {
    this.element.className = "editor";
    this.#lines.className = "lines";
    this.#marks.className = "marks";
    for (const behind of [this.#lines, this.#marks]) behind.setAttribute("aria-hidden", "true");
    this.#area.spellcheck = false;
    this.#area.autocapitalize = "off";
    this.#area.wrap = "off";
    this.#area.setAttribute("aria-label", "Program");
    const paper = document.createElement("div");
    paper.className = "paper";
    paper.append(this.#marks, this.#area);
    this.element.append(this.#lines, paper);
    this.text = text;
    this.#area.addEventListener("input", () => {
      this.mark([]);
      this.#number();
      onChange();
    });
    this.#area.addEventListener("scroll", () => {
      this.#marks.scrollLeft = this.#area.scrollLeft;
      this.#marks.scrollTop = this.#area.scrollTop;
      this.#lines.scrollTop = this.#area.scrollTop;
    });
  }

  get text(): string {
    return this.#area.value;
  }

  set text(text: string) {
    this.#area.value = text;
    this.mark([]);
    this.#number();
  }

  placeOf(offset: number): { readonly line: number; readonly column: number } {
    const before = this.text.slice(0, offset).split("\n");
    return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
  }

  select(start: number, end: number): void {
    this.#area.focus();
    this.#area.setSelectionRange(start, end);
  }

  /** Underlines these, and nothing else. */
  mark(ranges: readonly Range[]): void {
    const parts: Node[] = [];
    let at = 0;
    for (const { start, end } of [...ranges].sort((a, b) => a.start - b.start)) {
      if (start < at) continue;
      const mark = document.createElement("mark");
      mark.textContent = this.text.slice(start, end);
      parts.push(new Text(this.text.slice(at, start)), mark);
      at = end;
    }
    this.#marks.replaceChildren(...parts, new Text(`${this.text.slice(at)}\n`));
  }

  #number(): void {
    const count = this.text.split("\n").length;
    this.#lines.textContent = Array.from({ length: count }, (_, i) => i + 1).join("\n");
  }
}
