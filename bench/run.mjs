/**
 * Glim against its peers: one thread, each in a process of its own, in turn; medians of the ratios.
 *
 *   npm run bench -- [--only gemm64,resnet18] [--peers ort-web] [--quick] [--clock cpu]
 */

import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { measure, median, pinnedTo } from "./measure.mjs";
import { prepare } from "./prepare.mjs";
import { suite } from "./suite.mjs";

const { values: options } = parseArgs({
  options: {
    only: { type: "string" },
    peers: { type: "string", default: "ort-web" },
    quick: { type: "boolean", default: false },
    clock: { type: "string", default: "wall" },
  },
});
const list = (text) => text.split(",").filter((x) => x !== "");
const names = options.only === undefined ? Object.keys(suite) : list(options.only);
const peers = ["glim", ...list(options.peers)];
const effort = options.quick
  ? { rounds: 7, milliseconds: 30, warmUp: 300 }
  : { rounds: 21, milliseconds: 60, warmUp: 800 };

/** `cpu`: the processor's time, for machines that others use as well. */
effort.clock = options.clock;

const folder = mkdtempSync(path.join(os.tmpdir(), "glim-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

const cell = (text, width = 10) => String(text).padStart(width);
const digits = (x) =>
  x >= 100 ? x.toFixed(0) : x >= 10 ? x.toFixed(1) : x >= 1 ? x.toFixed(2) : x.toFixed(3);

console.log(
  `milliseconds (median), and times of glim's; one thread${pinnedTo ? ` on ${pinnedTo}` : ""}, Node ${process.version}`,
);
console.log(
  [
    "program".padEnd(14),
    cell("glim"),
    cell("GFLOP/s"),
    cell("GB/s"),
    ...peers.slice(1).flatMap((p) => [cell(p), cell("ratio", 7)]),
  ].join(""),
);
for (const name of names) {
  const program = suite[name];
  const at = path.join(folder, name);
  await prepare(name, program, at);
  const results = await measure(peers, at, effort);
  const glim = results.get("glim");
  if (glim.reason) {
    console.log(`${name.padEnd(14)} ${glim.reason}`);
    continue;
  }
  const ms = median(glim.times);
  const cells = peers.slice(1).flatMap((p) => {
    const { times, reason } = results.get(p);
    if (reason) return [` ${reason}`];
    const ratios = times.map((t, i) => t / (times.length === 1 ? ms : glim.times[i]));
    return [cell(digits(median(times))), cell(median(ratios).toFixed(2), 7)];
  });
  const rate = (n) => cell(n === undefined ? "" : digits(n / ms / 1e6));
  console.log(
    [name.padEnd(14), cell(digits(ms)), rate(program.flops), rate(program.bytes), ...cells].join(
      "",
    ),
  );
  rmSync(at, { recursive: true });
}
process.exit(0);
