// One clear line with file, line and column, instead of the tools' own walls of text.
import { readdir } from "node:fs/promises";
import { expect, it } from "vitest";
import { LoadError } from "#glim/cli/loader/load-error.js";
import { type Files, loadFrom, modelFolder } from "./model-folder.ts";

/** What the loading of `model.ts` (or another file) fails with; paths are relative to the folder. */
async function failure(files: Files, name?: string) {
  const folder = await modelFolder(files);
  const error: unknown = await loadFrom(folder, name).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof LoadError)) throw error ?? new Error("it loaded");
  expect((await readdir(folder)).filter((entry) => entry.startsWith(".glim"))).toEqual([]);
  expect(error.message).not.toContain("\n");
  const problems = error.problems.map(({ failure, file, line, column, message }) => {
    const place = [file.replace(`${folder}/`, ""), line, column].join(":");
    return `${failure} ${place} ${message.replaceAll(folder, "")}`;
  });
  return { problems, error };
}

const lines = (...text: readonly string[]): string => text.join("\n");

it("a file that is not there, is a folder, or is not TypeScript", async () => {
  const { problems } = await failure({}, "nothing.ts");
  expect(problems).toEqual(["unreadable nothing.ts:: there is no such file"]);
  const folder = await failure({ "a.ts/b": "" }, "a.ts");
  expect(folder.problems).toEqual(["unreadable a.ts:: this is not a file"]);
  const other = await failure({ "model.onnx": "x" }, "model.onnx");
  expect(other.problems[0]).toMatch(/^not-typescript model\.onnx:: a model is a TypeScript module/);
  expect((await failure({ "a.d.ts": "" }, "a.d.ts")).problems[0]).toMatch(/^not-typescript/);
});

it("errors of syntax, all of a file, as TypeScript words them", async () => {
  const { problems } = await failure({
    "model.ts": lines("/*é*/ const f = () => 1;", "const = 2; let x: number = ;", "f();"),
  });
  expect(problems).toEqual([
    "syntax model.ts:2:7 Variable declaration expected.",
    "syntax model.ts:2:9 Variable declaration expected.",
    "syntax model.ts:2:28 Expression expected.",
  ]);
});

it("an error of syntax in an imported file, and in JSON", async () => {
  const { problems } = await failure({
    "model.ts": 'import "./a.ts"; import "./b.json"; export {};',
    "a.ts": "\nfunction (",
    "b.json": "{ x }",
  });
  expect(problems.toSorted()).toEqual([
    "syntax a.ts:2:10 Identifier expected.",
    "syntax a.ts:2:11 ')' expected.",
    'syntax b.json:1:3 Expected string in JSON but found "x"',
  ]);
});

it("imports that find nothing, all of them", async () => {
  const { problems } = await failure({
    "model.ts": lines(
      'import { a } from "./nowhere.ts";',
      'const é = () => 1; import { b } from "no-such-package";',
      'import { c } from "./there.ts"; import w from "./weights.safetensors";',
      "export const all = [a, b, c, w, é];",
    ),
    "there.ts": "export const d = 1;",
    "weights.safetensors": "x",
  });
  expect(problems).toEqual([
    'import model.ts:1:19 Could not resolve "./nowhere.ts"',
    'import model.ts:2:38 Could not resolve "no-such-package"',
    expect.stringMatching(/^import model.ts:3:47 .*weights.safetensors/),
  ]);
});

it("a name that a module does not export", async () => {
  const own = await failure({
    "model.ts": '\nimport { c } from "./there.ts"; export const f = () => c;',
    "there.ts": "export const d = 1;",
  });
  expect(own.problems).toEqual([
    'import model.ts:2:10 No matching export in "there.ts" for import "c"',
  ]);
  const glim = await failure({
    "model.ts":
      '\nimport { script,\n  nonsense } from "glim"; export const f = () => [script, nonsense];',
  });
  expect(glim.problems).toEqual([
    expect.stringMatching(/^import model\.ts:[23]:\d* "glim" has no export "nonsense"$/),
  ]);
});

it("what the module throws while it runs, with the place and a stack in the original", async () => {
  const { problems, error } = await failure({
    "model.ts": lines(
      'import { check } from "./lib/check.ts";',
      "interface Options { n: number }",
      "const make = (o: Options) => [o].map((x) => check(x.n));",
      "export const f = make({ n: 3 });",
    ),
    "lib/check.ts": lines(
      "export type N = number;",
      "export function check(n: N): N {",
      "  const describe = (x: N): string => 'no: ' + x; if (n > 2) throw new RangeError(describe(n));",
      "  return n;",
      "}",
    ),
  });
  expect(problems).toEqual(["thrown lib/check.ts:3:67 RangeError: no: 3"]);
  const { cause } = error;
  const frames = cause instanceof Error ? (cause.stack ?? "").split("\n") : [];
  const places = frames.map((frame) =>
    frame.replace(/^ *at (.*?)\(?\/[^)]*\/(\w+\.ts.*?)\)?$/, "$1$2"),
  );
  expect(places.slice(0, 5)).toEqual([
    "RangeError: no: 3",
    "check check.ts:3:67",
    "model.ts:3:45",
    "    at Array.map (<anonymous>)",
    "make model.ts:3:34",
  ]);
  expect(places[5]).toBe("model.ts:4:18");
});

it("a name read before its time, anything thrown, and a rejected await", async () => {
  const early = await failure({
    "model.ts": "\nexport const y = f();\nconst k = 2; function f() { return k; }",
  });
  expect(early.problems).toEqual([
    "thrown model.ts:3:29 ReferenceError: Cannot access 'k' before initialization",
  ]);
  const text = await failure({ "model.ts": 'throw "no\\nway"; export {};' });
  expect(text.problems).toEqual(["thrown model.ts:: the module threw no"]);
  const later = await failure({
    "model.ts": '\nawait Promise.reject(new Error("late")); export {};',
  });
  expect(later.problems).toEqual(["thrown model.ts:2:22 Error: late"]);
});

it("an error thrown later is mapped on request", async () => {
  const folder = await modelFolder({
    "model.ts":
      "type A = 1;\nexport function f(x: A): never { const g = () => { throw new Error('x' + x) }; return g() as never }",
  });
  const model = await loadFrom(folder);
  const f = Object(model.exports).f;
  let stack = "";
  try {
    f(1);
  } catch (error) {
    stack = error instanceof Error ? (error.stack ?? "") : "";
  }
  expect(stack).toContain(".glim-");
  expect(model.mapStack(stack)).toContain(`at g (${folder}/model.ts:2:58)`);
  expect(model.mapStack(stack)).toContain(`at f (${folder}/model.ts:2:87)`);
});
