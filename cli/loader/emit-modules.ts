/** Owns the modules that Node runs in place of a model's files: tagged, and stripped of types. */
import path from "node:path";
import { build, type Plugin } from "esbuild";
import type ts from "typescript";
import { asLoadError } from "./build-problems.ts";
import { markTypeExports, redirectImports } from "./edit-imports.ts";
import { SourceEditor } from "./edited-source.ts";
import { AS_NODE, loaderOf, type ModuleGraph } from "./module-graph.ts";
import { readNested } from "./nested-too-deeply.ts";
import { pinImportMeta } from "./pin-import-meta.ts";
import { insertRelease, releasedData } from "./release-names.ts";
import { insertTags } from "./tag-source.ts";
import { isTypeScriptFile } from "./typescript-file.ts";
import { type BringsValue, valueExports } from "./value-exports.ts";

export interface EmittedModule {
  /** Where the module is to be written. */
  readonly output: string;
  /** An ES module with an inline source map. */
  readonly code: string;
  /** The same source map by itself. */
  readonly sourceMap: string;
}

const RUNTIME = new URL("../../runtime/tags.js", import.meta.url).href;

/**
 * Makes one module of each file of a graph, for one folder; the model's comes first. Files stay
 * separate modules so that Node itself orders, links and hoists them: a bundle would turn
 * top-level `const` into `var`, and what was an error in the model would read as `undefined`.
 *
 * @param releases the module whose list is given what empties the names of each module
 * @throws LoadError where a file nests too deeply to be tagged
 */
export async function emitModules(
  graph: ModuleGraph,
  folder: string,
  releases?: string,
): Promise<readonly EmittedModule[]> {
  const files = [...graph.files.keys()];
  const names = new Map(files.map((file, index) => [file, `${index}-${path.parse(file).name}`]));
  const { outputFiles } = await build({
    ...AS_NODE,
    absWorkingDir: folder,
    entryPoints: files.map((file) => ({ in: file, out: names.get(file) ?? "" })),
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    write: false,
    bundle: false,
    keepNames: true,
    sourcemap: "both",
    charset: "utf8",
    legalComments: "none",
    plugins: [tagPlugin(graph, names, releases)],
  }).catch((error: unknown) => {
    const [model = ""] = files;
    throw asLoadError(error, { model, folder, files: graph.files });
  });
  const texts = new Map(outputFiles.map((output) => [output.path, output.text]));
  return files.map((file) => {
    const output = path.join(folder, `${names.get(file)}.mjs`);
    const code = texts.get(output);
    const sourceMap = texts.get(`${output}.map`);
    if (code === undefined || sourceMap === undefined) throw new Error(`not emitted: ${file}`);
    return { output, code, sourceMap };
  });
}

function tagPlugin(
  graph: ModuleGraph,
  names: ReadonlyMap<string, string>,
  releases: string | undefined,
): Plugin {
  const bringsValue = valueExports(graph);
  return {
    name: "glim-tags",
    setup(plugin) {
      plugin.onLoad({ filter: /./ }, ({ path: file }) => {
        const source = graph.files.get(file);
        const loader = loaderOf(file);
        if (source === undefined || loader === undefined) throw new Error(`unknown file ${file}`);
        if (loader === "json") return { contents: dataModule(source.text, releases), loader: "js" };
        return readNested(file, source.text, () => ({
          contents: prepare(source, graph, names, bringsValue, releases),
          loader,
        }));
      });
    },
  };
}

const dataModule = (text: string, releases: string | undefined): string =>
  releases === undefined ? `export default ${text}` : releasedData(text, releases);

/** Tags TypeScript; any code is told where its imports now are, and where it was itself. */
function prepare(
  source: ts.SourceFile,
  graph: ModuleGraph,
  names: ReadonlyMap<string, string>,
  bringsValue: BringsValue,
  releases: string | undefined,
): string {
  const file = source.fileName;
  const editor = new SourceEditor(source.text);
  pinImportMeta(source, editor, file);
  redirectImports(source, editor, (specifier) => {
    const target = graph.target(file, specifier);
    return target?.kind === "file" ? `./${names.get(target.file)}.mjs` : target?.specifier;
  });
  if (isTypeScriptFile(file)) {
    markTypeExports(source, editor, bringsValue);
    const self = `./${names.get(file)}.mjs`;
    insertTags(source, editor, { file, runtime: RUNTIME, self, pure: false });
  }
  if (releases !== undefined) insertRelease(source, editor, releases);
  return editor.finish().textWithMap(path.basename(file));
}
