// Builds the site from docs/ and the README, and the playground, into site/dist. A link that leads nowhere fails it.

import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vitepress";
import { buildPlayground } from "./playground/build.mjs";

const here = (name) => new URL(name, import.meta.url);

// The generator resolves what pages import from where they lie, so they must lie within.
rmSync(here("pages"), { recursive: true, force: true });
cpSync(here("../docs"), here("pages"), { recursive: true });

/** A page from above docs/: its links are as from docs/, and files that are no pages are not linked. */
const addPage = (file, name) => {
  const text = readFileSync(here(`../${file}`), "utf8")
    .replace(/\]\(docs\//g, "](./")
    .replace(/\]\(CONTRIBUTING\.md\)/g, "](./contributing.md)")
    .replace(/\[([^\]]*)\]\((?!\.\/|https?:|#)[^)]*\)/g, "$1");
  writeFileSync(here(`pages/${name}`), text);
};
addPage("README.md", "index.md");
addPage("CONTRIBUTING.md", "contributing.md");

/** The site has the pages alone: a link from docs/ to the sources would lead nowhere. */
const pages = fileURLToPath(here("pages"));
for (const name of readdirSync(pages).filter((file) => file.endsWith(".md"))) {
  const text = readFileSync(path.join(pages, name), "utf8");
  writeFileSync(path.join(pages, name), text.replace(/\[([^\]]*)\]\(\.\.\/[^)]*\)/g, "`$1`"));
}

await buildPlayground(fileURLToPath(here("pages/public/playground")));
await build(import.meta.dirname);
