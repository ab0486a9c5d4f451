// A model in a folder without a package.json, or in a CommonJS package, may still await at its top level.

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { compileFile } from "#glim/cli/compiler.js";

const model = `
import { script, type Tensor } from "glim";
const factor = await Promise.resolve(new URL("./x", import.meta.url).protocol.length);
export const scale = script((x: Tensor<["B"]>) => x.mul(factor));
`;

it.each([undefined, '{ "type": "commonjs" }', "{}"])("package.json: %s", async (text) => {
  const folder = mkdtempSync(join(tmpdir(), "glim-module-"));
  writeFileSync(join(folder, "scale.ts"), model);
  if (text !== undefined) writeFileSync(join(folder, "package.json"), text);
  const { signature } = await compileFile(join(folder, "scale.ts"));
  expect(signature.entries.map((e) => e.name)).toEqual(["scale"]);
});
