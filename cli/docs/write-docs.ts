/** Writes the pages of docs that are made from the code: `npm run docs`. */

import { readFileSync, writeFileSync } from "node:fs";
import { operatorsPage } from "./operators-page.ts";
import { pytorchPage } from "./pytorch-page.ts";

/** The package, seen from dist/cli/docs. */
const docs = new URL("../../../docs/", import.meta.url);

const functions = readFileSync(new URL("functions.md", docs), "utf8");
writeFileSync(new URL("operators.md", docs), operatorsPage(functions));
writeFileSync(new URL("pytorch.md", docs), pytorchPage());
