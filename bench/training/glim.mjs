/** Glim: the step compiled beforehand, as an application would load it, in one thread. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

export async function open(images, labels) {
  const folder = mkdtempSync(path.join(tmpdir(), "glim-training-"));
  const command = ["compile", here("lenet.ts"), "-o", folder, "--train"];
  const { status, stderr } = spawnSync(
    process.execPath,
    [here("../../dist/cli/main.js"), ...command],
    {
      encoding: "utf8",
    },
  );
  if (status !== 0) throw new Error(stderr);
  const { load } = await import(pathToFileURL(path.join(folder, "lenet.js")).href);
  const wasm = readFileSync(path.join(folder, "lenet.wasm"));
  const model = await load(wasm);
  rmSync(folder, { recursive: true });
  const x = { data: images, shape: [64, 1, 28, 28] };
  const y = { data: labels, shape: [64] };
  return { step: () => model.step(x, y).data[0], about: `a module of ${wasm.length} bytes` };
}
