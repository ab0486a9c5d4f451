/** Reads the code blocks of pages: what follows the language says what a block is. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

export const root = path.resolve(import.meta.dirname, "../..");

/** All pages but those of diagnostics, which have a test of their own. */
export const pages: readonly string[] = [
  ...["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "samples/README.md"],
  ...["", "decisions/"].flatMap((folder) =>
    readdirSync(path.join(root, "docs", folder))
      .filter((name) => name.endsWith(".md"))
      .map((name) => `docs/${folder}${name}`),
  ),
];

export interface Block {
  readonly page: string;
  readonly line: number;
  readonly language: string;
  /** The file that the block is, if it is one by name. */
  readonly file: string | undefined;
  /** The code of the error that checking it must give. */
  readonly error: string | undefined;
  /** The test that has it. */
  readonly testedIn: string | undefined;
  /** A piece of a file, or of a language that nothing here can run: not tested. */
  readonly isUntested: boolean;
  readonly text: string;
}

const fence = /^```(\w*) ?(.*)\n([\s\S]*?)^```$/gm;

export function blocksOf(page: string): readonly Block[] {
  const text = readFileSync(path.join(root, page), "utf8");
  return [...text.matchAll(fence)].map((match) => {
    const [, language = "", info = "", code = ""] = match;
    const testedIn = /^tested in (\S+)$/.exec(info)?.[1];
    const words = testedIn === undefined ? info.split(" ").filter((w) => w !== "") : [];
    const block = {
      page,
      line: text.slice(0, match.index).split("\n").length,
      language,
      file: words.find((w) => /\.\w+$/.test(w)),
      error: words.find((w) => /^GLIM\d{4}$/.test(w)),
      testedIn,
      isUntested: words.includes("excerpt") || words.includes("untested"),
      text: code,
    };
    const known = [block.file, block.error, "excerpt", "untested"];
    const unknown = words.find((w) => !known.includes(w));
    if (unknown !== undefined) throw new Error(`${page}:${block.line}: what is \`${unknown}\`?`);
    if (testedIn !== undefined && !existsSync(path.join(root, testedIn))) {
      throw new Error(`${page}:${block.line}: there is no ${testedIn}`);
    }
    return block;
  });
}

/** Pages whose blocks have a test that says more of them. */
export const testedElsewhere: Readonly<Record<string, string>> = {
  "README.md": "tests/readme/the-readme-is-true.test.ts",
  "docs/training.md": "tests/docs/the-training-page-is-true.test.ts",
};

const sizes = /[\d,]+(?: bytes)? +[\d,]+(?: gzipped)?$/gm;

/** Output without what differs from run to run, and from version to version of the compiler. */
export const steady = (text: string): string =>
  text
    .replace(/in [\d.]+ m?s$/gm, "in … s")
    .replace(/sha256 [0-9a-f]+/, "sha256 …")
    .replace(/arena [\d,]+ bytes/g, "arena … bytes")
    .replace(sizes, "…")
    .replace(/ +…/g, " …")
    .trim();

/** The sizes of files in an output: what pages show of them must be about right. */
export const sizesIn = (text: string): readonly number[] =>
  [...text.matchAll(sizes)].flatMap(([line]) =>
    [...line.matchAll(/[\d,]+/g)].map(([n]) => Number(n.replace(/,/g, ""))),
  );

/** Whether each size that is shown is within a quarter of what it is now. */
export function areAboutRight(shown: string, printed: string): boolean {
  const now = sizesIn(printed);
  return sizesIn(shown).every((n, i) => Math.abs(n / (now[i] ?? 0) - 1) < 0.25);
}

/** What the comments behind and below `console.log(…)` say that it prints. */
export function printedBy(code: string): readonly string[] {
  const lines = code.split("\n");
  return lines.flatMap((line, i) => {
    if (!line.includes("console.log(")) return [];
    const said = /\); \/\/ (.*)$/.exec(line) ?? /^ *\/\/ (.*)$/.exec(lines[i + 1] ?? "");
    return said?.[1] ?? [];
  });
}
