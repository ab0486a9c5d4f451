// A failure that says "{n} is too large" helps nobody: its text is what the plain run's is, on every host.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { compileFile } from "#glim/cli/compiler.js";
import { loadModel } from "#glim/cli/loader/load-model.js";
import { loadSync } from "#glim/runtime/load.js";

const folder = mkdtempSync(path.join(tmpdir(), "glim-failures-"));
afterAll(() => rmSync(folder, { recursive: true }));

const source = `
import { assert, script } from "glim";

export const thrown = script((n: number, s: string) => {
  if (n > 3) throw new Error(\`n is \${n}, not "\${s}" – 𝄞\`);
  return n;
});
export const asserted = script((n: number, s: string) => {
  assert(n < 5, "plain");
  assert(n < 2, s + ": " + n * 2);
  return n;
});
function deep(n: number): number {
  if (n > 5) throw new RangeError("deep " + n);
  return n < 0 ? 0 : deep(n + 1);
}
export const nested = script((n: number) => deep(n));
`;

const textOf = (call: () => unknown): string => {
  try {
    return String(call());
  } catch (error) {
    return error instanceof Error ? error.message : "";
  }
};

it("which are put together when they happen", async () => {
  const file = path.join(folder, "model.ts");
  writeFileSync(file, source);
  const { wasm } = await compileFile(file);
  const model = loadSync(new WebAssembly.Module(new Uint8Array(wasm)));
  const { exports } = await loadModel(file);
  for (const name of ["thrown", "asserted", "nested"]) {
    for (const n of [-1, 1, 2.5, 4, 1e21, 7]) {
      for (const s of ["", "é\ud800x", "日本"]) {
        const plain = exports[name];
        if (typeof plain !== "function") throw new Error(`no ${name}`);
        // A lone surrogate has no bytes in UTF-8.
        const wanted = textOf(() => plain(n, s)).replace(/\p{Surrogate}/gu, "\ufffd");
        expect(textOf(() => model[name]?.(n, s)).replace(/ \(model\.ts:.*\)$/, "")).toBe(wanted);
      }
    }
  }
});

it("and what methods cannot do is told with its place", async () => {
  const file = path.join(folder, "methods.ts");
  const lines = [
    'import { script } from "glim";',
    "export const repeated = script((s: string, n: number) => {",
    '  const longer = s + "!";',
    "  return longer.repeat(n);",
    "});",
    "export const upper = script((s: string) => [s.toUpperCase()]);",
    "export const digits = script((s: string, n: number) => s + n.toFixed(n));",
    "export const point = script((s: string, n: number) => s + String.fromCodePoint(n));",
  ];
  writeFileSync(file, lines.join("\n"));
  const { wasm } = await compileFile(file);
  const model = loadSync(new WebAssembly.Module(new Uint8Array(wasm)));
  expect(textOf(() => model.repeated?.("a", -1))).toMatch(/repetition .*\(methods\.ts:4:10\)$/);
  expect(textOf(() => model.repeated?.("a", 2))).toBe("a!a!");
  expect(textOf(() => model.upper?.("é"))).toMatch(/ASCII .*\(methods\.ts:6:45\)$/);
  expect(textOf(() => model.digits?.("d", 101))).toMatch(/digits .*\(methods\.ts:7:60\)$/);
  expect(textOf(() => model.point?.("p", -5))).toMatch(/code point .*\(methods\.ts:8:59\)$/);
});
