/** How files are named to people: relative to the working directory where that is shorter. */

import path from "node:path";
import { installedLibrary } from "../environment.ts";

/** Glim's own files are named by their place in the package. */
export function shownPath(file: string): string {
  const library = installedLibrary.libraryFolders.find((folder) => file.startsWith(folder));
  if (library !== undefined) {
    return path.join("glim", path.basename(library), path.relative(library, file));
  }
  const relative = path.relative(process.cwd(), file);
  return relative !== "" && relative.length < file.length ? relative : file;
}
