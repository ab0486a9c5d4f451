// Bundles the compiler for browsers, with the files that it reads, into a folder.

import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import ts from "typescript";

const here = import.meta.dirname;
const root = path.resolve(here, "../..");
const built = (name) => path.join(root, "dist", name);

/** TypeScript as an import: the package loads it with `require`, which is faster in Node. */
const importTypeScript = {
  name: "import-typescript",
  setup: (b) =>
    b.onLoad({ filter: /[\\/]compiler[\\/]frontend[\\/]typescript\.js$/ }, () => ({
      contents: 'import tsc from "typescript"; export { tsc };',
      resolveDir: root,
    })),
};

/** Where the files lie for the compiler in the page. */
const virtualPath = (file) =>
  path.dirname(file) === path.dirname(ts.getDefaultLibFilePath({}))
    ? `/lib/${path.basename(file)}`
    : `/glim/${path.relative(root, file).split(path.sep).join("/")}`;

/** Declarations that programs see, and the sources of the library, which are compiled with them. */
function filesOfCompiler() {
  const program = ts.createProgram([built("stdlib/index.d.ts"), built("stdlib/data/index.d.ts")], {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ["lib.es2023.d.ts"],
    types: [],
    allowImportingTsExtensions: true,
    noEmit: true,
  });
  const declarations = program.getSourceFiles().map((f) => f.fileName);
  const sources = ts.sys.readDirectory(path.join(root, "stdlib"), [".ts"]);
  return Object.fromEntries(
    [...declarations, ...sources].map((file) => [virtualPath(file), readFileSync(file, "utf8")]),
  );
}

/** Writes `index.html` and what it loads. */
export async function buildPlayground(folder) {
  mkdirSync(folder, { recursive: true });
  await build({
    entryPoints: {
      page: path.join(here, "page.ts"),
      worker: path.join(here, "worker.ts"),
      glim: built("stdlib/index.js"),
      data: built("stdlib/data/index.js"),
      tags: built("runtime/tags.js"),
    },
    outdir: folder,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    minify: true,
    // Classes of the library are known by their names.
    keepNames: true,
    legalComments: "none",
    // The tags are marked as free of effects, and here it is they that are wanted.
    ignoreAnnotations: true,
    external: ["node:*"],
    // From which the tags of the library find its sources.
    define: { "import.meta.url": '"file:///glim/dist/runtime/tags.js"' },
    plugins: [importTypeScript],
    logLevel: "error",
  });
  writeFileSync(path.join(folder, "files.json"), JSON.stringify(filesOfCompiler()));
  for (const name of ["index.html", "page.css"]) {
    cpSync(path.join(here, name), path.join(folder, name));
  }
  cpSync(path.join(here, "../../samples/web/src/colors.css"), path.join(folder, "colors.css"));
  cpSync(built("runtime/heap/heap.wasm"), path.join(folder, "heap.wasm"));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildPlayground(path.resolve(process.argv[2] ?? "playground"));
}
