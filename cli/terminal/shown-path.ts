/** How files are named to people. */

import path from "node:path";
import { libraryName } from "./installed-library.ts";

/** Glim's own files by their place in the package, others relative to where the command runs. */
export function shownPath(file: string): string {
  const library = libraryName(file);
  if (library !== undefined) return library;
  const relative = path.relative(process.cwd(), file);
  return relative !== "" && relative.length < file.length ? relative : file;
}
