// The first minutes decide whether people stay: what `glim init` writes must work as it stands, with the package as
// it is published.

import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "glim-init-"));
  run(root, "npm", "pack", "--ignore-scripts", "--pack-destination", folder);
  const [tarball = ""] = readdirSync(folder);
  run(folder, "tar", "-xzf", tarball);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

function run(cwd: string, command: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1", NODE_ENV: "production", VITEST: undefined },
  });
  expect(status, `${command} ${args.join(" ")}\n${stdout}${stderr}`).toBe(0);
  return stdout;
}

/** What `npm install` would do, with the packages that are installed here. */
function install(project: string): void {
  const modules = path.join(project, "node_modules");
  mkdirSync(path.join(modules, ".bin"), { recursive: true });
  const installed = path.join(root, "node_modules");
  for (const name of readdirSync(installed)) {
    if (name.startsWith(".") || name === "glim") continue;
    symlinkSync(path.join(installed, name), path.join(modules, name));
  }
  for (const name of readdirSync(path.join(installed, ".bin"))) {
    symlinkSync(path.join(installed, ".bin", name), path.join(modules, ".bin", name));
  }
  run(project, "cp", "-r", path.join(folder, "package"), path.join(modules, "glim"));
  const bin = path.join(modules, ".bin/glim");
  rmSync(bin, { force: true });
  symlinkSync("../glim/dist/cli/main.js", bin);
  chmodSync(path.join(modules, "glim/dist/cli/main.js"), 0o755);
}

function create(kind: string): string {
  const main = path.join(folder, "package/dist/cli/main.js");
  // Its dependencies are those of this checkout.
  const modules = path.join(folder, "node_modules");
  if (!existsSync(modules)) symlinkSync(path.join(root, "node_modules"), modules);
  const printed = run(folder, process.execPath, main, "init", `my ${kind}`, "--kind", kind);
  expect(printed).toContain("package.json");
  const project = path.join(folder, `my ${kind}`);
  expect(existsSync(path.join(project, ".gitignore"))).toBe(true);
  const { name, devDependencies } = JSON.parse(
    readFileSync(path.join(project, "package.json"), "utf8"),
  );
  expect(name).toBe(`my-${kind}`);
  expect(devDependencies.glim).toMatch(/^\^\d/);
  install(project);
  return project;
}

it.each([
  ["app", ["dist/index.html"]],
  ["library", ["dist/colors.js", "dist/colors.d.ts", "dist/colors.wasm"]],
  ["worker", ["dist/worker.js"]],
] as const)("%s", { timeout: 180_000 }, (kind, outputs) => {
  const project = create(kind);
  run(project, "npm", "run", "build");
  for (const output of outputs) expect(existsSync(path.join(project, output)), output).toBe(true);
  expect(run(project, "npm", "test")).toMatch(/Tests +\d+ passed/);
  expect(run(project, "npm", "run", "check")).toContain("no errors");
});

it("nothing is written over what is there", () => {
  const main = path.join(root, "dist/cli/main.js");
  const { status, stderr } = spawnSync(process.execPath, [main, "init", "."], {
    cwd: folder,
    encoding: "utf8",
  });
  expect(status).toBe(2);
  expect(stderr).toContain("is not empty; choose a new folder");
});
