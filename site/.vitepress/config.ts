/** The documentation as a site: the pages of docs/, in the order in which people need them. */

import { readdirSync, readFileSync } from "node:fs";
import { defineConfig } from "vitepress";

const docs = new URL("../../docs/", import.meta.url);
const page = (text: string, name: string) => ({ text, link: `/${name}` });

/** The pages of a folder, by their titles. */
const pagesOf = (folder: string) =>
  readdirSync(new URL(`${folder}/`, docs))
    .filter((name) => name.endsWith(".md"))
    .sort()
    .map((name) => {
      const title = /^# (.*)$/m.exec(readFileSync(new URL(`${folder}/${name}`, docs), "utf8"))?.[1];
      return page(title ?? name, `${folder}/${name.replace(/\.md$/, "")}`);
    });

export default defineConfig({
  title: "Glim",
  description: "Tensor programs written in TypeScript, compiled to small WebAssembly modules",
  head: [["link", { rel: "icon", href: "data:," }]],
  srcDir: "./pages",
  outDir: "./dist",
  cacheDir: "./.vitepress/cache",
  // A link that leads nowhere fails the build; sources are not part of the site.
  ignoreDeadLinks: [/\.(ts|mjs)$/],
  markdown: { languageAlias: { console: "shellsession" } },
  themeConfig: {
    search: { provider: "local" },
    // No page of the site's own: it is loaded as it stands.
    nav: [{ text: "Playground", link: "/playground/index.html", target: "_self" }],
    sidebar: [
      {
        text: "Using Glim",
        items: [
          page("Getting started", "getting-started"),
          page("The script subset", "language"),
          page("Errors", "errors"),
          page("In your editor", "editors"),
          page("Training", "training"),
          page("Images and files", "files"),
          page("Compiled models", "hosts"),
          page("C programs", "c"),
          page("Performance", "performance"),
        ],
      },
      {
        text: "Coming from PyTorch",
        items: [page("Names", "pytorch"), page("TorchScript", "torchscript")],
      },
      {
        text: "Reference",
        items: [
          page("Operators", "operators"),
          page("Functions and their errors", "functions"),
          page("The numeric contract", "numerics"),
        ],
      },
      {
        text: "Formats",
        items: [
          page("The compiled module", "artefact"),
          page("Packages", "format"),
          page("The interpreter", "interpreter"),
        ],
      },
      { text: "Diagnostics", collapsed: true, items: pagesOf("diagnostics") },
      {
        text: "Contributing",
        items: [
          page("How to", "contributing"),
          page("Architecture", "architecture"),
          page("Adding an operator", "adding-an-operator"),
          { text: "Decisions", collapsed: true, items: pagesOf("decisions") },
        ],
      },
    ],
  },
});
