/** Owns the second run of a command whose source nests more deeply than the stack of the main thread goes. */

import { getHeapStatistics } from "node:v8";
import { getEnvironmentData, isMainThread, setEnvironmentData, Worker } from "node:worker_threads";
import { tooDeep } from "../../compiler/diagnostics/catalog/unsupported.ts";
import { Failure } from "./failure.ts";

/** The main thread has one; some thousand links of a chain take five. */
const stackMegabytes = 8;
const onTerminal = "glim.onTerminal";

/** Whether a thread with a larger stack may get further than where `error` ended the command. */
export const needsDeeperStack = (error: unknown): boolean =>
  isMainThread &&
  error instanceof Failure &&
  error.diagnostics.some(({ code }) => code === tooDeep().code);

/** Runs the command of this process from the start in a thread with a larger stack; gives its exit code. */
export function runAgainDeeper(): Promise<number> {
  setEnvironmentData(onTerminal, process.stderr.isTTY);
  const worker = new Worker(new URL("../main.js", import.meta.url), {
    argv: process.argv.slice(2),
    resourceLimits: {
      stackSizeMb: stackMegabytes,
      maxOldGenerationSizeMb: getHeapStatistics().heap_size_limit / 2 ** 20,
    },
  });
  return new Promise((resolve, reject) => {
    worker.on("error", reject);
    worker.on("exit", resolve);
  });
}

/** Whether diagnostics are read on a terminal; other threads write through the main one. */
export const isOnTerminal = (): boolean =>
  isMainThread ? process.stderr.isTTY : getEnvironmentData(onTerminal) === true;
