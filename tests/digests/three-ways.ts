/** Digests of what one model gives for a row of calls: eagerly, compiled, and compiled in a browser. */

import { createHash } from "node:crypto";
import type { AnyTensor } from "glim";
import { afterAll, beforeAll, expect } from "vitest";
import { compileFile } from "#glim/cli/compiler.js";
import { loadSync } from "#glim/runtime/load.js";
import { findBrowser } from "../browser.ts";
import { type Plain, plainOf } from "../stdlib/compiled-fixture.ts";

export type Input = AnyTensor | number;
export type Calls = readonly (readonly Input[])[];
type Run = (...inputs: readonly Input[]) => AnyTensor;

/** SHA-256 of the shapes and the little-endian bits; every NaN counts as 0x7fc00000. */
export function digestOf(results: readonly Plain[]): string {
  const hash = createHash("sha256");
  for (const { data, shape } of results) {
    const bits = new Uint32Array(data.slice().buffer);
    data.forEach((x, i) => {
      if (Number.isNaN(x)) bits[i] = 0x7fc00000;
    });
    hash.update(`${shape}\0`).update(bits);
  }
  return hash.digest("hex");
}

/** In a page: the results of `run`, with their elements as lists. */
const inPage = `async ([js, calls]) => {
  const { load } = await import(URL.createObjectURL(new Blob([js], { type: "text/javascript" })));
  const { run } = await load();
  const take = (x) =>
    typeof x === "number" ? x : { data: globalThis[x.kind].from(x.data), shape: x.shape };
  return calls.map((call) => {
    const { data, shape } = run(...call.map(take));
    return { data: Array.from(data), shape };
  });
}`;

const browser = await findBrowser();
let page: Awaited<ReturnType<NonNullable<typeof browser>["newPage"]>> | undefined;
beforeAll(async () => {
  page = await browser?.newPage();
});
afterAll(() => page?.close());

const plainInput = (x: Input) => (typeof x === "number" ? x : plainOf(x));
const sentInput = (x: Input) => {
  if (typeof x === "number") return x;
  const { data, shape } = plainOf(x);
  return { kind: data.constructor.name, data: Array.from(data), shape };
};

/** The digest of what `run` of the model in `file` gives eagerly. */
export async function digestEagerly(file: string, calls: Calls): Promise<string> {
  const { run }: { run: Run } = await import(/* @vite-ignore */ file);
  const results = calls.map((call) => plainOf(run(...call)));
  // The digest of nothing but NaNs would say nothing.
  expect(
    results.every(({ data }) => data.every(Number.isFinite)),
    "finite",
  ).toBe(true);
  return digestOf(results);
}

/** That the compiled model gives `digest`, here and in a browser, if there is one. */
export async function expectDigest(file: string, calls: Calls, digest: string): Promise<void> {
  const { wasm, js } = await compileFile(file, { entries: ["run"], inline: true, train: true });
  const model = loadSync(new WebAssembly.Module(wasm as BufferSource));
  const results = calls.map((call) => model.run!(...call.map(plainInput)) as Plain);
  expect(digestOf(results), "compiled").toBe(digest);

  if (page === undefined) return;
  const sent = JSON.stringify([js, calls.map((call) => call.map(sentInput))]);
  const found: { data: number[]; shape: number[] }[] = await page.evaluate(`(${inPage})(${sent})`);
  const shown = found.map(({ data, shape }) => ({ data: Float32Array.from(data), shape }));
  expect(digestOf(shown), "in a browser").toBe(digest);
}
