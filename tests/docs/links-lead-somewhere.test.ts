// A page that is renamed leaves links behind: each link of the README and of docs/ leads to a file, and its heading.

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");
const pages = [
  ...["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "samples/README.md"],
  ...readdirSync(path.join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => path.join("docs", name)),
];

const read = (page: string): string => readFileSync(path.join(root, page), "utf8");

/** Links in the text, without those in code. */
function linksOf(page: string): readonly string[] {
  const text = read(page)
    .replace(/^```[\s\S]*?^```/gm, "")
    .replace(/`[^`\n]*`/g, "");
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!);
}

/** As they are named in links: words in lower case with dashes between. */
const headingsOf = (file: string): readonly string[] =>
  [...readFileSync(file, "utf8").matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replace(/\s/g, "-"),
  );

function isDead(page: string, link: string): boolean {
  if (/^https?:/.test(link)) return false;
  const [target = "", heading] = link.split("#");
  const file = path.resolve(root, target === "" ? page : path.join(path.dirname(page), target));
  if (!existsSync(file)) return true;
  return heading !== undefined && statSync(file).isFile() && !headingsOf(file).includes(heading);
}

it("there are links", () => {
  expect(pages.flatMap(linksOf).length).toBeGreaterThan(30);
});

it("that all lead somewhere", () => {
  const dead = pages.flatMap((page) =>
    linksOf(page)
      .filter((link) => isDead(page, link))
      .map((link) => `${page}: ${link}`),
  );
  expect(dead).toEqual([]);
});
