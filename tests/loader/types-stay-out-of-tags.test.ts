// A tag that mentions a type as a value would keep an import that must vanish, or fail when read.
import ts from "typescript";
import { expect, it } from "vitest";
import { SourceEditor } from "#glim/cli/loader/edited-source.js";
import { insertTags } from "#glim/cli/loader/tag-source.js";
import { loadFrom, modelFolder, mustBeTagged } from "./model-folder.ts";

function namesRead(code: string): readonly string[] {
  const editor = new SourceEditor(code);
  const source = ts.createSourceFile("a.ts", code, ts.ScriptTarget.Latest, true);
  insertTags(source, editor, { file: "a.ts", runtime: "tags", self: "self", pure: false });
  return [...editor.finish().text.matchAll(/\$gn==="([^"]+)"/g)].map((match) => match[1] ?? "");
}

it("a name in a type is not a value", () => {
  const code = `
    import type { A } from "x"; import { B, type C, D, E } from "y"; import type F from "z";
    interface I<T extends B> { x: B } type U = B | typeof v; declare const w: B; const v = 1;
    export function f<T extends B = C>(x: A, y: B[], z?: (b: B) => C): asserts x is B {
      const a: Array<B> = <B[]>y; const b = a as unknown as B; const c = b satisfies B;
      type Local = D; interface Local2 extends B {} declare const w2: B;
      z!(<any>E<B>(a as B));
    }
    export abstract class K<T extends B> extends E<B> implements B, I<B> {
      declare x: B; [key: string]: B; abstract g(b: B): B; h(this: B, b?: B): b is B { return true }
      static y: typeof v;
    }`;
  expect(new Set(namesRead(code))).toEqual(new Set(["E"]));
});

it("an import that is used only as a type is not evaluated", async () => {
  const folder = await modelFolder({
    "model.ts": `
      import { Shape } from "./types.ts"; import { Other, size } from "./mixed.ts";
      export const f = (x: Shape): Other => ({ n: x.n * size });`,
    "types.ts": "export interface Shape { n: number } throw new Error('evaluated');",
    "mixed.ts": "export interface Other { n: number } export const size = 2;",
  });
  const { exports } = await loadFrom(folder);
  expect(mustBeTagged(exports.f).read("size")).toEqual({ value: 2 });
});

it("a package of types alone need not exist", async () => {
  const folder = await modelFolder({
    "model.ts":
      'import type { A } from "not-there"; import { B } from "nor-there"; export const f = (a: A): B => a;',
  });
  const { exports } = await loadFrom(folder);
  expect(mustBeTagged(exports.f).read("A")).toBeUndefined();
});
