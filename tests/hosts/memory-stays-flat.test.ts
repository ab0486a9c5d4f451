// A page or server runs for weeks: neither calls nor instances that come and go may leave anything behind.

import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeArtefacts } from "./artefacts.ts";

let folder = "";
beforeAll(async () => {
  folder = await makeArtefacts();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** By how many MB a process has grown after `again`, when it has done the same before. */
function growthOf(setup: string, again: string): number {
  const script = `
    import { load, loadSync } from "./plain.js";
    import { readFileSync } from "node:fs";
    const rss = async () => {
      for (let i = 0; i < 5; i++) {
        gc();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return process.memoryUsage().rss / 2 ** 20;
    };
    ${setup}
    const repeat = async () => { ${again} };
    await repeat();
    const before = await rss();
    await repeat();
    console.log((await rss()) - before);`;
  writeFileSync(path.join(folder, "memory.js"), script);
  const { stdout, stderr } = spawnSync(process.execPath, ["--expose-gc", "memory.js"], {
    cwd: folder,
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  return Number(stdout);
}

it("over 10,000 calls", () => {
  const setup = `
    const model = await load();
    const [image, out] = [new Float32Array(784), new Float32Array(10)];`;
  const calls = `
    for (let i = 0; i < 5000; i++) {
      model.classify(image);
      model.classify.into(image, out);
    }`;
  expect(growthOf(setup, calls)).toBeLessThan(5);
});

it("over 100 instances that come and go", () => {
  const setup = `const module = await WebAssembly.compile(readFileSync("plain.wasm"));`;
  const instances = `
    for (let i = 0; i < 100; i++) {
      loadSync(module).classify(new Float32Array(784));
      if (i % 10 === 9) await rss();
    }`;
  expect(growthOf(setup, instances)).toBeLessThan(5);
});
