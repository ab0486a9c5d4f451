// Were a package loaded twice, a tensor made by one copy would be none to the other.
import { readdir } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { tagOf } from "#glim/runtime/tags.js";
import { type Files, loadFrom, modelFolder, taggedText } from "./model-folder.ts";

async function exportsOf(files: Files): Promise<Readonly<Record<string, unknown>>> {
  return (await loadFrom(await modelFolder(files))).exports;
}

it("glim is the one that is provided, in every file and for JavaScript modules too", async () => {
  const folder = await modelFolder({
    "model.ts": `import { Tensor } from "glim"; import { Tensor as B } from "./b.ts"; import { Tensor as C } from "./c.js";
      export const all = [Tensor, B, C];`,
    "b.ts": 'export { Tensor } from "glim";',
    "c.js": 'export { Tensor } from "glim";',
    "node_modules/glim/package.json": '{ "name": "glim", "main": "index.js", "type": "module" }',
    "node_modules/glim/index.js": "throw new Error('another copy')",
  });
  const { exports } = await loadFrom(folder);
  const { Tensor } = await import(pathToFileURL(`${folder}/glim-stand-in.mjs`).href);
  const all = Object(exports.all);
  expect(all[0]).toBe(all[1]);
  expect(all[0]).toBe(all[2]);
  expect(Tensor.name).toBe(all[0].name);
});

const packages: Files = {
  "node_modules/both/package.json": JSON.stringify({
    name: "both",
    exports: { ".": { module: "./no.js", node: { import: "./yes.mjs" }, default: "./no.js" } },
  }),
  "node_modules/both/yes.mjs": "export const answer = 'yes'; export const fn = () => 1;",
  "node_modules/both/no.js": "module.exports = { answer: 'no' };",
  "node_modules/common/package.json": '{ "name": "common", "main": "main.js", "module": "no.mjs" }',
  "node_modules/common/main.js": "exports.answer = 'common'; exports.dirname = __dirname;",
  "node_modules/common/no.mjs": "export const answer = 'no';",
};

it("packages are found by Node's rules, are not tagged, and stay where they are", async () => {
  const exports = await exportsOf({
    ...packages,
    "model.ts": `import { answer, fn } from "both"; import common, { dirname } from "common"; import fs from "fs"; import { join } from "node:path";
      export { fn }; export const all = [answer, common.answer, dirname, typeof fs.readFileSync, typeof join];`,
  });
  const [answer, common, dirname, ...builtins] = Object(exports.all);
  expect([answer, common, ...builtins]).toEqual(["yes", "common", "function", "function"]);
  expect(dirname).toMatch(/node_modules\/common$/);
  expect(tagOf(Object(exports.fn))).toBeUndefined();
});

it("a package is looked up from the file that imports it", async () => {
  const exports = await exportsOf({
    "app/model.ts": 'export { who } from "../lib/index.ts"; export { name } from "p";',
    "app/node_modules/p/index.mjs": "export const name = 'p of app';",
    "app/node_modules/p/package.json": '{ "exports": "./index.mjs" }',
    "lib/index.ts": 'import { name } from "p"; export const who = name;',
    "lib/node_modules/p/index.mjs": "export const name = 'p of lib';",
    "lib/node_modules/p/package.json": '{ "exports": "./index.mjs" }',
    "model.ts": 'export * from "./app/model.ts";',
  });
  expect(exports).toMatchObject({ who: "p of lib", name: "p of app" });
});

it("a package that ships TypeScript is tagged", async () => {
  const folder = await modelFolder({
    "model.ts": 'export { act } from "layers";',
    "node_modules/layers/package.json": '{ "exports": { ".": "./src/index.ts" } }',
    "node_modules/layers/src/index.ts": "export const act = (x: number): number => x;",
  });
  const model = await loadFrom(folder);
  expect(taggedText(model, model.exports.act, 11)).toBe("(x: number)");
});

it("endings as TypeScript lets them be, paths of tsconfig.json, JSON and CommonJS files", async () => {
  const exports = await exportsOf({
    "model.ts": `import { a } from "./a.js"; import { b } from "./b"; import { c } from "./folder"; import { d } from "@lib/d"; import { e } from "#e";
      import data from "./data.json" with { type: "json" }; import bare from "./data.json"; import legacy from "./legacy.cjs"; import old from "./old.js";
      export const all = [a, b, c, d, e, data.x, bare.x, legacy.x, old.x, (await import("./later.ts")).default, (await import("./data.json", { with: { type: "json" } })).default.x];`,
    "a.ts": "export const a = 1;",
    "b.tsx": "export const b = <T,>(x: T) => x;",
    "folder/index.ts": "export const c = 3;",
    "src/d.ts": "export const d = 4;",
    "e.mts": "export const e = 5;",
    "package.json": '{ "imports": { "#e": "./e.mts" } }',
    "tsconfig.json": '{ "compilerOptions": { "paths": { "@lib/*": ["./src/*"] } } }',
    "data.json": '{ "x": 6 }',
    "legacy.cjs": "exports.x = require('node:path').sep;",
    "old.js": "module.exports = { x: __filename.length > 0 };",
    "later.ts": "export default 9;",
  });
  expect(Object(exports.all)).toEqual([1, expect.any(Function), 3, 4, 5, 6, 6, "/", true, 9, 6]);
});

it("import.meta speaks of the file where it stands", async () => {
  const folder = await modelFolder({
    "model.ts": `export { here } from "./lib/helper.ts"; export { js } from "./lib/plain.js";
      const { url, filename } = import.meta;
      export const all = [import.meta.url, import.meta.dirname, import.meta.filename, url, filename, new URL("./w.safetensors", import.meta.url).href];`,
    "lib/helper.ts": "export const here = (() => import.meta.url)();",
    "lib/plain.js": "export const js = import.meta.filename;",
  });
  const { exports } = await loadFrom(folder);
  const base = pathToFileURL(folder).href;
  const [url, file] = [`${base}/model.ts`, `${folder}/model.ts`];
  expect(exports.all).toEqual([url, folder, file, url, file, `${base}/w.safetensors`]);
  expect(exports.here).toBe(`${base}/lib/helper.ts`);
  expect(exports.js).toBe(`${folder}/lib/plain.js`);
});

it("nothing is shaken off, and nothing is left behind", async () => {
  const folder = await modelFolder({
    "model.ts":
      'import "./effect.ts"; export const folder = (await import("node:fs")).readdirSync(import.meta.dirname);',
    "effect.ts": "Object.assign(globalThis, { effectOfModel: true });",
    "package.json": '{ "sideEffects": false }',
  });
  const { exports } = await loadFrom(folder);
  expect(Reflect.get(globalThis, "effectOfModel")).toBe(true);
  const own = ["effect.ts", "glim-stand-in.mjs", "model.ts", "package.json"];
  expect(exports.folder).toEqual(own);
  expect(await readdir(folder)).toEqual(own);
});

it("two models can be loaded at once, and one again after a change of mind", async () => {
  const folder = await modelFolder({
    "model.ts": "export const o = {}; export const f = () => o;",
    "other.ts": "export const f = () => 2;",
  });
  const [a, b, c] = await Promise.all([
    loadFrom(folder),
    loadFrom(folder, "other.ts"),
    loadFrom(folder),
  ]);
  expect(a.exports.o).not.toBe(c.exports.o);
  expect(taggedText(b, b.exports.f, 7)).toBe("() => 2");
  expect(Reflect.get(globalThis, Symbol.for("glim.compiling"))).toBe(false);
});
