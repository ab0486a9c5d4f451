// The compiler is handed function values; without a way to their source it has nothing to compile.

import { expect, it } from "vitest";
import { tagOf } from "#glim/runtime/tags.js";
import { loadFrom, loadText, modelFolder, mustBeTagged, taggedText } from "./model-folder.ts";

const kinds: readonly (readonly [kind: string, source: string, start: string])[] = [
  ["a declaration", "export function it() {}", "export function it"],
  ["an async generator", "export async function* it() {}", "export async function*"],
  ["an arrow function", "export const it = (x: number): number => x", "(x: number)"],
  ["a generic arrow function", "export const it = <T,>(x: T): T => x;", "<T,>(x"],
  ["a function expression", "export const it = function named() {};", "function named"],
  [
    "an argument",
    'import { script } from "glim"; export const it = script((x: number) => x)',
    "(x: nu",
  ],
  ["a default declaration", "export default function <T>(x: T) { return x; }", "export default f"],
  ["a default generator", "export default async function* () {}", "export default a"],
  ["a default arrow function", "export default (x: number) => x", "(x: number)"],
  ["a default class", "export default class {}", "export default c"],
  ["a class", "export abstract class it<T> { x?: T; abstract f(): void }", "export abstract"],
  ["a class expression", "export const it = class Inner {};", "class Inner"],
  ["a function in a list", "const [a] = [() => 1]; export { a as it }", "() => 1"],
  ["a parameter's default", "const f = (g = () => 1) => g; export const it = f();", "() => 1"],
  ["a field", "class A { f = async () => 1 } export const it = new A().f", "async () => 1"],
  [
    "a private field",
    "class A { #f = () => 1; g() { return this.#f } } export const it = new A().g()",
    "() => 1",
  ],
  ["a static field", "class A { static f = () => 1 } export const it = A.f", "() => 1"],
  ["a method of an object", "const o = { f() {} }; export const it = o.f", "f() {}"],
  ["an arrow in an object", "const o = { f: () => 1 }; export const it = o.f", "() => 1"],
  ["a computed key", 'const k = "a"; const o = { [k]: () => 1 }; export const it = o.a', "() => 1"],
  [
    "a closure",
    "const make = (k: number) => (x: number) => x * k; export const it = make(2)",
    "(x: number) => x * k",
  ],
  ["a function of a block", "let it; { it = f; function f() {} } export { it }", "function f"],
  [
    "a function of a switch",
    "function g(k: number) { switch (k) { case 1: break; default: function f() {} return f; } } g(1); export const it = g(2)",
    "function f",
  ],
  [
    "a function after return",
    "function make() { return f; function f() {} } export const it = make()",
    "function f",
  ],
  [
    "a function of a namespace",
    "namespace N { export function f() {} } export const it = N.f",
    "export function f",
  ],
  [
    "an overload",
    "function f(x: 1): 1; function f(x: 2): 2; function f(x: number) { return x } export const it = f",
    "function f(x: number)",
  ],
  ["behind as", "export const it = (() => 1) as () => number;", "() => 1"],
  ["behind a comment", "/** of it */ export const it = /* here */ () => 1;", "() => 1"],
];

it.each(kinds)("%s", async (_kind, source, start) => {
  const model = await loadText(`// a first line: é\n${source}\n// a last line`);
  const value = model.exports.it ?? model.exports.default;
  expect(taggedText(model, value, start.length)).toBe(start);
});

it("accessors of an object", async () => {
  const model = await loadText("export const o = { get x() { return 1 }, set x(v) {} }");
  const { get, set } = Object.getOwnPropertyDescriptor(model.exports.o, "x") ?? {};
  expect(taggedText(model, get, 5)).toBe("get x");
  expect(taggedText(model, set, 5)).toBe("set x");
});

it("a method that something from elsewhere may have replaced is left alone", async () => {
  const model = await loadText(`
    const other = { f: Math.sin, get g() { return Math.cos } };
    export const o = { f() {}, g() {}, ...other, h() {} };
  `);
  const { f, g, h } = Object(model.exports.o);
  expect(tagOf(f)).toBeUndefined();
  expect(tagOf(g)).toBeUndefined();
  expect(taggedText(model, h, 3)).toBe("h()");
});

it("functions of imported files name their own file", async () => {
  const folder = await modelFolder({
    "model.ts": 'export { f } from "./lib/helper.js"; export { g } from "./lib/other.mts";',
    "lib/helper.ts": "\nexport const f = () => 1;",
    "lib/other.mts": "export function g() {}",
  });
  const model = await loadFrom(folder);
  expect(mustBeTagged(model.exports.f).file).toBe(`${folder}/lib/helper.ts`);
  expect(taggedText(model, model.exports.f, 7)).toBe("() => 1");
  expect(taggedText(model, model.exports.g, 8)).toBe("export f");
});

it("functions of JavaScript are not tagged, and the files that are read are listed", async () => {
  const folder = await modelFolder({
    "model.ts": 'import { f } from "./f.js"; export const g = () => f; export { f };',
    "f.js": "export function f() {}",
  });
  const model = await loadFrom(folder);
  expect(tagOf(Object(model.exports.f))).toBeUndefined();
  expect(model.files).toEqual([`${folder}/model.ts`, `${folder}/f.js`]);
});

it("a tag survives the freezing of its function, and cannot be seen on it", async () => {
  const model = await loadText("export const f = Object.freeze(() => 1);");
  expect(taggedText(model, model.exports.f, 7)).toBe("() => 1");
  expect(Reflect.ownKeys(Object(model.exports.f))).toEqual(["length", "name"]);
});
