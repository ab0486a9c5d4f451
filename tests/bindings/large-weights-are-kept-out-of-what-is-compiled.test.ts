// Engines keep every byte that they compile: a model's weights would be in memory three times, in the host's bytes, in
// the engine's and in the model's own memory, and phones end pages that take too much.

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { load as loadAny } from "#glim/runtime/load.js";
import { compileModel, entryOf } from "./compiled-model.ts";

const megabytes = 24;
const source = `
import { nn, Rng, script, type Tensor, zeros } from "glim";
class Net extends nn.Module {
  readonly table = new nn.Parameter(new Rng(1).uniform([${megabytes * 2 ** 10}, 256], -1, 1));
  readonly last = new nn.Buffer(zeros([256]));
}
const net = new Net();
export const f = script((ids: Tensor<[3], "i32">) => {
  const y = net.table.gather(0, ids.reshape([3, 1]).expand([3, 256]));
  net.last.assign(y.sum(0));
  return y;
});
`;

let made: Awaited<ReturnType<typeof compileModel>>;
beforeAll(async () => {
  made = await compileModel(source);
});
afterAll(() => made.remove());

const ids = Int32Array.of(0, 4711, megabytes * 2 ** 10 - 1);

it("gives the same from bytes as from a compiled module", async () => {
  const bytes = made.compiled.wasm as Uint8Array<ArrayBuffer>;
  const due = entryOf(made.bindings.loadSync(await WebAssembly.compile(bytes)), "f")(ids);
  const shifted = new Uint8Array(bytes.length + 5);
  shifted.set(bytes, 5);
  expect(entryOf(await made.bindings.load(), "f")(ids)).toEqual(due);
  expect(entryOf(await made.bindings.load(shifted.subarray(5)), "f")(ids)).toEqual(due);
  expect(entryOf(await made.bindings.load(bytes.slice().buffer), "f")(ids)).toEqual(due);
  expect(entryOf(await loadAny(new Response(bytes)), "f")(ids)).toEqual(due);
});

it("refuses what is cut off within the weights", async () => {
  const cut = (made.compiled.wasm as Uint8Array<ArrayBuffer>).subarray(0, megabytes * 2 ** 19);
  await expect(made.bindings.load(cut)).rejects.toThrow("cut off");
});

it("has them twice in memory at most, while it loads", () => {
  const script = path.join(made.folder, "peak.js");
  writeFileSync(
    script,
    `import { readFileSync } from "node:fs";
     import { load } from "./model.js";
     const peak = () => Number(/VmHWM:\\s+(\\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]) / 1024;
     const before = peak();
     await load();
     console.log(peak() - before);`,
  );
  const { stdout, stderr } = spawnSync(process.execPath, [script], { encoding: "utf8" });
  expect(stderr).toBe("");
  expect(Number(stdout)).toBeLessThan(2.5 * megabytes);
});
