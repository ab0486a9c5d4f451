/** Owns the tagged build of the standard library: `dist/stdlib`, whose tags name the shipped sources. */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { transform } from "esbuild";
import { tsc } from "../../compiler/frontend/typescript.ts";
import { redirectImports } from "./edit-imports.ts";
import { SourceEditor } from "./edited-source.ts";
import { nameInErrors } from "./name-in-errors.ts";
import { insertTags } from "./tag-source.ts";

/** The same as the project's own `tsconfig.json` says. */
const TSCONFIG = {
  compilerOptions: {
    target: "es2022",
    useDefineForClassFields: true,
    verbatimModuleSyntax: true,
  },
} as const;

/**
 * Writes each module of `sources` (the folder `stdlib`), tagged and stripped of types, over its
 * JavaScript in `output` (`dist/stdlib`). The tags' module is `runtime/tags.js` beside `output`.
 */
export async function tagStdlib(sources: string, output: string): Promise<void> {
  const names = await readdir(sources, { recursive: true });
  for (const name of names) {
    if (!name.endsWith(".ts") || name.endsWith(".d.ts")) continue;
    await tagModule(path.join(sources, name), path.join(output, name.replace(/ts$/, "js")), {
      file: `glim/stdlib/${name.split(path.sep).join("/")}`,
      tags: path.join(path.dirname(output), "runtime", "tags.js"),
    });
  }
}

async function tagModule(
  input: string,
  output: string,
  { file, tags }: { readonly file: string; readonly tags: string },
): Promise<void> {
  const code = await readFile(input, "utf8");
  const editor = new SourceEditor(code);
  const source = tsc.createSourceFile(input, code, tsc.ScriptTarget.Latest, true);
  const folder = path.dirname(output);
  insertTags(source, editor, {
    file,
    runtime: relativeSpecifier(folder, tags),
    self: relativeSpecifier(folder, output),
    pure: true,
  });
  redirectImports(source, editor, asBuilt);
  if (/^glim\/stdlib\/(functional|linalg|fft|nn|random)\//.test(file)) {
    nameInErrors(source, editor);
  }
  const sourceName = path.relative(folder, input).split(path.sep).join("/");
  const result = await transform(editor.finish().textWithMap(sourceName), {
    loader: "ts",
    format: "esm",
    target: "es2022",
    tsconfigRaw: TSCONFIG,
    sourcemap: "external",
    sourcesContent: false,
    sourcefile: sourceName,
    logLevel: "silent",
  });
  const mapFile = `${output}.map`;
  await mkdir(folder, { recursive: true });
  await writeFile(output, `${result.code}//# sourceMappingURL=${path.basename(mapFile)}\n`);
  await writeFile(mapFile, result.map);
}

function relativeSpecifier(folder: string, file: string): string {
  const relative = path.relative(folder, file).split(path.sep).join("/");
  return relative.startsWith(".") ? relative : `./${relative}`;
}

/** `./x.ts` ⇒ `./x.js`, as tsc's `rewriteRelativeImportExtensions` does. */
function asBuilt(specifier: string): string | undefined {
  return /^\.{1,2}\/.*\.ts$/.test(specifier) ? specifier.replace(/ts$/, "js") : undefined;
}
