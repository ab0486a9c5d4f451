// Generated code nests as deeply as no stack goes: the compiler must say which line, and not stop by itself.

import { expect, it } from "vitest";
import { glim, testFolder } from "./glim.ts";

const levels = 10_000;
const head = 'import { script } from "glim";\n';
const programs: readonly (readonly [what: string, body: string])[] = [
  ["parentheses", `n => ${"(".repeat(levels)}n${" + 1)".repeat(levels)}`],
  ["minuses", `n => ${"-(".repeat(levels)}n${")".repeat(levels)}`],
  ["blocks", `n => { ${"if (n > 1) {".repeat(levels)} n += 1; ${"}".repeat(levels)} return n; }`],
  ["lists", `n => n + ${"[".repeat(levels)}${"]".repeat(levels)}.length`],
];

it.each(programs)("%s, 10,000 levels", { timeout: 60_000 }, async (_, body) => {
  const folder = await testFolder({
    "model.ts": `${head}export const f = script((n: number) => (${body})(n));\n`,
  });
  const { code, stderr } = await glim(folder, "compile", "model.ts", "-o", "out");
  expect(stderr).toMatch(
    /^error\[GLIM4018\]: this code is nested too deeply to be compiled\n {2}--> model\.ts:2:\d+\n/,
  );
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(code).toBe(1);
});
