/** Finds the pages of the documentation that explain diagnostics. They ship with the package. */

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = new URL("../../../docs/diagnostics/", import.meta.url);
const isPage = /^(GLIM\d{4})\.md$/;

/** The codes that have a page, in order. */
export const explainedCodes = (): readonly string[] =>
  readdirSync(folder)
    .flatMap((name) => isPage.exec(name)?.[1] ?? [])
    .sort();

/** Where the page of a code lies. */
export const pageFile = (code: string): string => fileURLToPath(new URL(`${code}.md`, folder));

export const readPage = (code: string): string => readFileSync(pageFile(code), "utf8");

/** What a page is about: its first line, without the code. */
export const pageTitle = (code: string): string =>
  /^# GLIM\d{4}: (.*)$/m.exec(readPage(code))?.[1] ?? "";
