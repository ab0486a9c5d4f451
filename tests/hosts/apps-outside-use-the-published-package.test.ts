// What people install is the tarball, in a folder of their own, with the TypeScript that they have: there it must
// build, test and check what `glim init` writes.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");
const folder = mkdtempSync(path.join(os.tmpdir(), "glim-published-"));
let tarball = "";

/** Where other hosts could be installed, packages can be. */
const canInstall = existsSync(path.join(import.meta.dirname, "packages/node_modules"));
if (!canInstall) {
  console.warn(
    "left out: apps outside; npm --prefix tests/hosts/packages install says that packages may be installed",
  );
}

function run(cwd: string, command: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1", NODE_ENV: undefined, VITEST: undefined },
  });
  expect(status, `${command} ${args.join(" ")}\n${stdout}${stderr}`).toBe(0);
  return stdout;
}

beforeAll(() => {
  if (!canInstall) return;
  run(root, "npm", "pack", "--ignore-scripts", "--pack-destination", folder);
  tarball = readdirSync(folder)[0] ?? "";
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(!canInstall).each([
  ["6", "~6.0.3"],
  ["7", "^7.0.2"],
])("with TypeScript %s", (version, range) => {
  it("an app is installed, built with Vite, tested with vitest and checked", {
    timeout: 600_000,
  }, () => {
    const name = `app${version}`;
    run(folder, process.execPath, path.join(root, "dist/cli/main.js"), "init", name);
    const app = path.join(folder, name);
    const file = path.join(app, "package.json");
    const about = JSON.parse(readFileSync(file, "utf8"));
    Object.assign(about.devDependencies, { glim: `file:../${tarball}`, typescript: range });
    writeFileSync(file, JSON.stringify(about));
    run(app, "npm", "install", "--no-audit", "--no-fund", "--prefer-offline");
    const tsc = run(app, process.execPath, "node_modules/typescript/bin/tsc", "--version");
    expect(tsc).toContain(`Version ${version}.`);
    run(app, "npm", "run", "build");
    expect(existsSync(path.join(app, "dist/index.html"))).toBe(true);
    expect(run(app, "npm", "test")).toMatch(/Tests +\d+ passed/);
    expect(run(app, "npm", "run", "check")).toContain("no errors");
    expect(run(app, "npx", "glim", "compile", "models/colors.ts", "-o", "out")).toContain(
      "same bits on every host: yes",
    );
  });
});
