// People copy what docs/c.md shows: its program is built and prints what stands there, an error with its
// line of TypeScript too, after which the model goes on.

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { glim } from "../cli/glim.ts";
import { blocksOf } from "../docs/code-blocks.ts";
import { canBuild, makeFolder, removeFolders } from "./native.ts";

afterAll(removeFolders);

it.skipIf(!canBuild)("docs/c.md", { timeout: 120_000 }, async () => {
  const blocks = blocksOf("docs/c.md");
  const folder = makeFolder();
  for (const { language, text } of blocks) {
    const name = /^\/\/ (\S+\.(?:c|ts))$/m.exec(text)?.[1];
    if (language !== "console" && name) writeFileSync(path.join(folder, name), text);
  }
  const shown = blocks.find((b) => b.language === "console")!.text;
  const [first = "", ...rest] = shown.split("\n").filter((line) => line.startsWith("$ "));
  const { code, stderr } = await glim(folder, ...first.replace("$ npx glim ", "").split(" "));
  expect(code, stderr).toBe(0);
  const commands = rest.map((line) => line.slice(2)).join(" && ");
  const printed = execFileSync("sh", ["-c", commands], { cwd: folder, encoding: "utf8" });
  expect(printed).toBe(
    shown
      .split("\n")
      .filter((line) => !line.startsWith("$ "))
      .join("\n"),
  );
  // The same program, with the interpreter's way to open.
  const opening = blocks.find((b) => b.text.startsWith("glim_options"))!.text;
  const main = readFileSync(path.join(folder, "main.c"), "utf8");
  const line = "glim_model *model = glim_open(&shares_module, NULL);";
  expect(main).toContain(line);
  writeFileSync(path.join(folder, "main.c"), main.replace(line, opening));
  const second = first.replace("--emit c -o shares", "--emit c-interpreter -o packed");
  await glim(folder, ...second.replace("$ npx glim ", "").split(" "));
  execFileSync("make", ["-s", "-C", "packed", "shares", "MAIN=../main.c", "CFLAGS=-O0"], {
    cwd: folder,
  });
  expect(execFileSync(path.join(folder, "packed/shares"), { encoding: "utf8" })).toBe(printed);
  expect(readFileSync(path.join(folder, "shares/shares.h"), "utf8")).toContain(
    "shares(amounts: f32[N]) → f32[N]",
  );
});
