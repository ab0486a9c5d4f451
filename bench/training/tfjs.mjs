/** TF.js: its gradients can be had only of its sources, which Node does not resolve: they are bundled first. */

import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

export async function open(images, labels) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("tfjs-step.mjs", import.meta.url))],
    bundle: true,
    write: false,
    format: "cjs",
    platform: "node",
    mainFields: ["module", "main"],
    logLevel: "error",
  });
  const file = path.join(tmpdir(), `glim-tfjs-${process.pid}.cjs`);
  writeFileSync(file, outputFiles[0].text);
  const { open: start } = await import(pathToFileURL(file).href);
  rmSync(file);
  return start(images, labels);
}
