// A browser has several places for code, each with rules of its own: a model must load in all of them.

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findBrowser } from "../browser.ts";
import { digestTable, makeArtefacts } from "./artefacts.ts";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".wasm": "application/wasm",
};

/** What a page is served with, by the first part of its path. */
const headers: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  plain: {},
  isolated: {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
  },
  strict: { "Content-Security-Policy": "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'" },
};

let folder = "";
let server: Server;
let origin = "";
beforeAll(async () => {
  folder = await makeArtefacts();
  const write = (name: string, text: string): void => writeFileSync(path.join(folder, name), text);
  write(
    "index.html",
    '<!doctype html><title>host</title><script type="module" src="page.js"></script>',
  );
  write("page.js", 'import { run } from "./run.js"; globalThis.run = run;');
  write(
    "worker.js",
    'import { run } from "./run.js"; run().then(postMessage, (e) => postMessage(String(e)));',
  );
  write(
    "service.js",
    `import { run } from "./run.js";
     oninstall = () => skipWaiting();
     onmessage = (e) => e.waitUntil(run().then((found) => e.source.postMessage(found)));`,
  );
  server = createServer((request, response) => {
    const [, kind = "", name = ""] = (request.url ?? "").split("/");
    response.setHeader("Content-Type", types[path.extname(name)] ?? "application/octet-stream");
    for (const [key, value] of Object.entries(headers[kind] ?? {})) response.setHeader(key, value);
    try {
      response.end(readFileSync(path.join(folder, path.basename(name))));
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

/** As docs/hosts.md says; nothing else brings the weights. */
const loadFromCache = `(async () => {
  const beside = (name) => new URL(name, location.href).href;
  const cache = await caches.open("weights");
  const url = beside("apart.safetensors");
  await cache.add(url);
  const { fetch } = globalThis;
  globalThis.fetch = (from) => {
    if (String(from) === url) throw new Error("fetched again");
    return fetch(from);
  };
  const { load } = await import(beside("apart.js"));
  const { digestsOf } = await import(beside("digest.js"));
  return digestsOf(await load(undefined, { weights: await cache.match(url) }));
})()`;

const all = { plain: digestTable, inline: digestTable, apart: digestTable };
const browser = await findBrowser();

describe.skipIf(browser === undefined).each(Object.keys(headers))("in a %s page", (kind) => {
  const inPage = async (text: string): Promise<unknown> => {
    const page = await browser!.newPage();
    try {
      await page.goto(`${origin}/${kind}/index.html`);
      await page.waitForFunction("globalThis.run !== undefined");
      return await page.evaluate(text);
    } finally {
      await page.close();
    }
  };

  it("by its script", async () => {
    expect(await inPage("run()")).toEqual(all);
    expect(await inPage("crossOriginIsolated")).toBe(kind === "isolated");
  });

  it("by weights that a cache kept", async () => {
    expect(await inPage(loadFromCache)).toEqual(digestTable);
  });

  it("by a worker", async () => {
    const text = `new Promise((resolve, reject) => {
      const worker = new Worker("./worker.js", { type: "module" });
      worker.onmessage = (e) => resolve(e.data);
      worker.onerror = (e) => reject(new Error(e.message));
    })`;
    expect(await inPage(text)).toEqual(all);
  });

  it("by a service worker", async () => {
    const text = `(async () => {
      await navigator.serviceWorker.register("./service.js", { type: "module" });
      const { active } = await navigator.serviceWorker.ready;
      const answer = new Promise((resolve) => {
        navigator.serviceWorker.onmessage = (e) => resolve(e.data);
      });
      active.postMessage("run");
      return answer;
    })()`;
    expect(await inPage(text)).toEqual(all);
  });
});
