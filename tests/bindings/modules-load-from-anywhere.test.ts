// Hosts differ in how they can come by a module; each way must work, and each way to fail must say so.

import { createServer, type Server } from "node:http";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Model, Source } from "#glim/runtime/load.js";
import { compileModel, entryOf } from "./compiled-model.ts";

let made: Awaited<ReturnType<typeof compileModel>>;
let server: Server;
let origin = "";

beforeAll(async () => {
  made = await compileModel();
  server = createServer(({ url }, response) => {
    if (url === "/model.wasm") response.end(made.compiled.wasm);
    else if (url === "/page") response.end("<!doctype html><title>not found</title>");
    else if (url === "/cut") response.end(made.compiled.wasm.subarray(0, 2000));
    else response.writeHead(404).end("nothing here");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
});
afterAll(async () => {
  server.close();
  await made.remove();
});

function works(model: Model): void {
  const result = entryOf(model, "scale")(Float32Array.of(1, 2, 3), 2, false);
  expect(result).toEqual({ data: Float32Array.of(2, 4, 6), shape: [1, 3] });
}

const refusal = (source: Source): Promise<string> =>
  made.bindings.load(source).then(
    () => "nothing",
    (e: unknown) => (e instanceof Error && "code" in e ? `${e.code} ${e.message}` : String(e)),
  );

it("from beside the bindings", async () => works(await made.bindings.load()));

it("from a URL, as an object or text, of a file or a server", async () => {
  const file = pathToFileURL(path.join(made.folder, "model.wasm"));
  works(await made.bindings.load(file));
  works(await made.bindings.load(file.href));
  works(await made.bindings.load(new URL(`${origin}/model.wasm`)));
  works(await made.bindings.load(`${origin}/model.wasm`));
});

it("from a response, or the promise of one", async () => {
  works(await made.bindings.load(fetch(`${origin}/model.wasm`)));
  works(await made.bindings.load(await fetch(`${origin}/model.wasm`)));
});

it("from bytes: a buffer, or a view into a larger one", async () => {
  const { wasm } = made.compiled;
  const larger = new Uint8Array(wasm.length + 20);
  larger.set(wasm, 7);
  works(await made.bindings.load(larger.subarray(7, 7 + wasm.length)));
  works(await made.bindings.load(larger.slice(7, 7 + wasm.length).buffer));
  works(await made.bindings.load(Buffer.from(wasm)));
});

it("from a compiled module, later or at once, each with a state of its own", async () => {
  const module = await WebAssembly.compile(made.compiled.wasm as BufferSource);
  const [first, second] = [made.bindings.loadSync(module), await made.bindings.load(module)];
  works(first);
  works(second);
  entryOf(first, "nothing")(5);
  expect(first.state.get("tally.calls")).toBe(5);
  expect(second.state.get("tally.calls")).toBe(0);
});

it("what a server answers instead is said", async () => {
  expect(await refusal(`${origin}/absent.wasm`)).toBe(
    `GLIM6001 ${origin}/absent.wasm: answered 404`,
  );
  expect(await refusal(`${origin}/page`)).toBe("GLIM6002 expected WebAssembly, found a web page");
  expect(await refusal(`${origin}/cut`)).toMatch(
    /^GLIM6002 cut off, or no SIMD, as Chrome 91, Firefox 89, Safari 16\.4 have: Web/,
  );
});

it("what is no module of Glim's is said", async () => {
  const empty = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
  expect(await refusal(empty)).toBe("GLIM6003 not a module of this version of Glim");
  expect(await refusal(new Uint8Array(0))).toMatch(/^GLIM6002/);
  expect(await refusal(pathToFileURL(path.join(made.folder, "absent.wasm")))).toMatch(
    /ENOENT.*absent\.wasm/,
  );
});
