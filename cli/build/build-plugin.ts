/** Puts the language-service plugin into one CommonJS file, as TypeScript's language service loads it. */

import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const at = (file: string): string => fileURLToPath(new URL(`../editor/${file}`, import.meta.url));

/** Modules of the bundle lie in folders of one depth, so their relative URLs are right from here. */
export async function buildPlugin(): Promise<void> {
  await build({
    entryPoints: [at("plugin.js")],
    outfile: at("plugin.cjs"),
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    external: ["typescript"],
    define: { "import.meta.url": "glimModuleUrl" },
    banner: { js: 'const glimModuleUrl = require("node:url").pathToFileURL(__filename).href;' },
    // The factory itself is what the module must be.
    footer: { js: "module.exports = module.exports.default;" },
    logLevel: "error",
  });
}
