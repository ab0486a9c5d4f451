// The bindings ship with every model: at most 2 KB gzipped for one of tensors alone, no dependency, nothing done
// on import. What a model has besides costs only itself: encoding and decoding texts and lists, the most.

import path from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, it } from "vitest";
import { needsOf, writeBindings } from "#glim/cli/model/bindings.js";
import { compileModel } from "./compiled-model.ts";

let made: Awaited<ReturnType<typeof compileModel>>;
beforeAll(async () => {
  made = await compileModel();
});
afterAll(() => made.remove());

const least = {
  name: "a-name-of-usual-length",
  version: "10.20.30",
  hasValues: false,
  hasNumbers: false,
  hasParts: false,
  hasState: false,
  isTimed: false,
  hasExternalWeights: false,
  isLarge: false,
  length: 123456789,
  inline: undefined,
};
const all = { hasNumbers: true, hasParts: true, hasState: true };

it.each([
  ["tensors", {}, 2048],
  // 80 to put weights into memory as they come: a second copy of them is millions of bytes.
  ["tensors, and weights in a file of their own", { hasExternalWeights: true }, 2384],
  // 320 beside a megabyte of weights or more, which are in memory once less for them.
  ["tensors, and a megabyte of weights", { isLarge: true }, 2368],
  // 16 for errors when memory runs out or an array was transferred, 32 for state on the heap, 16 for calls that
  // take a third of the time.
  ["numbers, records and state as well", all, 2368],
  // 32 to name a kind of value that a package of strangers gives and does not list: both have this code. 32 for
  // tensors whose sizes a type leaves open.
  ["texts, lists, records and maps as well", { ...all, hasValues: true }, 4336],
])("%s: %j takes at most %i bytes gzipped", async (_, has, most) => {
  expect(gzipSync(await writeBindings({ ...least, ...has })).length).toBeLessThanOrEqual(most);
});

it("has what its module needs", () => {
  expect(needsOf(made.compiled)).toEqual({
    ...all,
    hasValues: false,
    isTimed: false,
    hasExternalWeights: false,
    isLarge: false,
  });
});

it("imports nothing, and names the module as bundlers look for it", () => {
  expect(made.compiled.js).not.toMatch(/\bimport\b(?!\.meta)|\brequire\b/);
  expect(made.compiled.js).toContain('new URL("./model.wasm",import.meta.url)');
});

it("leaves nothing where nothing is used of it", async () => {
  const bundle = await bundled(`import { load, GlimError } from "./model.js"; console.log(1);`);
  expect(bundle.replace(/^\/\/.*\n/, "").trim()).toBe("console.log(1);");
});

it("carries no loading code where a module is given", async () => {
  const bundle = await bundled(`import { loadSync } from "./model.js"; export { loadSync };`);
  expect(bundle).not.toContain("fetch");
  expect(bundle).not.toContain("node:fs");
});

async function bundled(text: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: text, resolveDir: path.resolve(made.folder) },
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    logLevel: "silent",
  });
  return outputFiles[0]?.text ?? "";
}
