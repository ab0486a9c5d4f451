/**
 * Reads the pages of docs/diagnostics. A page has either two programs, the first of which fails, or a
 * session of commands, or says that there is no example.
 */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";

export const pages = new URL("../../docs/diagnostics/", import.meta.url);

export const explained: readonly string[] = readdirSync(pages)
  .filter((name) => name.endsWith(".md"))
  .map((name) => name.slice(0, -3));

export interface Block {
  readonly language: string;
  /** What follows the language: the name of a file. */
  readonly name: string;
  readonly text: string;
}

const fence = /^```(\w*) ?(.*)\n([\s\S]*?)^```$/gm;

export class DiagnosticPage {
  readonly code: string;
  readonly text: string;

  constructor(code: string) {
    this.code = code;
    this.text = readFileSync(new URL(`${code}.md`, pages), "utf8");
  }

  get title(): string {
    return /^# (GLIM\d{4}: .+)$/m.exec(this.text)?.[1] ?? "";
  }

  get blocks(): readonly Block[] {
    return [...this.text.matchAll(fence)].map(([, language = "", name = "", text = ""]) => ({
      language,
      name,
      text,
    }));
  }

  get kind(): "programs" | "session" | "reason" {
    if (this.blocks.some((b) => b.language === "console")) return "session";
    return /^There is no example: /m.test(this.text) ? "reason" : "programs";
  }

  /** Writes other texts into the blocks, in order. */
  rewrite(texts: readonly string[]): void {
    let i = 0;
    const text = this.text.replace(fence, (_, language: string, name: string) => {
      const head = name === "" ? language : `${language} ${name}`;
      return `\`\`\`${head}\n${texts[i++]}\`\`\``;
    });
    writeFileSync(new URL(`${this.code}.md`, pages), text);
  }
}

export interface Mark {
  /** From 1. */
  readonly line: number;
  readonly from: number;
  readonly to: number;
  /** Whether what is marked goes on in the next line. */
  readonly goesOn: boolean;
}

const markLine = /^( *\/\/ *)(\^+)(…?)$/;

/** The line that `// ^^^` below it marks, and the columns, from 0. */
export function markOf(program: string): Mark | undefined {
  const lines = program.split("\n");
  const at = lines.findIndex((line) => markLine.test(line));
  const found = markLine.exec(lines[at] ?? "");
  if (found === null) return undefined;
  const [, margin = "", carets = "", more] = found;
  const from = margin.length;
  return { line: at, from, to: from + carets.length, goesOn: more !== "" };
}

/** The program with the mark of a span below its line. */
export function withMark(program: string, mark: Mark): string {
  const margin = `${" ".repeat(Math.max(0, lineIndent(program, mark)))}//`.padEnd(mark.from);
  const lines = program.split("\n").filter((line) => !markLine.test(line));
  lines.splice(mark.line, 0, margin + "^".repeat(mark.to - mark.from) + (mark.goesOn ? "…" : ""));
  return lines.join("\n");
}

/** The comment stands below the code where there is room for it. */
function lineIndent(program: string, mark: Mark): number {
  const line = program.split("\n")[mark.line - 1] ?? "";
  const indent = line.length - line.trimStart().length;
  return Math.min(indent, mark.from - 2);
}
