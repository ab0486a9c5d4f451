/** How files are named to people: relative to the working directory where that is shorter. */

import path from "node:path";

export function shownPath(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative !== "" && relative.length < file.length ? relative : file;
}
