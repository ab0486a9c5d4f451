// Builds the site from docs/ and the README, and the playground, into site/dist. A link that leads nowhere fails it.

import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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

await buildPlayground(fileURLToPath(here("pages/public/playground")));
await build(import.meta.dirname);
