// A model is debugged as plain TypeScript: what the compiler loads must be that same program.
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { transform } from "esbuild";
import { expect, it } from "vitest";
import { loadFrom, loadText, modelFolder } from "./model-folder.ts";

/** Each exports `result`: what to compare. */
const programs: Readonly<Record<string, string>> = {
  "names of functions": `
    const a = () => 0; let b = function () {}; var c = async () => 0; const d = function* named() {};
    const [e = () => 0] = [], { f = () => 0, g: h = () => 0 } = {} as any;
    let i, j, k; i = () => 0; j ||= () => 0; k &&= () => 0; k ??= () => 0; [i = () => 1] = []; ({ j = () => 0 } = {} as any);
    const o = { l: () => 0, "m n": () => 0, 7: () => 0, ["p" + 1]: () => 0, [Symbol("q")]: () => 0,
      __proto__: () => 0, r() {}, get s() { return 1 }, t: class {}, u: ((() => 0)), v: (() => 0) as any, ["w"]: () => 0 };
    class K { x = () => 0; #y = () => 0; static z = () => 0; "0a" = () => 0; y() { return this.#y } 1 = (() => 0)! }
    const par = (fn = () => 0) => fn, many = () => 0, twice = () => 0;
    const member: any = {}; member.x = () => 0; const pick = true ? () => 0 : () => 1;
    const all = [a, b, c, d, e, f, h, i, j, k, ...Reflect.ownKeys(o).map((key) => (o as any)[key]), Object.getPrototypeOf(o),
      new K().x, new K().y(), K.z, (new K() as any)["0a"], (new K() as any)[1], par(), many, twice, member.x, pick, K, (() => 0), class {}];
    export const result = all.map((fn) => typeof fn === "function" ? fn.name + "/" + fn.length : fn);`,
  hoisting: `
    export const result = [f(), g.name, (() => h())(), typeof inner];
    function f() { return k(); function k() { return 1; } }
    async function g() {} function h() { { return m(); function m() { return 2; } } }
    { function inner() {} } var inner: any;`,
  "the temporal dead zone": `
    const tries: string[] = [];
    const attempt = (fn: () => unknown) => { try { tries.push(String(fn())) } catch (e: any) { tries.push(e.constructor.name) } };
    function early() { return later() } function made() { return new Late() }
    attempt(early); attempt(made); attempt(() => value);
    const later = () => 1; class Late { toString() { return "late" } } let value = 3;
    attempt(early); attempt(made); attempt(() => value);
    attempt(() => { const x = () => y; const r = x(); const y = 1; return r });
    export const result = tries;`,
  "directives, and statements without semicolons": `"use strict"
    'another'
    const log: unknown[] = []
    const f = () => 1
    ;[f].forEach((x) => log.push(x()))
    const g = function () { 'use strict'
      return h() 
      function h() { return this === undefined } }
    log.push(g())
    const n = log.length
    x => x
    let y = n
    ;(() => log.push(y))()
    export const result = log`,
  "a shebang, and no line at the end":
    "#!/usr/bin/env node\nexport const result = [f()]; function f() { return 1 } // done",
  "functions called where they stand": `
    const a = (function () { return 1 })(), b = (() => 2)(), c = (function () { return 3 }()), d = !function () { return 4 }();
    const e = new (function (this: any) { this.x = 5 } as any)(), f = new function (this: any) { this.y = 6 } as any, g = new (class { z = 7 })();
    const t = ((s: TemplateStringsArray) => s[0])\`tag\`; const o = { m: 1 }; const v = (() => o)()?.m;
    const w = typeof (() => 1), z = (0, () => 8)(); let count = 0; const up = () => ++count; up(); up();
    class Base {} class Derived extends (class extends Base { q = 9 }) {}
    export const result = [a, b, c, d, e.x, f.y, g.z, t, v, w, z, count, new Derived().q];`,
  "order of evaluation": `
    const log: unknown[] = []; const note = <T,>(x: T) => { log.push(x); return x; };
    const o = { [note("k1")]: () => 1, m: note(2), [note("k2")]: function () { return note(3) }, get [note("k3")]() { return 4 },
      [note("k" + (() => note(4))())]: () => 5, async *[note("k5")]() {} };
    class A { [note("f1")] = () => note("made"); static s = note("static"); static { note("block") } #p = note("p");
      constructor(x = () => note("default")) { note("body"); x(); } static [note("f2")] = () => 1 }
    note(Object.keys(o)); new A(); (new A(() => 0) as any).f1(); note((o as any).k2());
    export const result = log;`,
  classes: `
    abstract class Shape<T = number> { abstract area(): T; static count = 0; protected readonly id: number; declare extra?: string;
      constructor(readonly name: string, private scale: number = 2) { this.id = ++Shape.count } get size() { return this.scale } set size(v) { this.scale = v } }
    class Square extends Shape { #side: number; static #made = 0; accessor label = "l"; static { Square.#made = 10 }
      constructor(side: number) { super("square"); this.#side = side; Square.#made++; const inner = () => this.#side; this.again = inner }
      again: () => number; area() { return this.#side ** 2 * this.size } #secret() { return Square.#made } secret() { return this.#secret() }
      f = (x: number) => super.toString().length + x + this.again(); static make(n: number) { return new this(n) } [Symbol.toPrimitive]() { return 77 }
      async later() { return 1 } *each() { yield* [this.#side] } }
    const s = Square.make(3); s.size = 4;
    const { name, prototype } = Square;
    export const result = [s.area(), s.secret(), s.f(1), s.label, +(s as any), [...s.each()], s.name, s instanceof Shape, name, Object.getOwnPropertyNames(prototype), Object.keys(s), String(Object.keys(Square)), "extra" in s];`,
  "enums, namespaces and overloads": `
    export enum Color { Red = 1, Green = Red << 1, Blue = "b".length + 4 } const enum Small { A = 1, B }
    namespace Outer { export const x = 1; const hidden = () => x + 1; export function f() { return hidden() } export namespace Inner { export const g = () => x + f() } }
    function over(x: string): string; function over(x: number): number; function over(x: any) { return x }
    declare const nowhere: number; declare function nothing(): void; declare class Nobody {} interface I { a: number }
    const typed = { a: 1 } satisfies I as I; let definite!: number; definite = typed.a!;
    export const result = [Color.Green, Color[1], Color.Blue, Small.B, Outer.f(), Outer.Inner.g(), over(1), over("x"), definite];`,
  using: `
    const dispose = Symbol.dispose ?? Symbol.for("Symbol.dispose"); const log: string[] = [];
    const open = (n: string) => ({ n, [dispose]: () => { log.push("close " + n) } }) as any;
    function work() { using a = open("a"); using b = open("b"); log.push(a.n + b.n); return helper(); function helper() { return 1 } }
    for (using c of [open("c")]) log.push(c.n);
    export const result = [work(), log];`,
  "closures in loops": `
    const fs: (() => unknown)[] = []; for (let i = 0, up = () => i++; i < 3; up(), i++) fs.push(() => i);
    for (var v = 0; v < 2; v++) fs.push(() => v); for (const x of [5, 6]) { const y = x * 2; fs.push(function () { return y }) }
    let w = 0; do { const z = w; fs.push(() => z) } while (++w < 2); for (const f = () => 9; fs.length < 12;) fs.push(f);
    let q: any; if (true) var r = () => 10; else var r = () => 11; lab: for (const a of [1]) { q = () => a; continue lab }
    export const result = [fs.map((f) => f()), q(), r()];`,
  "recursion and generators": `
    const fact = function self(n: number): number { return n < 2 ? 1 : n * self(n - 1) }; const fib = (n: number): number => n < 2 ? n : fib(n - 1) + fib(n - 2);
    function even(n: number): boolean { return n === 0 || odd(n - 1) } const odd = (n: number): boolean => n !== 0 && even(n - 1);
    function* gen() { const inner = function* () { yield 1; yield 2 }; yield* inner(); const f = yield (() => 3)(); return f }
    const slow = async (n: number) => { await null; return (async () => n + arguments_())(); function arguments_() { return arguments.length } };
    export const result = [fact(5), fib(10), even(10), [...gen()], await slow(1), await Promise.all([1, 2].map(async (x) => x * 2))];`,
  "switch, labels and catch": `
    const pick = (k: number) => { switch (k) { case 0: return "none"; case 1: const f = () => "one"; return f(); case 2: { return g(); function g() { return "two" } } default: class C { x = "more" } return new C().x } };
    const caught = (() => { try { throw { a: 1 } } catch ({ a }: any) { return [() => a].map((f) => f())[0] } finally { (() => 0)() } })();
    export const result = [0, 1, 2, 3].map(pick).concat(caught);`,
  "default exports of values": `
    class Net { constructor(readonly n: number) {} } export default new Net(3);
    export const result = [typeof Net, Object.keys(Object.getOwnPropertyDescriptors(Net)), Reflect.ownKeys(() => 0), Object.keys(Net)];`,
  "names like the tagger's own": `
    const $g = 1, $gt = () => $g, f = "f", tagFunction = 2; function s(p: number, r = $gt) { return [p, r(), f, tagFunction] }
    export const result = s(1);`,
  "this and arguments": `
    const o = { a: 1, f() { return [() => this.a, function (this: any) { return this?.a }, () => arguments.length].map((g: any) => g()) }, g: (() => typeof this)() };
    class P { v = 2; h() { return [1].map(() => [2].map(() => this.v)[0])[0] } static s = this.name }
    export const result = [(o.f as any)(1, 2), o.g, new P().h(), P.s, (function () { return new.target === undefined })()];`,
};

it.each(Object.entries(programs))("%s", async (_name, text) => {
  const expected = await runUntagged(text);
  const { exports } = await loadText(text);
  expect(exports.result).toEqual(expected);
  expect(expected).toBeDefined();
});

/** Runs a program as it stands, but for its types. */
async function runUntagged(text: string): Promise<unknown> {
  const folder = await modelFolder({});
  // Node loads what lies in a folder of this name; otherwise the test runner would rewrite it.
  const output = path.join(folder, "dist", "untagged.mjs");
  await mkdir(path.dirname(output));
  const { code } = await transform(text, { loader: "ts", format: "esm", target: "node20" });
  await writeFile(output, code);
  const { result } = await import(pathToFileURL(output).href);
  return result;
}

it("a default function is hoisted, also for modules that import each other, and named default", async () => {
  const folder = await modelFolder({
    "model.ts": `import "./other.ts"; export default function () { return 1; }
      export { early } from "./other.ts"; const twice = () => 2; export { twice };`,
    "other.ts":
      'import f, { twice } from "./model.ts"; let late; try { late = twice } catch (e) { late = "dead" }; export const early = [f(), late];',
  });
  const { exports } = await loadFrom(folder);
  expect(exports.early).toEqual([1, "dead"]);
  expect(Object(exports.default).name).toBe("default");
});

it("while a model is loaded, and only then, it can tell", async () => {
  const { exports } = await loadText(
    'import { compiling } from "glim"; export const now = compiling(); export { compiling };',
  );
  expect(exports.now).toBe(true);
  expect(Object(exports).compiling()).toBe(false);
});

it("types may be passed on without saying `type`", async () => {
  const folder = await modelFolder({
    "model.ts": `export { Shape, size } from "./index.ts"; import { Shape, Alias as Name } from "./index.ts";
      import D, { K } from "./shapes.ts"; export { Name, D, K, K as Again, Shape as Other };`,
    "index.ts":
      'export * from "./shapes.ts"; export { size } from "./shapes.ts"; export * from "./index2.ts";',
    "index2.ts": 'export * from "./index.ts"; export * as all from "./shapes.ts";',
    "shapes.ts":
      "export interface Shape {} export const size = 1; type A = 1; export { A as Alias }; export default interface D {} export class K {}",
  });
  const { exports } = await loadFrom(folder);
  expect(Object.keys(exports).toSorted()).toEqual(["Again", "K", "size"]);
});
