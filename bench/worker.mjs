/**
 * One peer with one program, in a process of its own: node worker.mjs PEER FOLDER. It runs the program once,
 * sends what came out, and then runs it for as many milliseconds as it is told to.
 */

import { readFileSync } from "node:fs";
import path from "node:path";
import { givenInput } from "./given-input.mjs";

const [peer, folder] = process.argv.slice(2);
const program = JSON.parse(readFileSync(path.join(folder, "program.json"), "utf8"));
const { open, tolerance = 1e-3 } = await import(`./peers/${peer}.mjs`);

/** The most memory that the process has had, in bytes; undefined where the system does not tell. */
function peakMemory() {
  try {
    const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"));
    return Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}

/** Milliseconds that this thread has been on a processor, without what others of the process compile or collect. */
function threadTime() {
  const [nanoseconds] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8").split(" ");
  return Number(nanoseconds) / 1e6;
}

/** Milliseconds: the system seldom takes the processor away within shorter runs. */
const preempted = 4;

/** The median of the runs; for long runs on a machine that others use, the thread's time for each. */
function timeOf(times, cpu) {
  const median = [...times].sort((a, b) => a - b)[times.length >> 1];
  return cpu !== undefined && median >= preempted ? cpu : median;
}

async function timed(run) {
  const start = performance.now();
  const pending = run();
  // Awaiting what is there already would cost a turn of the event loop.
  const y = pending instanceof Promise ? await pending : pending;
  return [performance.now() - start, y];
}

let run;
try {
  const opened = await open(folder, { ...program, input: givenInput(program.input) });
  run = opened.run ?? opened;
  const [first, y] = await timed(run);
  const result = Float32Array.from(opened.arrange?.(y) ?? y);
  process.send({ first, result, tolerance, finished: Date.now() });
} catch (error) {
  process.send({ error: String(error?.message ?? error).split("\n", 1)[0] });
  process.exit(0);
}

process.on("message", async ({ milliseconds, runs, isShared }) => {
  const times = [];
  const before = isShared ? threadTime() : 0;
  const end = performance.now() + milliseconds;
  while (times.length < runs || performance.now() < end) times.push((await timed(run))[0]);
  const cpu = isShared ? (threadTime() - before) / times.length : undefined;
  process.send({ times, milliseconds: timeOf(times, cpu), peakMemory: peakMemory() });
});
