// Some places allow one script and nothing beside it: then the module is in the script, and still costs nothing
// until it is loaded.

import { afterAll, beforeAll, expect, it } from "vitest";
import { compileModel, entryOf } from "./compiled-model.ts";
import { typeErrors } from "./type-errors.ts";

const source = `
import { script, type Tensor, tensor } from "glim";
const w = tensor(Array.from({ length: 1000 }, (_, i) => i / 7));
export const f = script((x: Tensor<[1000]>) => w.mul(x).sum());
`;

let made: Awaited<ReturnType<typeof compileModel>>;
let apart: Awaited<ReturnType<typeof compileModel>>;
beforeAll(async () => {
  made = await compileModel(source, { inline: true });
  apart = await compileModel(source);
});
afterAll(() => Promise.all([made.remove(), apart.remove()]));

const x = new Float32Array(1000).fill(3);

it("loads from itself, later or at once", async () => {
  const due = entryOf(await apart.bindings.load(), "f")(x);
  expect(entryOf(await made.bindings.load(), "f")(x)).toEqual(due);
  expect(entryOf(made.bindings.loadSync(), "f")(x)).toEqual(due);
});

it("still takes a module from elsewhere", async () => {
  const due = entryOf(await apart.bindings.load(), "f")(x);
  const bytes = apart.compiled.wasm as Uint8Array<ArrayBuffer>;
  expect(entryOf(await made.bindings.load(bytes), "f")(x)).toEqual(due);
  expect(entryOf(made.bindings.loadSync(await WebAssembly.compile(bytes)), "f")(x)).toEqual(due);
});

it("names no other file", () => {
  expect(made.compiled.js).not.toContain("import.meta");
});

it("says in its declarations that nothing needs to be given", () => {
  const host = `import { loadSync } from "./model.js"; loadSync().f(new Float32Array(1000));`;
  expect(typeErrors(made.folder, host, ["lib.es2022.d.ts"])).toEqual([]);
  const wrong = `import { loadSync } from "./model.js"; loadSync();`;
  expect(typeErrors(apart.folder, wrong, ["lib.es2022.d.ts"])).toHaveLength(1);
});
