/** Finds large material (models, data sets) that lies beside the checkout, where it is there. */

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * The absolute path of `../shared/<path>`, or undefined, which is printed, where it is not there:
 * such a test skips itself with `test.skipIf(file === undefined)`.
 */
export function shared(path: string): string | undefined {
  const file = fileURLToPath(new URL(`../../shared/${path}`, import.meta.url));
  if (existsSync(file)) return file;
  console.warn(`skipped what needs ../shared/${path}: it is not beside this checkout`);
  return undefined;
}
