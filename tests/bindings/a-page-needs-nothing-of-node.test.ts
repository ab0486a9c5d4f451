// In a page there is no `process`, no file system, and arrays may come from another frame's realm.

import path from "node:path";
import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, it } from "vitest";
import { compileModel } from "./compiled-model.ts";

let made: Awaited<ReturnType<typeof compileModel>>;
let script: string;
beforeAll(async () => {
  made = await compileModel();
  const { outputFiles } = await build({
    stdin: { contents: 'export * from "./model.js"', resolveDir: path.resolve(made.folder) },
    bundle: true,
    write: false,
    format: "iife",
    globalName: "bindings",
    platform: "browser",
    define: { "import.meta.url": '"https://example.org/assets/app.js"' },
    logLevel: "silent",
  });
  script = outputFiles[0]?.text ?? "";
});
afterAll(() => made.remove());

/** A realm with what every browser has, whose `fetch` serves the module at one address. */
function page() {
  const fetched: string[] = [];
  const realm = createContext({
    TextDecoder,
    URL,
    Response,
    location: { href: "https://example.org/pages/index.html" },
    fetch: async (url: URL) => {
      fetched.push(url.href);
      return url.pathname.endsWith("/model.wasm")
        ? new Response(Buffer.from(made.compiled.wasm))
        : new Response("gone", { status: 404 });
    },
  });
  runInContext(script, realm);
  return { fetched, run: (text: string): Promise<unknown> => runInContext(text, realm) };
}

it("loads with fetch from beside the script, or relative to the page, and runs", async () => {
  const { fetched, run } = page();
  const text = `(async () => {
    const model = await bindings.load();
    await bindings.load("other/model.wasm");
    const { data, shape } = model.scale(Float32Array.of(1, 2, 3), 2, false);
    return JSON.stringify([[...data], shape]);
  })()`;
  expect(await run(text)).toBe("[[2,4,6],[1,3]]");
  expect(fetched).toEqual([
    "https://example.org/assets/model.wasm",
    "https://example.org/pages/other/model.wasm",
  ]);
});

it("says what is missing, and takes arrays of other realms", async () => {
  const { run } = page();
  const text = `bindings.load("absent.wasm").catch((e) => e.code)`;
  expect(await run(text)).toBe("GLIM6001");
  const foreign = (await run(`bindings.load().then((m) => m.scale)`)) as (
    ...args: readonly unknown[]
  ) => { readonly data: Iterable<number> };
  expect([...foreign(Float32Array.of(1, 2, 3), 3, true).data]).toEqual([-3, -6, -9]);
});
