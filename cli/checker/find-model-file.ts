/** Finds a model file by the name that a user gives. */

import { realpath, stat } from "node:fs/promises";
import path from "node:path";
import * as loading from "../../compiler/diagnostics/catalog/loading.ts";
import { isTypeScriptFile } from "../loader/typescript-file.ts";
import { fail } from "../terminal/failure.ts";
import { shownPath } from "../terminal/shown-path.ts";

/**
 * The file itself, behind any links.
 *
 * @throws Failure when there is none, or it is not TypeScript
 */
export async function findModelFile(name: string): Promise<string> {
  const file = path.resolve(name);
  const found = await stat(file).catch(() => undefined);
  if (found === undefined) return fail(loading.fileMissing(shownPath(file)));
  if (!found.isFile()) return fail(loading.bundleFailed(`${shownPath(file)}: this is not a file`));
  if (!isTypeScriptFile(file)) return fail(loading.notTypeScript(shownPath(file)));
  return realpath(file);
}
