/**
 * Cold start, from the start of the process to the first result, and the most memory that a process takes, beyond an
 * idle one: medians of processes that are started in turn.
 *
 *   node bench/start.mjs [--only lenet5,mobilenet_v2] [--peers ort-web,tfjs-wasm] [--rounds 5] [--json FILE]
 */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { median, startPeer } from "./measure.mjs";
import { prepare } from "./prepare.mjs";
import { suite } from "./suite.mjs";

const { values: options } = parseArgs({
  options: {
    only: { type: "string", default: "lenet5,mobilenet_v2" },
    peers: { type: "string", default: "ort-web,tfjs-wasm" },
    rounds: { type: "string", default: "5" },
    json: { type: "string" },
  },
});
const peers = ["glim", ...options.peers.split(",")];
const folder = mkdtempSync(path.join(os.tmpdir(), "glim-start-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

/** One process: milliseconds to its first result, those of its first and of later runs, megabytes. */
async function once(peer, at) {
  const process = await startPeer(peer, at);
  if (process.error) return { reason: process.error };
  const { milliseconds: steady, peakMemory } = await process.run(0, { runs: 20 });
  process.stop();
  return { cold: process.cold, first: process.first, steady, peakMemory };
}

const cell = (text, width = 12) => String(text).padStart(width);
const heads = ["cold ms", "ratio", "first ms", "steady ms", "memory MB", "ratio"];
console.log(["program".padEnd(15), "peer".padEnd(11), ...heads.map((h) => cell(h))].join(""));
const measured = [];
for (const name of options.only.split(",")) {
  const at = path.join(folder, name);
  await prepare(name, suite[name], at);
  const found = new Map(["idle", ...peers].map((peer) => [peer, []]));
  for (let i = 0; i < Number(options.rounds); i++) {
    for (const [peer, runs] of found) {
      if (runs[0]?.reason === undefined) runs.push(await once(peer, at));
    }
  }
  rmSync(at, { recursive: true });
  const of = (peer, member) => median(found.get(peer).map((r) => r[member] ?? Number.NaN));
  const memory = (peer) => (of(peer, "peakMemory") - of("idle", "peakMemory")) / 2 ** 20;
  for (const peer of peers) {
    const [{ reason }] = found.get(peer);
    if (reason) {
      console.log([name.padEnd(15), peer.padEnd(11), " ", reason].join(""));
      continue;
    }
    const row = {
      cold: of(peer, "cold"),
      first: of(peer, "first"),
      steady: of(peer, "steady"),
      memory: memory(peer),
    };
    const ratios = { cold: row.cold / of("glim", "cold"), memory: row.memory / memory("glim") };
    measured.push({ name, peer, ...row, ratios });
    const cells = [
      row.cold.toFixed(0),
      ratios.cold.toFixed(2),
      row.first.toFixed(2),
      row.steady.toFixed(2),
      row.memory.toFixed(1),
      ratios.memory.toFixed(2),
    ];
    console.log([name.padEnd(15), peer.padEnd(11), ...cells.map((c) => cell(c))].join(""));
  }
}
if (options.json) writeFileSync(options.json, `${JSON.stringify(measured, null, 1)}\n`);
process.exit(0);
