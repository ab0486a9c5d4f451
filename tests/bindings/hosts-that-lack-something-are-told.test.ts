// An old browser without SIMD and a host without memory are no bugs of the model: users must be told which it is,
// and what works must go on working.

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { compileModel } from "./compiled-model.ts";

let made: Awaited<ReturnType<typeof compileModel>>;
beforeAll(async () => {
  made = await compileModel();
});
afterAll(() => made.remove());

/** What a script beside the bindings prints, in a process of its own. */
function printed(script: string, command: string): unknown {
  const file = path.join(made.folder, "host.js");
  writeFileSync(
    file,
    `import { load, loadSync } from "./model.js";
     import { readFileSync } from "node:fs";
     const say = (e) => ({ name: e.name, code: e.code, message: e.message });
     ${script}`,
  );
  const { stdout, stderr } = spawnSync("sh", ["-c", command, process.execPath, file], {
    cwd: made.folder,
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}

it("no SIMD, with the browsers that have it", () => {
  const script = "console.log(JSON.stringify(await load().catch(say)));";
  // V8 takes a CPU without SSE 4.1 for one that has no SIMD.
  expect(printed(script, '"$0" --no-enable-sse4-1 "$1"')).toEqual({
    name: "GlimError",
    code: "GLIM6002",
    message: expect.stringMatching(/no SIMD, as Chrome 91, Firefox 89, Safari 16\.4 have: .*SIMD/),
  });
});

it("no memory for another instance; the others stay usable", () => {
  const script = `
    const module = await WebAssembly.compile(readFileSync("model.wasm"));
    const instances = [];
    let atOnce;
    while (atOnce === undefined) {
      try {
        instances.push(loadSync(module));
      } catch (e) {
        atOnce = say(e);
      }
    }
    const later = await load(module).catch(say);
    const result = instances[0].scale(Float32Array.of(1, 2, 3), 2, false);
    console.log(JSON.stringify({ atOnce, later, result: Array.from(result.data) }));`;
  const due = {
    name: "GlimError",
    code: "GLIM5001",
    message: expect.stringMatching(/^out of memory: drop other instances \(RangeError: /),
  };
  // V8 reserves 10 GB of addresses for each memory.
  expect(printed(script, 'ulimit -v 60000000 && exec "$0" "$1"')).toEqual({
    atOnce: due,
    later: due,
    result: [2, 4, 6],
  });
});
