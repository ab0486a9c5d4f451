/**
 * Glim against its peers: one thread, each in a process of its own, in turn; medians of the ratios.
 *
 *   npm run bench -- [--only gemm64,resnet18 | kernels | models] [--peers ort-web,ceiling] [--quick] [--shared]
 *                    [--json FILE] [--svg FILE]
 *
 * --quick takes less time. --shared is for machines that others use as well: runs of 4 ms and more count by
 * the time that their thread is on a processor (Linux).
 */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { drawBars } from "./draw-bars.mjs";
import { measure, pinnedTo } from "./measure.mjs";
import { prepare } from "./prepare.mjs";
import { kernels, models, suite } from "./suite.mjs";
import { geometricMean, heading, rowOf, summaryOf } from "./table.mjs";

const { values: options } = parseArgs({
  options: {
    only: { type: "string" },
    peers: { type: "string", default: "ort-web,tfjs-wasm,jax-js,ceiling" },
    quick: { type: "boolean", default: false },
    shared: { type: "boolean", default: false },
    json: { type: "string" },
    svg: { type: "string" },
  },
});
const groups = { kernels: Object.keys(kernels), models: Object.keys(models) };
const list = (text) => text.split(",").filter((x) => x !== "");
const names = list(options.only ?? "kernels,models").flatMap((name) => groups[name] ?? [name]);
const unknown = names.find((name) => suite[name] === undefined);
if (unknown !== undefined) throw new Error(`there is no program ${unknown}`);
const peers = list(options.peers);
const effort = {
  ...(options.quick
    ? { rounds: 7, milliseconds: 30, warmUp: 300 }
    : { rounds: 21, milliseconds: 60, warmUp: 800 }),
  isShared: options.shared,
};

const folder = mkdtempSync(path.join(os.tmpdir(), "glim-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

console.log(
  `one thread${pinnedTo ? ` on ${pinnedTo}` : ""}, Node ${process.version}; ${options.shared ? "time on the processor of runs above 4 ms" : "wall time"}; ratios are a peer's time over glim's`,
);
console.log(heading(peers));
const measured = [];
for (const name of names) {
  const at = path.join(folder, name);
  const { seconds, codeBytes } = await prepare(name, suite[name], at);
  const results = await measure(["glim", ...peers], at, effort);
  rmSync(at, { recursive: true });
  const row = rowOf(name, suite[name], results, peers);
  measured.push({ ...row, compileSeconds: seconds, codeBytes });
  console.log(row.text);
}
console.log(summaryOf(measured));
for (const { name, peers: of } of measured) {
  for (const [peer, { reason }] of Object.entries(of)) {
    if (reason && peer !== "ceiling") console.log(`${name}, ${peer}: ${reason}`);
  }
}
const [{ model }] = os.cpus();
const about = {
  node: process.version,
  processor: model,
  date: new Date().toISOString(),
  ...effort,
};
if (options.json) writeFileSync(options.json, `${JSON.stringify({ about, measured }, null, 1)}\n`);
if (options.svg) writeFileSync(options.svg, drawBars(measured, about, geometricMean(measured)));
process.exit(0);
