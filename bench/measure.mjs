/** Runs peers in processes of their own, in turn, so that what disturbs one disturbs all. */

import { spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const worker = fileURLToPath(new URL("worker.mjs", import.meta.url));
const hasTaskset = spawnSync("taskset", ["--version"]).status === 0;
export const pinnedTo = hasTaskset ? "CPU 1" : undefined;

export const median = (times) => {
  const sorted = [...times].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** A peer with a program. `started` and `finished` are milliseconds of one clock. */
export async function startPeer(peer, folder) {
  const command = [process.execPath, worker, peer, folder];
  const [program, ...args] = hasTaskset ? ["taskset", "-c", "1", ...command] : command;
  const started = Date.now();
  const child = spawn(program, args, {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    serialization: "advanced",
  });
  const answer = () =>
    new Promise((resolve) => {
      const onEnd = (code) => resolve({ error: `the process ended with ${code}` });
      child.once("exit", onEnd);
      child.once("message", (message) => {
        child.off("exit", onEnd);
        resolve(message);
      });
    });
  const first = await answer();
  return {
    peer,
    ...first,
    cold: first.finished - started,
    stop: () => child.kill(),
    /** Runs for so long, and at least so often; the time of a run. */
    async run(milliseconds, { runs = 1, isShared = false } = {}) {
      child.send({ milliseconds, runs, isShared });
      return answer();
    },
  };
}

/** How far results lie apart, relative to the greatest. */
export function distance(wanted, found) {
  if (wanted.length !== found.length) return Number.POSITIVE_INFINITY;
  let [most, greatest] = [0, 1e-30];
  for (let i = 0; i < wanted.length; i++) {
    greatest = Math.max(greatest, Math.abs(wanted[i]));
    const d = Math.abs(wanted[i] - found[i]);
    // What is no number is as far away as can be.
    most = d <= most ? most : Number.isNaN(d) ? Number.POSITIVE_INFINITY : d;
  }
  return most / greatest;
}

const slow = 3000;

/**
 * The times of the peers on one program, the first of which is the one to compare with: the median of each
 * round, in milliseconds, and why a peer has none.
 */
export async function measure(peers, folder, { rounds, milliseconds, warmUp, isShared }) {
  const results = new Map();
  const running = [];
  for (const name of peers) {
    const peer = await startPeer(name, folder);
    if (peer.error) {
      results.set(name, { reason: peer.error });
      continue;
    }
    const apart = running.length === 0 ? 0 : distance(running[0].result, peer.result);
    if (apart > peer.tolerance) {
      results.set(name, { reason: `its result differs by ${apart.toExponential(1)}` });
      peer.stop();
      continue;
    }
    running.push(peer);
    results.set(name, { first: peer.first, cold: peer.cold, apart, times: [] });
  }
  const patient = [];
  for (const peer of running) {
    // The first run also compiles.
    const { milliseconds: next } = await peer.run(0, { isShared });
    if (next < slow) patient.push(peer);
    // One run of what takes seconds is enough to know.
    else results.get(peer.peer).times.push(next);
  }
  for (const peer of patient) await peer.run(warmUp, { runs: 3 });
  for (let i = 0; i < rounds; i++) {
    for (const peer of patient) {
      const { milliseconds: time, error, peakMemory } = await peer.run(milliseconds, { isShared });
      if (error) throw new Error(`${peer.peer}: ${error}`);
      const result = results.get(peer.peer);
      result.times.push(time);
      result.peakMemory = peakMemory;
    }
  }
  for (const peer of running) peer.stop();
  return results;
}
