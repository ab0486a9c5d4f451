// People copy what pages show: each block of code compiles and runs as it stands, prints what it says, or fails as it
// says; each command is one that there is. A block opts out with the word `excerpt` or `untested` behind its language.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { transformSync } from "esbuild";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  areAboutRight,
  type Block,
  blocksOf,
  pages,
  printedBy,
  root,
  steady,
  testedElsewhere,
} from "./code-blocks.ts";

const all = pages.flatMap(blocksOf);
const glim = path.join(root, "dist/cli/main.js");
const top = mkdtempSync(path.join(os.tmpdir(), "glim-docs-"));

beforeAll(() => {
  const modules = path.join(top, "node_modules");
  mkdirSync(modules);
  symlinkSync(root, path.join(modules, "glim"));
  for (const name of ["@types", "esbuild", "typescript", "undici-types", "vite"]) {
    symlinkSync(path.join(root, "node_modules", name), path.join(modules, name));
  }
  writeFileSync(path.join(top, "package.json"), '{ "type": "module" }');
});
afterAll(() => rmSync(top, { recursive: true }));

describe("what blocks are", () => {
  it("is said of each", () => {
    const known = ["c", "console", "js", "json", "lua", "sh", "text", "ts"];
    const others = all.filter((b) => !known.includes(b.language));
    expect(others.map((b) => `${b.page}:${b.line}: ${b.language}`)).toEqual([]);
  });

  it("few opt out", () => {
    const untested = all.filter((b) => b.isUntested);
    expect(untested.map((b) => `${b.page} ${b.language}`)).toEqual([
      "CHANGELOG.md ts",
      "CHANGELOG.md ts",
      "docs/adding-an-operator.md ts",
      "docs/editors.md lua",
      "docs/editors.md lua",
      "docs/files.md js",
      "docs/files.md js",
      "docs/interpreter.md ts",
      "docs/training.md js",
    ]);
  });
});

/** The options that `glim COMMAND --help` names. */
const optionsOf = new Map<string, string>();
function helpOf(command: string): string {
  let help = optionsOf.get(command);
  if (help === undefined) {
    help = spawnSync(process.execPath, [glim, command, "--help"], { encoding: "utf8" }).stdout;
    optionsOf.set(command, help);
  }
  return help;
}

/** Why a command line cannot be right, or undefined. */
function refusal(line: string): string | undefined {
  for (const command of line.split(/&&|\|/)) {
    const plain = command
      .replace(/#.*$/, "")
      .trim()
      .replace(/^([A-Z_]+=\S+\s+)+/, "");
    const [program = "", ...args] = plain.split(/\s+/);
    if (program === "npm") {
      const [verb = "", name = ""] = args.filter((a) => !a.startsWith("-"));
      const { scripts } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
      if (["install", "pack", "ci"].includes(verb)) continue;
      if (!((verb === "run" ? name : verb) in scripts)) return `there is no script for ${command}`;
    } else if (program === "npx" && args[0] === "glim") {
      const help = helpOf(args[1] ?? "");
      if (help === "") return `there is no ${command}`;
      const unknown = args
        .filter((a) => /^--?\w/.test(a))
        .find((a) => !help.includes(a.split("=")[0]!));
      if (unknown !== undefined) return `${command} has no ${unknown}`;
    } else if (program.includes("/")) {
      // What was built just before.
    } else if (!["npx", "node", "cd", "git", "make", ""].includes(program))
      return `what is ${program}?`;
  }
  return undefined;
}

it("commands exist, with their options", () => {
  const lines = all.flatMap((b) =>
    b.language === "sh"
      ? b.text.trim().split("\n")
      : b.language === "console"
        ? [...b.text.matchAll(/^\$ (.*)$/gm)].map(([, line]) => line!)
        : [],
  );
  expect(lines.length).toBeGreaterThan(8);
  expect(lines.map(refusal).filter((r) => r !== undefined)).toEqual([]);
});

it("inline commands of pages exist, too", () => {
  const inline = pages.flatMap((page) =>
    [
      ...readFileSync(path.join(root, page), "utf8").matchAll(/`((?:npx )?glim [a-z]+ [^`\n]*)`/g),
    ].map(([, text]) => `npx ${text!.replace(/^npx /, "")}`),
  );
  expect(inline.length).toBeGreaterThan(15);
  expect(inline.map(refusal).filter((r) => r !== undefined)).toEqual([]);
});

it("JSON parses", () => {
  for (const { language, text } of all) {
    if (language === "json") expect(() => JSON.parse(text), text).not.toThrow();
  }
});

const isCode = (b: Block): boolean =>
  ["ts", "js", "console"].includes(b.language) && !b.isUntested && b.testedIn === undefined;
const tested = pages.filter((page) => !(page in testedElsewhere) && blocksOf(page).some(isCode));
const folderOf = (page: string): string => path.join(top, page.replace(/\W/g, "-"));

/** What pages take for granted: a model, and its weights. */
function prepare(folder: string): void {
  mkdirSync(folder);
  symlinkSync(
    path.join(root, "samples/mnist/mlp.safetensors"),
    path.join(folder, "mlp.safetensors"),
  );
  const program = blocksOf("README.md").find((b) => b.language === "ts")!.text;
  writeFileSync(path.join(folder, "model.ts"), program);
}

function runCode(folder: string, file: string, { language, text }: Block): void {
  const script = path.join(folder, file.replace(/\.ts$/, ".js"));
  const code = text.replace(/from "(\.[^"]*)\.ts"/g, 'from "$1.js"');
  writeFileSync(script, language === "ts" ? transformSync(code, { loader: "ts" }).code : code);
  const { stdout, stderr } = spawnSync(process.execPath, [script], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
  });
  expect(stderr).toBe("");
  const printed = stdout.trim() === "" ? [] : stdout.trim().split("\n");
  expect(printed).toEqual(printedBy(text));
  if (language === "ts") writeFileSync(path.join(folder, file), text);
}

function runSession(folder: string, text: string): void {
  const [command = "", ...lines] = text.trim().split("\n");
  const args = /^\$ npx glim (.*)$/.exec(command)?.[1]?.split(" ");
  expect(args, command).toBeDefined();
  const { status, stdout, stderr } = spawnSync(process.execPath, [glim, ...args!], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
  });
  const isRefused = text.includes("error[");
  expect(status, stderr).toBe(isRefused ? 1 : 0);
  if (lines.length === 0) return;
  const [shown, printed] = [lines.join("\n"), stdout + stderr];
  expect(steady(printed)).toBe(steady(shown));
  expect(areAboutRight(shown, printed), printed).toBe(true);
}

it.each(tested)("%s runs as it stands", { timeout: 240_000 }, (page) => {
  const folder = folderOf(page);
  prepare(folder);
  for (const [i, block] of blocksOf(page).filter(isCode).entries()) {
    if (block.language === "console") runSession(folder, block.text);
    else if (block.error !== undefined) {
      writeFileSync(path.join(folder, block.file!), block.text);
      const { stdout, stderr } = spawnSync(process.execPath, [glim, "check", block.file!], {
        cwd: folder,
        encoding: "utf8",
      });
      const codes = [...(stdout + stderr).matchAll(/error\[(GLIM\d+)\]/g)].map(([, code]) => code);
      expect(codes).toEqual([block.error]);
    } else runCode(folder, block.file ?? `block-${i}.${block.language}`, block);
  }
});

it("TypeScript agrees with all of it", () => {
  const files = tested.flatMap((page) =>
    blocksOf(page)
      .filter(isCode)
      .flatMap((block, i) =>
        block.language === "ts" && block.error === undefined
          ? path.join(folderOf(page), block.file ?? `block-${i}.ts`)
          : [],
      ),
  );
  const program = ts.createProgram(files.filter(ts.sys.fileExists), {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ["lib.es2023.d.ts", "lib.dom.d.ts"],
    types: ["node"],
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
  });
  const found = ts
    .getPreEmitDiagnostics(program)
    .map((d) => `${d.file?.fileName}: ${ts.flattenDiagnosticMessageText(d.messageText, "\n")}`);
  expect(found).toEqual([]);
});
