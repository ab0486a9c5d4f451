// The modules that Node runs lie beside the model for a moment, in a folder that is the user's own.
import { execFile } from "node:child_process";
import { readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { modelFolder } from "./model-folder.ts";

const LOADER = new URL("../../dist/cli/loader/load-model.js", import.meta.url).href;

/** Loads a model in a process of its own; gives how that ended, and what lies in the folder then. */
async function loadInProcess(model: string, files = {}): Promise<readonly [unknown, string]> {
  const folder = await modelFolder({ "model.ts": model, ...files });
  const script = path.join(folder, "script.mjs");
  await writeFile(script, `import { loadModel } from "${LOADER}"; await loadModel("model.ts");`);
  const ended = await promisify(execFile)(process.execPath, [script], { cwd: folder }).then(
    () => 0,
    (error: { readonly code: unknown; readonly signal: unknown }) => error.signal ?? error.code,
  );
  const left = (await readdir(folder)).filter((name) => name.startsWith(".glim"));
  return [ended, left.join()];
}

it("when the model ends the process", async () => {
  expect(await loadInProcess("process.exit(3); export {};")).toEqual([3, ""]);
});

it("when the model ends the process, having imported a file later", async () => {
  const model = 'await import("./later.ts"); process.exit(4); export {};';
  expect(await loadInProcess(model, { "later.ts": "export const x = 1;" })).toEqual([4, ""]);
});

it("when the process is killed while the model runs", async () => {
  const model = 'process.kill(process.pid, "SIGKILL"); for (;;) await null; export {};';
  expect(await loadInProcess(model)).toEqual(["SIGKILL", ""]);
});

it("when what the model awaits never comes", async () => {
  expect(await loadInProcess("await new Promise(() => {}); export {};")).toEqual([13, ""]);
});
