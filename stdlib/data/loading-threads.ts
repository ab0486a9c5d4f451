/** Owns the threads that get examples ahead of the program. Node only. */

import type { Worker } from "node:worker_threads";
import { codes, GlimError } from "../../runtime/eager/glim-error.ts";
import { fromSent } from "./sent-example.ts";

export interface ThreadOptions {
  /** A module whose default export is the data set: each thread imports it. JavaScript, or what Node itself can run. */
  readonly module: URL;
  readonly count?: number;
  /** How many batches may be ready or on their way; twice the threads by default. */
  readonly ahead?: number;
}

/** What a thread is asked for, and what it answers. */
export interface Task {
  readonly id: number;
  readonly positions: Int32Array;
  readonly epoch: number;
}
export type Answer =
  | { readonly id: number; readonly examples: readonly unknown[] }
  | { readonly id: number; readonly error: string };

interface Waiting {
  readonly resolve: (examples: readonly unknown[]) => void;
  readonly reject: (error: Error) => void;
}

export class LoadingThreads<T> {
  readonly #options: ThreadOptions;
  readonly #count: number;
  readonly #ahead: number;
  #workers: Worker[] = [];
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;

  constructor(options: ThreadOptions) {
    this.#options = options;
    this.#count = options.count ?? 1;
    this.#ahead = options.ahead ?? 2 * this.#count;
    if (!(this.#count >= 1) || !(this.#ahead >= 1)) {
      throw new GlimError(codes.argument, "threads: count and ahead must be 1 or more");
    }
  }

  /** The examples of each task, in order. */
  async *load(tasks: readonly Int32Array[], epoch: number): AsyncGenerator<readonly T[]> {
    const workers = this.#start();
    const asked: Promise<readonly unknown[]>[] = [];
    try {
      for (let done = 0; done < tasks.length; done++) {
        while (asked.length < tasks.length && asked.length < done + this.#ahead) {
          const answer = this.#ask(workers, tasks[asked.length]!, epoch);
          // Whoever stops early does not wait for the rest, nor want to hear of its failures.
          answer.catch(() => {});
          asked.push(answer);
        }
        const examples = await asked[done]!;
        yield examples.map((example) => fromSent(example) as T);
      }
    } finally {
      for (const worker of this.#workers) worker.unref();
    }
  }

  async close(): Promise<void> {
    const workers = this.#workers;
    this.#workers = [];
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  #ask(
    workers: readonly Worker[],
    positions: Int32Array,
    epoch: number,
  ): Promise<readonly unknown[]> {
    const id = this.#asked++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      const task: Task = { id, positions: positions.slice(), epoch };
      workers[id % workers.length]!.postMessage(task);
    });
  }

  #start(): readonly Worker[] {
    if (this.#workers.length === 0) {
      const threads = globalThis.process?.getBuiltinModule?.("node:worker_threads");
      if (threads === undefined) {
        throw new GlimError(codes.argument, "threads: data are loaded in threads only in Node");
      }
      const file = new URL("./loading-thread.js", import.meta.url);
      const workerData = this.#options.module.href;
      this.#workers = Array.from({ length: this.#count }, () =>
        this.#listen(new threads.Worker(file, { workerData })),
      );
    }
    for (const worker of this.#workers) worker.ref();
    return this.#workers;
  }

  #listen(worker: Worker): Worker {
    worker.on("message", (answer: Answer) => {
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if ("examples" in answer) waiting?.resolve(answer.examples);
      else waiting?.reject(new GlimError(codes.argument, `a loading thread: ${answer.error}`));
    });
    worker.on("error", (error) => this.#fail(error));
    worker.on("exit", () => this.#fail(new Error("it ended")));
    return worker;
  }

  /** A thread that ends takes its tasks with it: nobody else will answer. */
  #fail(cause: Error): void {
    const error = new GlimError(codes.argument, `a loading thread: ${cause.message}`, { cause });
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
    this.close();
  }
}
