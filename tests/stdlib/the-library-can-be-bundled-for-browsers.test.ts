// A page that computes eagerly bundles glim: nothing of Node may be in the way, and methods must stay.
import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, it } from "vitest";

const library = fileURLToPath(new URL("../../dist/stdlib/index.js", import.meta.url));
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "glim-bundle-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function bundle(program: string): Promise<{ readonly file: string; readonly text: string }> {
  const entry = join(folder, "entry.mjs");
  await writeFile(entry, program.replace("glim", library));
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    format: "esm",
    platform: "browser",
    treeShaking: true,
    minify: true,
    write: false,
    logLevel: "silent",
  });
  expect(result.warnings).toEqual([]);
  const file = join(folder, "bundle.mjs");
  const { text } = result.outputFiles[0]!;
  await writeFile(file, text);
  return { file, text };
}

it("methods survive tree shaking, and nothing is imported", async () => {
  const { file, text } = await bundle(
    'import { tensor } from "glim"; console.log(tensor([[1, -2]]).relu().softmax(-1).toString());',
  );
  expect(text).not.toMatch(/(^|[;}])import[\s"{*]|\brequire\(/);
  const printed = execFileSync(process.execPath, [file], { encoding: "utf8" });
  expect(printed.trim()).toBe("tensor([[0.7311, 0.2689]])");
});

it("files are fetched where there is no file system", async () => {
  const { file } = await bundle(`import { loadSafetensors } from "glim";
    delete globalThis.process;
    globalThis.fetch = async (url) => ({ status: 404, url });
    await loadSafetensors("weights.safetensors").catch((e) => console.log(e.code, e.message));`);
  const printed = execFileSync(process.execPath, [file], { encoding: "utf8" });
  expect(printed.trim()).toBe("GLIM2016 weights.safetensors does not exist");
});
