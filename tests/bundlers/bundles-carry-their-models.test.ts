// A missing .wasm is the most frequent failure of models in web apps: what a bundler writes must run as it is.

import { spawnSync } from "node:child_process";
import { readdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build as esbuild } from "esbuild";
import { rolldown } from "rolldown";
import { build as vite } from "vite";
import { expect, it } from "vitest";
import glimEsbuild from "#glim/cli/bundler/esbuild.js";
import glimRollup from "#glim/cli/bundler/rollup.js";
import glimVite from "#glim/cli/bundler/vite.js";
import { brokenModel, makeProject } from "./project.ts";

/** What the bundle's `run` gives in a process of its own. */
function runBundle(folder: string, script: string): unknown {
  const file = path.join(folder, "host.mjs");
  writeFileSync(
    file,
    `const { run } = await import(${JSON.stringify(script)}); console.log(JSON.stringify(await (run ?? globalThis.run)()));`,
  );
  const { stdout, stderr } = spawnSync(process.execPath, [file], { encoding: "utf8" });
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" });

it("of Vite, by their hashes", async () => {
  const { folder, options } = await makeProject();
  await vite({
    root: folder,
    base: "./",
    configFile: false,
    logLevel: "error",
    plugins: [glimVite(options)],
    build: { assetsInlineLimit: 0, modulePreload: false },
  });
  const names = filesIn(path.join(folder, "dist"));
  expect(names.filter((name) => /^assets\/scale-[\w-]+\.wasm$/.test(name))).toHaveLength(1);
  const script = names.find((name) => name.endsWith(".js"))!;
  expect(runBundle(folder, `./dist/${script}`)).toEqual([3, 5, 7]);
});

it("of esbuild, beside scripts in any folder", async () => {
  const { folder, options } = await makeProject();
  await esbuild({
    absWorkingDir: folder,
    entryPoints: { "scripts/main": "./main.js" },
    outdir: "dist",
    bundle: true,
    format: "esm",
    logLevel: "silent",
    plugins: [
      glimEsbuild({
        ...options,
        models: [path.join(folder, "models/scale.ts")],
        out: path.join(folder, "gen"),
      }),
    ],
  });
  expect(runBundle(folder, "./dist/scripts/main.js")).toEqual([3, 5, 7]);
});

it("of Rollup's successor, which takes the same plugins", async () => {
  const { folder } = await makeProject();
  const plugin = glimRollup({
    models: [path.join(folder, "models/scale.ts")],
    out: path.join(folder, "gen"),
  });
  const bundle = await rolldown({ cwd: folder, input: "./main.js", plugins: [plugin] as never });
  await bundle.write({ dir: path.join(folder, "dist"), format: "esm" });
  expect(runBundle(folder, "./dist/main.js")).toEqual([3, 5, 7]);
});

it("writes real files, with types", async () => {
  const { folder, options } = await makeProject();
  await vite({ root: folder, configFile: false, logLevel: "error", plugins: [glimVite(options)] });
  expect(filesIn(path.join(folder, "gen")).toSorted()).toEqual([
    "scale.d.ts",
    "scale.d.wasm.ts",
    "scale.js",
    "scale.wasm",
  ]);
});

it("entries by themselves, each with the weights that it uses", async () => {
  const { folder, write } = await makeProject();
  await write(
    "models/parts.ts",
    `import { script, type Tensor, tensor } from "glim";
const numbers = (n: number) => tensor(Array.from({ length: n }, (_, i) => i % 13));
const [small, large] = [numbers(100), numbers(5000)];
export const first = script((x: Tensor<[100]>) => x.mul(small));
export const later = script((x: Tensor<[5000]>) => x.mul(large));
`,
  );
  const part = (entry: string) => ({
    file: path.join(folder, "models/parts.ts"),
    entries: [entry],
    externalWeights: true,
  });
  const plugin = glimRollup({
    models: { first: part("first"), later: part("later") },
    out: path.join(folder, "gen"),
  });
  await write(
    "main.js",
    `import { load } from "./gen/first.js";
const sum = (n, call) => call(new Float32Array(n).fill(1)).data.reduce((a, b) => a + b);
export const run = async () => {
  const first = sum(100, (await load()).first);
  const later = await import("./gen/later.js").then(({ load }) => load());
  return [first, sum(5000, later.later)];
};
`,
  );
  const bundle = await rolldown({ cwd: folder, input: "./main.js", plugins: [plugin] as never });
  await bundle.write({ dir: path.join(folder, "dist"), format: "esm" });
  const due = (n: number): number =>
    Array.from({ length: n }, (_, i) => i % 13).reduce((a, b) => a + b);
  expect(runBundle(folder, "./dist/main.js")).toEqual([due(100), due(5000)]);
  const sizeOf = (name: string) => statSync(path.join(folder, "gen", name)).size;
  expect(sizeOf("first.safetensors")).toBeLessThan(1000);
  expect(sizeOf("later.safetensors")).toBeGreaterThan(20_000);
  expect(sizeOf("later.safetensors")).toBeLessThan(21_000);
});

it("fails with what the compiler says, and where", async () => {
  const { folder, options, write } = await makeProject();
  await write("models/scale.ts", brokenModel);
  const failed = vite({
    root: folder,
    configFile: false,
    logLevel: "silent",
    plugins: [glimVite(options)],
  });
  await expect(failed).rejects.toThrow(/error\[GLIM\d+\].*scale\.ts:3:/s);
  const report = await esbuild({
    absWorkingDir: folder,
    entryPoints: ["main.js"],
    outdir: "dist",
    bundle: true,
    format: "esm",
    logLevel: "silent",
    plugins: [
      glimEsbuild({
        models: [path.join(folder, "models/scale.ts")],
        out: path.join(folder, "gen"),
      }),
    ],
  }).catch((error: unknown) => String(error));
  expect(report).toMatch(/matmull/);
});
