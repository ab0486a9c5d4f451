// Builds the site from docs/ and the README, and the playground, into site/dist. A link that leads nowhere fails it.

import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "vitepress";
import { buildPlayground } from "./playground/build.mjs";

const here = (name) => new URL(name, import.meta.url);

// The generator resolves what pages import from where they lie, so they must lie within.
rmSync(here("pages"), { recursive: true, force: true });
cpSync(here("../docs"), here("pages"), { recursive: true });

/** The README's links, as they are from docs/; files that are no pages are not linked. */
const readme = readFileSync(here("../README.md"), "utf8")
  .replace(/\]\(docs\//g, "](./")
  .replace(/\[([^\]]*)\]\((?!\.\/|https?:|#)[^)]*\)/g, "$1");
writeFileSync(here("pages/index.md"), readme);

await buildPlayground(fileURLToPath(here("pages/public/playground")));
await build(import.meta.dirname);
