/**
 * Owns which files a model reaches by relative imports, of types too, whether or not they are there and can be
 * read: what to watch, so that a mistake in any of them can be mended.
 */

import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { tsc } from "../../compiler/frontend/typescript.ts";
import { isTypeScriptFile } from "./typescript-file.ts";

/** Absolute paths, the file first. */
export function importedFiles(file: string): readonly string[] {
  const found = new Set<string>();
  const visit = (at: string): void => {
    if (found.has(at)) return;
    found.add(at);
    if (!isCode(at) || !existsSync(at)) return;
    const { importedFiles: imports } = tsc.preProcessFile(readFileSync(at, "utf8"), true, true);
    for (const { fileName } of imports) {
      if (/^\.{1,2}\//.test(fileName)) for (const to of meant(at, fileName)) visit(to);
    }
  };
  visit(path.resolve(file));
  return [...found];
}

const isCode = (file: string): boolean => isTypeScriptFile(file) || /\.[mc]?jsx?$/.test(file);

/** The file that an import means; where there is none, those that it could mean. */
function meant(importer: string, specifier: string): readonly string[] {
  const at = path.resolve(path.dirname(importer), specifier);
  const candidates = [
    at,
    ...[".ts", ".tsx", "/index.ts"].map((ending) => at + ending),
    at.replace(/\.([mc]?)js(x?)$/, ".$1ts$2"),
  ];
  const isFile = (f: string): boolean => statSync(f, { throwIfNoEntry: false })?.isFile() === true;
  const there = candidates.find(isFile);
  return there === undefined ? [...new Set(candidates)] : [there];
}
