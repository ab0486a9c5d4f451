// The promise is for people's models, not for two small ones: the known architectures give the digests of the table
// eagerly and compiled, on each engine that runs this file, and in a browser. GLIM_BLESS=1 writes the table.

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { AnyTensor } from "glim";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compileFile } from "#glim/cli/compiler.js";
import { loadSync } from "#glim/runtime/load.js";
import { findBrowser } from "../browser.ts";
import { architectures, inputsOf } from "../fixtures/architectures/weights.ts";
import { type Plain, plainOf } from "../stdlib/compiled-fixture.ts";

/** The larger ones take minutes. */
const most = 2e6;
const names = Object.entries(architectures)
  .filter(([, { names }]) => countOf(Object.values(names)) < most)
  .map(([name]) => name);
function countOf(shapes: readonly (readonly number[])[]): number {
  return shapes.reduce((sum, shape) => sum + shape.reduce((n, d) => n * d, 1), 0);
}

const table = path.resolve(import.meta.dirname, "architectures.json");
const digests: Record<string, string> = JSON.parse(readFileSync(table, "utf8"));
const isBlessed = process.env.GLIM_BLESS === "1";
afterAll(() => {
  if (isBlessed) writeFileSync(table, `${JSON.stringify(digests, null, 2)}\n`);
});

/** SHA-256 of the shape and the little-endian bits; every NaN counts as 0x7fc00000. */
function digestOf({ data, shape }: Plain): string {
  const bits = new Uint32Array(data.slice().buffer);
  data.forEach((x, i) => {
    if (Number.isNaN(x)) bits[i] = 0x7fc00000;
  });
  return createHash("sha256").update(`${shape}\0`).update(bits).digest("hex");
}

const browser = await findBrowser();
let origin: Awaited<ReturnType<NonNullable<typeof browser>["newPage"]>> | undefined;
beforeAll(async () => {
  origin = await browser?.newPage();
});

/** In a page: the result of `run`, with the elements as a list. */
const inPage = `async ([js, inputs]) => {
  const { load } = await import(URL.createObjectURL(new Blob([js], { type: "text/javascript" })));
  const args = inputs.map(({ kind, data, shape }) => ({ data: globalThis[kind].from(data), shape }));
  const { data, shape } = (await load()).run(...args);
  return { data: Array.from(data), shape };
}`;

describe.each(names)("%s", (name) => {
  const file = fileURLToPath(new URL(`../fixtures/architectures/${name}.ts`, import.meta.url));

  it("gives its digest eagerly, compiled and in a browser", { timeout: 180_000 }, async () => {
    const { run }: { run: (...x: readonly AnyTensor[]) => AnyTensor } = await import(file);
    const inputs = inputsOf(name);
    const eager = digestOf(plainOf(run(...inputs)));
    if (isBlessed) digests[name] = eager;
    expect(eager).toBe(digests[name]);

    const { wasm, js } = await compileFile(file, { entries: ["run"], inline: true });
    const model = loadSync(new WebAssembly.Module(wasm as BufferSource));
    const plain = inputs.map(plainOf);
    expect(digestOf(model.run!(...plain) as Plain)).toBe(digests[name]);

    if (origin === undefined) return;
    const given = plain.map(({ data, shape }) => ({
      kind: data.constructor.name,
      data: Array.from(data),
      shape,
    }));
    const found: { data: number[]; shape: number[] } = await origin.evaluate(
      `(${inPage})(${JSON.stringify([js, given])})`,
    );
    const shown = { data: Float32Array.from(found.data), shape: found.shape };
    expect(digestOf(shown)).toBe(digests[name]);
  });
});
