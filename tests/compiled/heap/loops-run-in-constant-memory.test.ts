// Objects that a loop makes and drops are given back at once: a program that runs for long must not grow.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { compileFile } from "#glim/cli/compiler.js";

const folder = mkdtempSync(path.join(tmpdir(), "glim-constant-"));
afterAll(() => rmSync(folder, { recursive: true }));

const source = `
import { script } from "glim";

interface Word {
  readonly text: string;
  readonly places: number[];
}

export const churn = script((n: number): number => {
  let word: Word = { text: "", places: [] };
  const words: Word[] = [word];
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const places: number[] = [];
    for (let k = 0; k < (i & 3); k++) places.push(i);
    word = { text: "w" + String(i & 1023), places };
    words[0] = word;
    sum += words[0]!.text.length + words[0]!.places.length;
  }
  return sum;
});
`;

const rounds = 10_000_000;

it(`makes ${rounds} lists, records and texts`, { timeout: 120_000 }, async () => {
  const file = path.join(folder, "model.ts");
  writeFileSync(file, source);
  const { wasm } = await compileFile(file);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(wasm)));
  const { buffer } = exports.memory as WebAssembly.Memory;
  const churn = exports.churn as (n: number) => number;
  expect(churn(100)).toBe(0);
  const before = buffer.byteLength;
  const start = performance.now();
  expect(churn(rounds)).toBe(0);
  const seconds = (performance.now() - start) / 1000;
  console.log(`${rounds} rounds in ${seconds.toFixed(1)} s, ${before} bytes of memory`);
  expect((exports.memory as WebAssembly.Memory).buffer.byteLength).toBe(before);
});
