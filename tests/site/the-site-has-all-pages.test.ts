// The documentation is read as a site: one command builds it, a link that leads nowhere fails it, and what people look
// for first is there.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";

const site = path.resolve(import.meta.dirname, "../../site");
const isInstalled = existsSync(path.join(site, "node_modules/vitepress"));
if (!isInstalled) {
  console.warn("left out: the site; `npm run site` installs what builds it");
}

describe.skipIf(!isInstalled)("the site", () => {
  beforeAll(() => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(site, "build.mjs")], {
      encoding: "utf8",
    });
    expect(status, stdout + stderr).toBe(0);
  }, 500_000);

  it.each([
    ...["index", "getting-started", "language", "errors", "editors", "training", "hosts"],
    ...["performance", "pytorch", "torchscript", "operators", "functions", "numerics"],
    ...["artefact", "format", "interpreter", "contributing", "architecture"],
    ...["diagnostics/GLIM3001", "decisions/0001-exits-end-regions", "playground/index"],
  ])("has %s, which other pages lead to", (name) => {
    const page = path.join(site, "dist", `${name}.html`);
    expect(existsSync(page)).toBe(true);
    const menu = readFileSync(path.join(site, "dist/getting-started.html"), "utf8");
    const link = name === "index" ? 'href="/"' : `href="/${name}`;
    expect(menu).toContain(link);
  });

  it("links no sources, which it does not have", () => {
    const page = readFileSync(path.join(site, "dist/architecture.html"), "utf8");
    expect(page).toContain("op.ts");
    expect([...page.matchAll(/href="[^"]*\.ts"/g)]).toEqual([]);
  });
});
