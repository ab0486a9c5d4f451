/** What runs in each thread of a loader: answers with the examples at the positions that it is asked for. */

import type { Dataset } from "./dataset.ts";
import type { Answer, Task } from "./loading-threads.ts";
import { toSent } from "./sent-example.ts";

const { parentPort, workerData } = process.getBuiltinModule("node:worker_threads");
const port = parentPort!;

// Messages wait until there is a listener.
const loading: Promise<Dataset<unknown>> = import(workerData).then((module) => {
  const data = module.default;
  if (typeof data?.get !== "function") {
    throw new Error(`the default export of ${workerData} is not a data set`);
  }
  return data;
});

port.on("message", async ({ id, positions, epoch }: Task) => {
  const buffers: ArrayBufferLike[] = [];
  let answer: Answer;
  try {
    const data = await loading;
    answer = { id, examples: Array.from(positions, (i) => toSent(data.get(i, epoch), buffers)) };
  } catch (error) {
    answer = { id, error: error instanceof Error ? error.message : String(error) };
  }
  port.postMessage(
    answer,
    buffers.filter((b): b is ArrayBuffer => b instanceof ArrayBuffer),
  );
});
