/** One model in all forms, in a folder of its own, with a module that loads each and gives the digests of its results. */

import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { transformSync } from "esbuild";
import { type CompileFileOptions, compileFile } from "#glim/cli/compiler.js";

export { digestTable } from "../../samples/web/src/digest.ts";

const root = path.resolve(import.meta.dirname, "../..");

/** As modules import it; each form's digests, in the order `forms`. */
const run = `
import { digestsOf } from "./digest.js";
import * as plain from "./plain.js";
import * as inline from "./inline.js";
import * as apart from "./apart.js";

export async function run() {
  const found = {};
  for (const [form, { load }] of Object.entries({ plain, inline, apart })) {
    found[form] = await digestsOf(await load());
  }
  return found;
}
`;

const forms: Readonly<Record<string, CompileFileOptions>> = {
  plain: {},
  inline: { inline: true },
  apart: { externalWeights: true },
};

/** The folder has `run.js`, and \`plain\`, \`inline\` and \`apart\` with their files. */
export async function makeArtefacts(): Promise<string> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "glim-hosts-"));
  const write = (name: string, content: string | Uint8Array): void =>
    writeFileSync(path.join(folder, name), content);
  const source = path.join(root, "samples/web/models/digits.ts");
  for (const [name, options] of Object.entries(forms)) {
    const { js, wasm, weights } = await compileFile(source, { name, train: true, ...options });
    write(`${name}.js`, js);
    if (!options.inline) write(`${name}.wasm`, wasm);
    if (weights) write(`${name}.safetensors`, weights);
  }
  const digest = readFileSync(path.join(root, "samples/web/src/digest.ts"), "utf8");
  write("digest.js", transformSync(digest, { loader: "ts" }).code);
  write("run.js", run);
  write("package.json", '{ "type": "module" }');
  write("main.js", 'import { run } from "./run.js";\nconsole.log(JSON.stringify(await run()));\n');
  return folder;
}
