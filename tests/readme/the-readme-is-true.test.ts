// The README is what people try first: its program compiles, its output is real, its commands exist.

import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, expect, it } from "vitest";
import { areAboutRight, steady } from "../docs/code-blocks.ts";

const root = resolve(import.meta.dirname, "../..");
const readme = readFileSync(join(root, "README.md"), "utf8");
const folder = mkdtempSync(join(tmpdir(), "glim-readme-"));

const blocks = (language: string): string[] =>
  [...readme.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "g"))].map((m) => m[1]!);

const program = blocks("ts")[0]!;
const [compiled, checked] = blocks("console");

/** The command line's output for the `$ npx glim …` line of a block, which must be like the rest. */
function repeat(block: string): { readonly shown: string; readonly printed: string } {
  const [command, ...lines] = block.trim().split("\n");
  const args = /^\$ npx glim (.*)$/.exec(command!)![1]!.split(" ");
  const glim = join(root, "dist/cli/main.js");
  const { stdout, stderr } = spawnSync(process.execPath, [glim, ...args], {
    cwd: folder,
    encoding: "utf8",
  });
  const [shown, printed] = [lines.join("\n"), stdout + stderr];
  expect(areAboutRight(shown, printed), printed).toBe(true);
  return { shown: steady(shown), printed: steady(printed) };
}

beforeAll(() => {
  copyFileSync(join(root, "samples/mnist/mlp.safetensors"), join(folder, "mlp.safetensors"));
});

it("compiles its program, with the output that it shows", () => {
  writeFileSync(join(folder, "mlp.ts"), program);
  const { shown, printed } = repeat(compiled!);
  expect(printed).toBe(shown);
});

it("runs its app, which does not need Glim", async () => {
  const app = blocks("js")[0]!
    .replace("./out/mlp.js", pathToFileURL(join(folder, "out/mlp.js")).href)
    .replace(
      "const { data, shape }",
      "const pixels = new Float32Array(2 * 784);\nconst { data, shape }",
    )
    .concat("console.log(JSON.stringify([data.length, shape]));");
  const file = join(folder, "app.mjs");
  writeFileSync(file, app);
  const printed = execFileSync(process.execPath, [file], { encoding: "utf8" });
  expect(JSON.parse(printed)).toEqual([20, [2, 10]]);
});

it("shows the error of the change that it describes", () => {
  const change = /With `images: (Tensor<[^`]*>)`/.exec(readme)![1]!;
  const changed = program.replace(/(script\(\(images: )Tensor<\["B", 784\]>/, `$1${change}`);
  expect(changed).not.toBe(program);
  writeFileSync(join(folder, "mlp.ts"), changed);
  const { shown, printed } = repeat(checked!);
  expect(printed).toBe(shown);
});

it("names commands that exist", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const named = blocks("sh").flatMap((b) =>
    [...b.matchAll(/npm (?:run )?(\w+)/g)].map((m) => m[1]!),
  );
  expect(named.filter((n) => n !== "install" && !(n in scripts))).toEqual([]);
  expect(named.filter((n) => n !== "install")).toEqual(["demo", "test"]);
});

it("links to pages that exist", () => {
  const links = [...readme.matchAll(/\]\(((?!http)[^)]+)\)/g)].map((m) => m[1]!);
  expect(links.length).toBeGreaterThan(5);
  for (const link of links) expect(() => readFileSync(join(root, link))).not.toThrow();
});
