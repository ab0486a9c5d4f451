/** Owns `DataLoader`: goes through data in batches, in an order that a seed decides, from where it stopped. */

import { codes, GlimError } from "../../runtime/eager/glim-error.ts";
import { type Collated, collate } from "./collate.ts";
import type { Dataset } from "./dataset.ts";
import { countBatches, epochOrder, type Shuffle, seedOf } from "./epoch-order.ts";
import { LoadingThreads, type ThreadOptions } from "./loading-threads.ts";

export interface LoaderOptions<T, B> {
  /** How many examples a batch has; the last one of an epoch may have fewer. */
  readonly batch: number;
  /** A seed: each epoch has an order of its own that depends on nothing else. Without one the order stays. */
  readonly shuffle?: Shuffle;
  /** Leaves out the last batch where it is smaller. */
  readonly dropLast?: boolean;
  /** Makes a batch of examples. */
  readonly collate?: (examples: readonly T[]) => B;
  /** Node only: threads that get examples ahead of a `for await` loop. */
  readonly threads?: ThreadOptions;
}

/** Where a loader is: what a checkpoint keeps of it. */
export interface LoaderState {
  readonly epoch: number;
  readonly position: number;
  readonly seed: number | null;
  readonly examples: number;
  readonly batch: number;
}

/**
 * The batches of a data set. Each `for` loop over it is one epoch. One that continues a checkpoint begins with the
 * batch after the last one that the saved run had got.
 */
export class DataLoader<T, B = Collated<T>> implements Iterable<B>, AsyncIterable<B> {
  readonly data: Dataset<T>;
  readonly batch: number;
  /** How many batches an epoch has. */
  readonly length: number;
  /** The epoch of the next batch, from 0 on. */
  epoch = 0;
  /** How many batches of this epoch were given out. */
  position = 0;
  readonly #seed: number | undefined;
  readonly #collate: (examples: readonly T[]) => B;
  readonly #threads: LoadingThreads<T> | undefined;
  #isRestored = false;

  constructor(
    data: Dataset<T>,
    ...[options]: Collated<T> extends B
      ? [LoaderOptions<T, B>]
      : [LoaderOptions<T, B> & Required<Pick<LoaderOptions<T, B>, "collate">>]
  ) {
    this.data = data;
    this.batch = options.batch;
    this.length = countBatches(data.length, options.batch, options.dropLast ?? false);
    this.#seed = seedOf(options.shuffle);
    this.#collate = options.collate ?? (collate as (examples: readonly T[]) => B);
    this.#threads = options.threads && new LoadingThreads(options.threads);
  }

  *[Symbol.iterator](): Generator<B, void, undefined> {
    const batches = this.#beginEpoch();
    const { epoch } = this;
    while (this.position < this.length) {
      const positions = batches(this.position);
      const examples = Array.from(positions, (i) => this.data.get(i, epoch));
      this.position += 1;
      yield this.#collate(examples);
    }
    this.#endEpoch();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<B, void, undefined> {
    if (this.#threads === undefined) {
      yield* this;
      return;
    }
    const batches = this.#beginEpoch();
    const { epoch, position, length } = this;
    const tasks = Array.from({ length: length - position }, (_, i) => batches(position + i));
    for await (const examples of this.#threads.load(tasks, epoch)) {
      this.position += 1;
      yield this.#collate(examples);
    }
    this.#endEpoch();
  }

  /** Ends the threads. They do not keep the program alive while nothing is loaded. */
  async close(): Promise<void> {
    await this.#threads?.close();
  }

  saveState(): LoaderState {
    const { epoch, position, batch } = this;
    return { epoch, position, batch, seed: this.#seed ?? null, examples: this.data.length };
  }

  /** Goes to where a state was saved; the data, batches and seed must be those of then. */
  restoreState(state: LoaderState): void {
    const now = this.saveState();
    for (const key of ["seed", "examples", "batch"] as const) {
      if (state[key] === now[key]) continue;
      const message = `the loader's ${key} was ${state[key]} and is ${now[key]} now`;
      throw new GlimError(codes.argument, message);
    }
    this.epoch = state.epoch;
    this.position = state.position;
    this.#isRestored = true;
  }

  /** The positions of each batch. After a loop that was left early, another epoch begins. */
  #beginEpoch(): (batch: number) => Int32Array {
    if (this.position > 0 && !this.#isRestored) this.#endEpoch();
    this.#isRestored = false;
    const order = epochOrder(this.data.length, this.#seed, this.epoch);
    return (i) => order.subarray(i * this.batch, (i + 1) * this.batch);
  }

  #endEpoch(): void {
    this.epoch += 1;
    this.position = 0;
  }
}
