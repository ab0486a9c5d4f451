// An artefact is three files that belong together: a build must never leave two of them, or a half one.

import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeTogether } from "#glim/cli/terminal/write-together.js";
import { glim, glimHere, listing, makeFolder, start, testFolder } from "./glim.ts";

const samples = path.resolve(import.meta.dirname, "../../samples/mnist");
const artefact = (name: string) => [`${name}.d.ts`, `${name}.js`, `${name}.wasm`];

let folder: string;
beforeAll(async () => {
  folder = await makeFolder();
  for (const name of ["mlp.ts", "mlp.safetensors", "lenet.ts", "lenet.safetensors"]) {
    await copyFile(path.join(samples, name), path.join(folder, name));
  }
});
afterAll(() => rm(folder, { recursive: true }));

describe("the artefact", () => {
  it("is three files, described on one screen", async () => {
    const { code, stdout, stderr } = await glimHere(folder, "compile", "mlp.ts", "-o", "new/out");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(await listing(path.join(folder, "new/out"))).toEqual(artefact("mlp"));
    const wasm = await readFile(path.join(folder, "new/out/mlp.wasm"));
    const sha256 = createHash("sha256").update(wasm).digest("hex");
    expect(stdout.split("\n").length).toBeLessThan(24);
    expect(stdout).toMatch(/^mlp\.ts compiled in \d+\.\d s\n/);
    expect(stdout).toContain("logits(images: f32[B, 784]) → f32[B, 10]\n  arena ");
    expect(stdout).toContain(`new/out/mlp.wasm  ${wasm.length.toLocaleString("en-US")} bytes`);
    expect(stdout).toContain(`${gzipSync(wasm, { level: 9 }).length.toLocaleString("en-US")} gzip`);
    expect(stdout).toContain(`sha256 ${sha256}\nsame bits on every host: yes\n`);
  });

  it("is described as data, too", async () => {
    const { stdout } = await glimHere(folder, "compile", "mlp.ts", "-o", "json", "--json");
    const said = JSON.parse(stdout);
    const { bytes } = said;
    expect(said).toMatchObject({
      ok: true,
      files: { wasm: "json/mlp.wasm", js: "json/mlp.js", declarations: "json/mlp.d.ts" },
      entries: [
        { name: "logits", arena: [{ sizes: { B: 1 }, bytes: expect.any(Number) }] },
        { name: "classify" },
      ],
      sameBitsOnEveryHost: true,
    });
    const wasm = await readFile(path.join(folder, "json/mlp.wasm"));
    expect(bytes.total.raw).toBe(wasm.length);
    expect(bytes.withoutData.raw + bytes.data.raw).toBe(wasm.length);
    expect(bytes.code.raw).toBeLessThan(bytes.withoutData.raw);
    expect(bytes.weights).toBeLessThan(bytes.data.raw);
  });

  it("has the same bytes wherever it is compiled", async () => {
    const other = await testFolder();
    const place = path.join(other, "deep/er");
    await mkdir(place, { recursive: true });
    for (const name of ["mlp.ts", "mlp.safetensors"]) {
      await copyFile(path.join(folder, name), path.join(place, name));
    }
    await glimHere(folder, "compile", "mlp.ts", "-o", "here");
    await glim(other, "compile", "deep/er/mlp.ts", "-o", "there");
    for (const name of artefact("mlp")) {
      const [here, there] = [path.join(folder, "here", name), path.join(other, "there", name)];
      expect(await readFile(there)).toEqual(await readFile(here));
    }
  });

  it("has the name and the entry points that were asked for", async () => {
    const options = ["-o", "named", "--name", "digits.v2", "--entry", "logits", "--names"];
    const { stdout } = await glimHere(folder, "compile", "mlp.ts", ...options);
    expect(stdout).not.toContain("classify");
    expect(await listing(path.join(folder, "named"))).toEqual(artefact("digits.v2"));
    const bindings = await readFile(path.join(folder, "named/digits.v2.js"), "utf8");
    expect(bindings).toContain('"./digits.v2.wasm"');
    const inspected = await glimHere(folder, "inspect", "named/digits.v2.wasm");
    expect(inspected.stdout).toContain("functions, largest first\n  dot#");
  });

  // The budgets of the first version: code must not grow unnoticed.
  it.each([
    ["mlp", 12_288],
    ["lenet", 24_576],
  ])("%s takes at most %d bytes without its weights", async (name, most) => {
    const { stdout } = await glimHere(folder, "compile", `${name}.ts`, "-o", "small", "--json");
    const { bytes } = JSON.parse(stdout);
    expect(bytes.total.raw - bytes.weights).toBeLessThanOrEqual(most);
  });
});

describe("a signal", () => {
  it.each([150, 500, 900, 1300])("after %d ms leaves nothing or all", async (wait) => {
    const place = await testFolder();
    for (const name of ["mlp.ts", "mlp.safetensors"]) {
      await copyFile(path.join(folder, name), path.join(place, name));
    }
    const running = start(place, ["compile", "mlp.ts", "-o", "out"]);
    await new Promise((resolve) => setTimeout(resolve, wait));
    running.kill("SIGINT");
    const { code } = await running.done;
    const files = (await listing(place)).filter((f) => !/^mlp\.(ts|safetensors)$/.test(f));
    const all = ["out", ...artefact("mlp").map((f) => path.join("out", f))];
    expect(files).toEqual(code === 0 ? all : []);
  });
});

describe("files that are written together", () => {
  it("replace what was there only when all of them can be written", async () => {
    const place = await testFolder({ a: "old a", b: "old b", "c/inner": "in the way" });
    const write = (...names: readonly string[]) =>
      writeTogether(new Map(names.map((n) => [path.join(place, n), `new ${n}`])));
    expect(() => write("a", "b", "c")).toThrow("cannot write");
    expect(await listing(place)).toEqual(["a", "b", "c", "c/inner"]);
    expect(await readFile(path.join(place, "a"), "utf8")).toBe("old a");
    write("a", "b", "d/e");
    expect(await listing(place)).toEqual(["a", "b", "c", "c/inner", "d", "d/e"]);
    expect(await readFile(path.join(place, "b"), "utf8")).toBe("new b");
  });

  it("take the folders that were made for them away again", async () => {
    const place = await testFolder({ "c/inner": "in the way" });
    const files = ["new/deep/a", "c"].map((n) => [path.join(place, n), "x"] as const);
    expect(() => writeTogether(new Map(files))).toThrow("it is a directory");
    expect(await listing(place)).toEqual(["c", "c/inner"]);
  });
});
