// Its functions are compiled from their sources like the user's own, and yet a browser must not pay.
import { cp, mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { expect, it } from "vitest";
import { tagStdlib } from "#glim/cli/loader/tag-stdlib.js";
import { type Files, modelFolder, mustBeTagged } from "./model-folder.ts";

const TAGS = new URL("../../dist/runtime/tags.js", import.meta.url);

/** A package laid out as Glim is, with its stdlib built. */
async function builtPackage(stdlib: Files): Promise<string> {
  const files = Object.entries(stdlib).map(([name, text]) => [`stdlib/${name}`, text]);
  const folder = await modelFolder({
    ...Object.fromEntries(files),
    "package.json": '{ "type": "module" }',
  });
  const runtime = path.join(folder, "dist/runtime");
  await mkdir(runtime, { recursive: true });
  await cp(TAGS, path.join(runtime, "tags.js"));
  await tagStdlib(path.join(folder, "stdlib"), path.join(folder, "dist/stdlib"));
  return folder;
}

const stdlib: Files = {
  "index.ts":
    'export * from "./functional.ts"; export { Linear, type Options } from "./nn/linear.ts";',
  "functional.ts": `
    const SLOPE: number = 0.01;
    const scaled = (k: number) => (x: number): number => x * k;
    export const double = /* @__PURE__ */ scaled(2);
    export function leaky(x: number): number { return x > 0 ? x : SLOPE * x; }
    export const twice = (x: number): number => leaky(leaky(x));
    export const table = { leaky, half: (x: number) => x / 2, third(x: number) { return x / 3; } };
    export function rows(xs: readonly number[]): number[] { return xs.map((x) => twice(x)); }`,
  "nn/linear.ts": `
    import { leaky } from "../functional.ts";
    export interface Options { readonly bias: boolean }
    export class Linear { readonly #w: number; constructor(w: number) { this.#w = w; } forward(x: number): number { return leaky(x * this.#w); } }`,
};

it("tags name the shipped source, wherever the package lies", async () => {
  const folder = await builtPackage(stdlib);
  const library = await import(pathToFileURL(`${folder}/dist/stdlib/index.js`).href);
  const expected = {
    double: "(x: number): number => x * k",
    leaky: "export function leaky",
    twice: "(x: number): number => leaky",
    Linear: "export class Linear",
  };
  for (const [name, start] of Object.entries(expected)) {
    const { file, position } = mustBeTagged(library[name]);
    expect(path.dirname(file).startsWith(`${folder}/stdlib`)).toBe(true);
    expect((await readFile(file, "utf8")).slice(position)).toMatch(start.slice(0, 12));
    expect((await readFile(file, "utf8")).slice(position, position + start.length)).toBe(start);
  }
  expect(mustBeTagged(library.Linear).read("leaky")).toEqual({ value: library.leaky });
  expect(mustBeTagged(library.Linear).readPrivate(new library.Linear(3), "#w")).toEqual({
    value: 3,
  });
  expect(mustBeTagged(library.double).read("k")).toEqual({ value: 2 });
  expect([library.twice.name, library.table.half.name, library.rows([-1])]).toEqual([
    "twice",
    "half",
    [-0.0001],
  ]);
});

it("source maps lead to the source", async () => {
  const folder = await builtPackage(stdlib);
  const built = `${folder}/dist/stdlib/nn/linear.js`;
  expect(await readFile(built, "utf8")).toMatch(/\n\/\/# sourceMappingURL=linear\.js\.map\n$/);
  const { sources } = JSON.parse(await readFile(`${built}.map`, "utf8"));
  expect(path.resolve(path.dirname(built), sources[0])).toBe(`${folder}/stdlib/nn/linear.ts`);
});

it("a bundle for the browser keeps neither what nobody uses nor its tags", async () => {
  const folder = await builtPackage(stdlib);
  const bundle = async (entry: string, name: string): Promise<string> => {
    const { outputFiles } = await build({
      stdin: { contents: `import { ${name} } from "${entry}"; use(${name});`, resolveDir: folder },
      bundle: true,
      write: false,
      minify: true,
      format: "esm",
      logLevel: "error",
    });
    return outputFiles[0]?.text ?? "";
  };
  for (const name of ["leaky", "twice"]) {
    const plain = await bundle("./stdlib/index.ts", name);
    const tagged = await bundle("./dist/stdlib/index.js", name);
    expect(tagged.length - plain.length).toBeLessThanOrEqual(16);
    expect(tagged).not.toContain("glim");
  }
  // Closures keep their tags: those, and the registry once.
  const rows = await bundle("./dist/stdlib/index.js", "rows");
  expect(rows).not.toContain("Linear");
  expect(rows.length).toBeLessThan(1500);
});
