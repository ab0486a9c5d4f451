/** Reads the files that messages show lines of. */

import { readFileSync } from "node:fs";

/** The text of each file, read once; undefined where it cannot be read. */
export function sourceTexts(): (file: string) => string | undefined {
  const texts = new Map<string, string | undefined>();
  return (file) => {
    if (!texts.has(file)) texts.set(file, readText(file));
    return texts.get(file);
  };
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
