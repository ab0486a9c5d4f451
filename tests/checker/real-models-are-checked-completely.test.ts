// Saying nothing is only right where nothing is known: of real models, whose weights are files that an
// editor does not read, everything that the entry points reach must be known, and nothing reported.

import { readdirSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { ModelChecker } from "#glim/cli/checker/check-model.js";

const root = path.resolve(import.meta.dirname, "../..");
const folders = ["samples", "tests/fixtures/architectures", "tests/fixtures/layers"];

const files = folders.flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))
    .map((name) => path.join(folder, name)),
);

const checker = new ModelChecker();

test.each(files)("%s", (file) => {
  const options = { edited: () => undefined, typeErrors: false };
  const { diagnostics, isComplete } = checker.check(path.join(root, file), options);
  expect(diagnostics.map((d) => `${d.code} ${d.message}`)).toEqual([]);
  expect(isComplete).toBe(true);
});
