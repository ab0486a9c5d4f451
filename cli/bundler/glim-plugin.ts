/**
 * The plugin for bundlers: compiles a project's models to real files, which the project imports as any
 * other. What is wrong with a model is the error of what imports it.
 */

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { createUnplugin, type UnpluginBuildContext } from "unplugin";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import { explainHint, placeOf, reportText } from "../../compiler/diagnostics/report.ts";
import { shownPath } from "../terminal/shown-path.ts";
import { sourceTexts } from "../terminal/source-text.ts";
import { CompiledModels, type ModelOptions } from "./compiled-models.ts";

export type { ModelOptions };

export const glim = createUnplugin<ModelOptions>((options, { framework }) => {
  let models = new CompiledModels(process.cwd(), options);
  return {
    name: "glim",
    async buildStart() {
      await models.update();
    },
    resolveId(id, importer) {
      if (importer === undefined || !/^[./].*\.js$/.test(id)) return undefined;
      const file = path.resolve(path.dirname(importer), id);
      // A model with errors may have no files yet: what imports it is told of the errors.
      return models.find(file) && !existsSync(file) ? file : undefined;
    },
    loadInclude: (id) => models.find(withoutQuery(id)) !== undefined,
    load(id) {
      const file = withoutQuery(id);
      const model = models.find(file);
      if (model === undefined) return undefined;
      for (const source of models.sources()) this.addWatchFile(source);
      if (model.diagnostics.length > 0) throw errorOf(model.diagnostics);
      const code = readFileSync(file, "utf8");
      if (framework === "esbuild") return withImportedFiles(code);
      if (framework === "rollup" || framework === "rolldown")
        return withEmittedFiles(this, file, code);
      return code;
    },
    esbuild: {
      config(settings) {
        settings.loader = { ".wasm": "file", ".safetensors": "file", ...settings.loader };
      },
    },
    vite: {
      configResolved({ root }) {
        models = new CompiledModels(root, options);
      },
      configureServer({ watcher }) {
        watcher.add([...models.sources()]);
      },
      async handleHotUpdate({ server, modules }) {
        const names = await models.update();
        server.watcher.add([...models.sources()]);
        const scripts = names.flatMap((name) => [
          ...(server.moduleGraph.getModulesByFile(models.scriptOf(name)) ?? []),
        ]);
        return [...modules, ...scripts];
      },
    },
  };
});

/** Vite adds the time to what has changed. */
const withoutQuery = (id: string): string => id.replace(/\?.*$/s, "");

/** What bundlers without a rule for it must be told: that this is a file to ship. */
const besideScript = /new URL\("\.\/([^"]+)",import\.meta\.url\)/g;

/** esbuild ships what is imported with the loader `file`. */
function withImportedFiles(code: string): string {
  const imports: string[] = [];
  const edited = code.replace(besideScript, (_, name: string) => {
    const variable = `glimFile${imports.length}`;
    imports.push(`import ${variable} from ${JSON.stringify(`./${name}`)};\n`);
    return `new URL(${variable},import.meta.url)`;
  });
  return imports.join("") + edited;
}

/** Rollup ships what is emitted, and names it by a reference. */
const withEmittedFiles = (context: UnpluginBuildContext, script: string, code: string): string =>
  code.replace(besideScript, (_, name: string) => {
    const source = readFileSync(path.join(path.dirname(script), name));
    const reference: unknown = context.emitFile({ type: "asset", name, source });
    return `new URL(import.meta.ROLLUP_FILE_URL_${reference})`;
  });

/** Thrown, because esbuild goes on after what it is told otherwise. Vite's overlay shows all of it. */
function errorOf(diagnostics: readonly Diagnostic[]): Error {
  const sourceOf = sourceTexts();
  const report = reportText(diagnostics, { sourceOf, nameOf: shownPath, color: false });
  const error = new Error(`${report}\n\n${explainHint(diagnostics)}`);
  // Where this was thrown in Glim is of no use to anyone.
  error.stack = "";
  const span = diagnostics.find((d) => d.span !== undefined)?.span;
  const text = span && sourceOf(span.file);
  if (span === undefined || text === undefined) return error;
  return Object.assign(error, { id: span.file, loc: placeOf(text, span.file, span.start) });
}
