/** Where this installation of Glim keeps its library, and how its files are named. */

import path from "node:path";
import { fileURLToPath } from "node:url";

export const installedLibrary = {
  /** The declarations that `import … from "glim"` resolves to. */
  glimTypes: fileURLToPath(new URL("../../stdlib/index.d.ts", import.meta.url)),
  /** The folders whose files are Glim's own: the sources, and what was built. */
  libraryFolders: ["../../../stdlib/", "../../stdlib/", "../../runtime/"].map((folder) =>
    fileURLToPath(new URL(folder, import.meta.url)),
  ),
} as const;

/** `glim/stdlib/functional/matmul.ts`, wherever Glim is installed; undefined for files of others. */
export function libraryName(file: string): string | undefined {
  const folder = installedLibrary.libraryFolders.find((f) => file.startsWith(f));
  if (folder === undefined) return undefined;
  return path
    .join("glim", path.basename(folder), path.relative(folder, file))
    .split(path.sep)
    .join("/");
}
