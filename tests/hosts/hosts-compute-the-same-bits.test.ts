// People deploy to hosts that nobody developed on: in each, all forms of a model must load and give the same bits.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { digestTable, makeArtefacts } from "./artefacts.ts";

let folder = "";
beforeAll(async () => {
  folder = await makeArtefacts();
});
afterAll(() => rmSync(folder, { recursive: true }));

const all = { plain: digestTable, inline: digestTable, apart: digestTable };

function runIn(command: string, ...args: readonly string[]): unknown {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: "utf8" });
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout);
}

describe("Node", () => {
  it("by import", () => {
    expect(runIn(process.execPath, "main.js")).toEqual(all);
  });

  it("in a thread of workers", async () => {
    const text = `
      const { parentPort, workerData } = require("node:worker_threads");
      import(workerData).then(({ run }) => run()).then((found) => parentPort.postMessage(found));`;
    const worker = new Worker(text, {
      eval: true,
      workerData: pathToFileURL(path.join(folder, "run.js")).href,
    });
    const found = await new Promise((resolve, reject) => {
      worker.on("message", resolve).on("error", reject);
    });
    expect(found).toEqual(all);
    await worker.terminate();
  });

  const canRequire =
    "require_module" in process.features && Boolean(process.features.require_module);
  it.skipIf(!canRequire)("by require, where it takes ES modules", () => {
    writeFileSync(
      path.join(folder, "main.cjs"),
      'require("./run.js").run().then((found) => console.log(JSON.stringify(found)));',
    );
    expect(runIn(process.execPath, "main.cjs")).toEqual(all);
  });
});

/** The command of a package of tests/hosts/packages, or undefined, which is printed. */
function commandOf(name: string): string | undefined {
  const file = path.join(import.meta.dirname, "packages/node_modules/.bin", name);
  if (existsSync(file)) return file;
  console.warn(
    `left out: ${name} is not installed; npm --prefix tests/hosts/packages install brings it`,
  );
  return undefined;
}

const deno = commandOf("deno");
it.skipIf(deno === undefined)("Deno, which may read files", () => {
  expect(runIn(deno!, "run", "--no-prompt", `--allow-read=${folder}`, "main.js")).toEqual(all);
});

const bun = commandOf("bun");
it.skipIf(bun === undefined)("Bun", () => {
  expect(runIn(bun!, "main.js")).toEqual(all);
});

it.skipIf(commandOf("workerd") === undefined)(
  "workerd, where nothing may be compiled and modules are imported",
  async () => {
    const require = createRequire(path.join(import.meta.dirname, "packages/node_modules/x.js"));
    const { Miniflare } = await import(pathToFileURL(require.resolve("miniflare")).href);
    const worker = `
      import { digestsOf } from "./digest.js";
      import { load, loadSync } from "./plain.js";
      import module from "./plain.wasm";
      import * as apart from "./apart.js";
      import apartModule from "./apart.wasm";
      import weights from "./apart.safetensors";
      const plain = loadSync(module);
      export default {
        async fetch() {
          return Response.json({
            plain: await digestsOf(plain),
            again: await digestsOf(await load(module)),
            apart: await digestsOf(apart.loadSync(apartModule, { weights })),
          });
        },
      };`;
    const read = (name: string) => readFileSync(path.join(folder, name));
    const text = (name: string) => ({
      type: "ESModule",
      path: name,
      contents: read(name).toString(),
    });
    const miniflare = new Miniflare({
      host: "127.0.0.1",
      compatibilityDate: "2026-01-01",
      modules: [
        { type: "ESModule", path: "worker.js", contents: worker },
        ...["digest.js", "plain.js", "apart.js"].map(text),
        ...["plain.wasm", "apart.wasm"].map((name) => ({
          type: "CompiledWasm",
          path: name,
          contents: read(name),
        })),
        { type: "Data", path: "apart.safetensors", contents: read("apart.safetensors") },
      ],
    });
    onTestFinished(() => miniflare.dispose());
    const response = await miniflare.dispatchFetch("http://127.0.0.1/");
    expect(await response.json()).toEqual({
      plain: digestTable,
      again: digestTable,
      apart: digestTable,
    });
  },
);
