// The bindings ship with every model: at most 2 KB gzipped, no dependency, nothing done on import. Those of
// models with texts, lists, records or maps know how to encode and decode these: at most 3.75 KB.

import path from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, it } from "vitest";
import { writeBindings } from "#glim/cli/model/bindings.js";
import { compileModel } from "./compiled-model.ts";

let made: Awaited<ReturnType<typeof compileModel>>;
beforeAll(async () => {
  made = await compileModel();
});
afterAll(() => made.remove());

it("takes at most 2,048 bytes gzipped", async () => {
  expect(gzipSync(await writeBindings("a-name-of-usual-length", "10.20.30")).length).toBeLessThan(
    2048,
  );
});

it("takes at most 3,840 bytes gzipped with values", async () => {
  const bindings = await writeBindings("a-name-of-usual-length", "10.20.30", { values: true });
  expect(gzipSync(bindings).length).toBeLessThan(3840);
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
