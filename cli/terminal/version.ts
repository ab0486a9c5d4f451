/** The version of this installation of Glim. */

import { readFileSync } from "node:fs";

/** As package.json states it; the file lies beside dist. */
export function installedVersion(): string {
  const text = readFileSync(new URL("../../../package.json", import.meta.url), "utf8");
  const { version } = JSON.parse(text);
  return String(version);
}
