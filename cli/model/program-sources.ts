/** The TypeScript that a program was made of, as packages may carry it. */

import path from "node:path";
import type { Module } from "../../compiler/graph/ir.ts";
import { forEachNode } from "../../compiler/graph/walk.ts";
import { libraryName } from "../terminal/installed-library.ts";
import { sourceTexts } from "../terminal/source-text.ts";

/** The texts of all files that places of the program are in, but for the library's, relative to the model's folder. */
export function programSources(module: Module, modelFile: string): ReadonlyMap<string, string> {
  const files = new Set([modelFile]);
  for (const { span, body } of module.funcs) {
    if (span) files.add(span.file);
    forEachNode(body, (node) => {
      if (node.span) files.add(node.span.file);
    });
  }
  const textOf = sourceTexts();
  const folder = path.dirname(modelFile);
  const sources = new Map<string, string>();
  for (const file of [...files].sort()) {
    const text = libraryName(file) === undefined ? textOf(file) : undefined;
    if (text === undefined) continue;
    sources.set(path.relative(folder, file).split(path.sep).join("/"), text);
  }
  return sources;
}
