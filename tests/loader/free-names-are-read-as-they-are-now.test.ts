// What a script function captures becomes the weights and constants of the compiled module.
import { expect, it } from "vitest";
import { loadFrom, loadText, modelFolder, mustBeTagged } from "./model-folder.ts";

/** What the free names of the model's export `f` are. */
async function readAll(text: string, ...names: readonly string[]): Promise<readonly unknown[]> {
  const { exports } = await loadText(text);
  return names.map((name) => mustBeTagged(exports.f ?? exports.default).read(name)?.value);
}

it("names of the module: constants, variables, functions, classes, enums, namespaces", async () => {
  const values = await readAll(
    `const a = 1; let b = 2; var c = 3; function d() {} class E {} enum F { X = 6 }
     namespace N { export const y = 7; }
     export function f() { return [a, b, c, d, new E(), F.X, N.y]; }
     b = 20;`,
    ..."abcdEFN",
  );
  expect(values.slice(0, 3)).toEqual([1, 20, 3]);
  expect(values.slice(3, 5).map((value) => Object(value).name)).toEqual(["d", "E"]);
  expect(values.slice(5)).toEqual([{ 6: "X", X: 6 }, { y: 7 }]);
});

it("a variable is read when asked, not when the function was made", async () => {
  const model = await loadText(
    "let n = 0; export const f = () => n; export const up = () => { n++ };",
  );
  const { read } = { read: (name: string) => mustBeTagged(model.exports.f).read(name) };
  expect(read("n")).toEqual({ value: 0 });
  const { up } = model.exports;
  if (typeof up === "function") up();
  expect(read("n")).toEqual({ value: 1 });
});

it("imports: named, renamed, default, namespace, of files and of glim", async () => {
  const folder = await modelFolder({
    "model.ts": `
      import Default, { a, b as renamed } from "./values.ts";
      import * as all from "./values.ts";
      import { nn } from "glim";
      export const f = () => [Default, a, renamed, all.b, nn];`,
    "values.ts": "export const a = 1, b = 2; export default 3;",
  });
  const model = await loadFrom(folder);
  const { exports } = model;
  const tag = mustBeTagged(exports.f);
  const values = ["Default", "a", "renamed"].map((name) => tag.read(name)?.value);
  expect(values).toEqual([3, 1, 2]);
  expect(tag.read("all")?.value).toMatchObject({ a: 1, b: 2, default: 3 });
  expect(tag.read("nn")?.value).toHaveProperty("Module");
});

it("names that bundling renames keep the name they have in their file", async () => {
  const folder = await modelFolder({
    "model.ts": 'import { g } from "./g.ts"; const k = 1; export const f = () => k; export { g };',
    "g.ts": "const k = 2; function f() { return k; } export const g = () => f();",
  });
  const { exports } = await loadFrom(folder);
  expect(mustBeTagged(exports.f).read("k")).toEqual({ value: 1 });
  const inner = mustBeTagged(exports.g).read("f")?.value;
  expect(mustBeTagged(inner).read("k")).toEqual({ value: 2 });
  expect(Object(inner).name).toBe("f");
});

it("destructured constants", async () => {
  const text = `const { a, b: [c, { d = 4 } = {}], ...rest } = { a: 1, b: [3], z: 9 } as const;
    export const f = () => [a, c, d, rest];`;
  expect(await readAll(text, "a", "c", "d", "rest")).toEqual([1, 3, 4, { z: 9 }]);
});

it("the variables and parameters of a factory", async () => {
  const text = `const make = (k: number, [p] = [2]) => { const w = k + p; return (x: number) => x * w + k; };
    export const f = make(3);`;
  expect(await readAll(text, "k", "w", "p")).toEqual([3, 5, undefined]);
});

it("a nested function's names are its outer function's too, unless that binds them", async () => {
  const text = `const a = 1, b = 2, c = 3, d = 4;
    export function f(b: number) { const c = b; return (d: number) => a + b + c + d; }`;
  expect(await readAll(text, "a", "b", "c", "d")).toEqual([1, undefined, undefined, undefined]);
});

it("each round of a loop has its own variables", async () => {
  const { exports } = await loadText(`
    export const fs: (() => unknown)[] = [];
    for (let i = 0; i < 3; i++) fs.push(() => i);
    for (const [k, v] of Object.entries({ a: 1, b: 2 })) { const s = k + v; fs.push(() => [k, s]); }
    for (const k in { z: 1 }) fs.push(() => k);
  `);
  const tags = Object(exports.fs).map(mustBeTagged);
  const read = (index: number, name: string): unknown => tags[index].read(name)?.value;
  expect([0, 1, 2].map((index) => read(index, "i"))).toEqual([0, 1, 2]);
  expect([3, 4].map((index) => read(index, "s"))).toEqual(["a1", "b2"]);
  expect(read(5, "k")).toBe("z");
});

it("blocks, catch clauses and switch clauses", async () => {
  const text = `export let f: () => unknown = () => 0;
    try { throw { a: 1 } } catch ({ a }: any) { { const b = 2; switch (3) { case 3: const c = 4; f = () => [a, b, c]; } } }`;
  expect(await readAll(text, "a", "b", "c")).toEqual([1, 2, 4]);
});

it("a name in its temporal dead zone has no value; one that is undefined has", async () => {
  const { exports } = await loadText(`
    import { peek } from "glim";
    export function f() { return [later, nothing, Later]; }
    export const early = [peek(f, "later"), peek(f, "Later"), (() => { const g = () => k; const v = peek(g, "k"); const k = 1; return v })()];
    const later = 1, nothing = undefined; class Later {}
  `);
  expect(exports.early).toEqual([undefined, undefined, undefined]);
  expect(mustBeTagged(exports.f).read("later")).toEqual({ value: 1 });
  expect(mustBeTagged(exports.f).read("nothing")).toEqual({ value: undefined });
});

it("names that are not the function's, and globals", async () => {
  const text = "const other = 1; export const f = (x: number) => Math.max(x, Number.EPSILON);";
  expect(await readAll(text, "Math", "Number", "other", "x")).toEqual([
    Math,
    Number,
    undefined,
    undefined,
  ]);
});

it("a function's own name, by which it calls itself", async () => {
  const { exports } = await loadText(`
    export function f(n: number): number { return n && f(n - 1); }
    export const g = function own(n: number): number { return n && own(n - 1); };
    export const h = class Own { twin() { return new Own(); } };
  `);
  expect(mustBeTagged(exports.f).read("f")?.value).toBe(exports.f);
  expect(mustBeTagged(exports.g).read("own")?.value).toBe(exports.g);
  expect(mustBeTagged(exports.h).read("Own")?.value).toBe(exports.h);
});

it("`this` and `arguments` of what surrounds an arrow function", async () => {
  const { exports } = await loadText(`
    class A { k = 1; f = () => this.k; static s = () => this; make() { return () => this } }
    export const a = new A(); export const made = a.make(); export { A };
    export const args = (function (..._: number[]) { return () => arguments[0]; })(5, 6);
  `);
  const { a, A, made, args } = exports;
  expect(mustBeTagged(Object(a).f).read("this")?.value).toBe(a);
  expect(mustBeTagged(made).read("this")?.value).toBe(a);
  expect(mustBeTagged(Object(A).s).read("this")?.value).toBe(A);
  expect(Array.from(Object(mustBeTagged(args).read("arguments")?.value))).toEqual([5, 6]);
});

it("a class reads the names of all its members, and its private fields", async () => {
  const { exports } = await loadText(`
    const a = 1, b = 2, c = 3, d = 4, key = "m", unused = 5;
    class Base {}
    const extend = (_: number) => Base;
    export class A extends extend(a) {
      #w = 7; static #count = 8; declare unused: number;
      x = b;
      [key]() { const f = () => c; return f; }
      get y() { return [d, this.#w, A.#count]; }
    }
    export const instance = new A();
  `);
  const tag = mustBeTagged(exports.A);
  const names = ["extend", "a", "b", "c", "d", "key", "A", "f", "unused", "this"];
  const values = names.map((name) => tag.read(name)?.value);
  expect(values.slice(1)).toEqual([1, 2, 3, 4, "m", exports.A, undefined, undefined, undefined]);
  expect(tag.readPrivate(Object(exports.instance), "#w")).toEqual({ value: 7 });
  expect(tag.readPrivate(Object(exports.A), "#count")).toEqual({ value: 8 });
  expect(tag.readPrivate({}, "#w")).toBeUndefined();
  expect(tag.readPrivate(Object(exports.instance), "#nothing")).toBeUndefined();
});

it("property names, labels, shorthand, defaults and assignments", async () => {
  const text = `const a = 1, b = 2, c = 3, label = 4, x = 5, key = 6; let w = 7, v = 8;
    export const f = (o: any, p = c) => {
      label: for (;;) break label;
      ({ v = b } = o); w += 1;
      const { key: renamed = x } = o;
      return { a, b: o.c, renamed, p, w, v };
    };`;
  const names = ["a", "b", "c", "label", "x", "key", "w", "v"];
  expect(await readAll(text, ...names)).toEqual([1, 2, 3, undefined, 5, undefined, 7, 8]);
});

it("a default of a parameter does not see what the body declares", async () => {
  const text = "const k = 1; export function f(g = () => k) { var k = 2; return [g, k]; }";
  expect(await readAll(text, "k")).toEqual([1]);
});
