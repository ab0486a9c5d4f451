/** Owns when what a loaded program holds is given up: not while something that it has begun is still at work. */

import { AsyncLocalStorage, createHook } from "node:async_hooks";

/** What empties the names of its modules, a function for each name. */
export type Releases = (() => void)[];

/** The program whose code is running, also in what it does later. */
const running = new AsyncLocalStorage<HeldValues>();

/** A timer, a connection, …, as Node hands it to hooks. */
interface Resource {
  readonly hasRef?: () => boolean;
}

export class HeldValues {
  readonly releases: Releases = [];
  readonly #atWork = new Map<number, Resource>();
  readonly #hook = createHook({
    init: (id, type, _, resource: Resource) => {
      const lasts = typeof resource.hasRef === "function";
      // Promises and ticks come to their end before anything else is done.
      if (running.getStore() === this && (lasts || isRequest(type))) this.#atWork.set(id, resource);
    },
    after: (id) => {
      if (this.#atWork.get(id)?.hasRef === undefined) this.#atWork.delete(id);
    },
    destroy: (id) => {
      this.#atWork.delete(id);
    },
  });

  /** Runs the program, and watches what it begins until `release`. */
  run<R>(program: () => R): R {
    this.#hook.enable();
    return running.run(this, program);
  }

  /** Once and for all. What would not keep a process from ending does not keep values either. */
  release(): void {
    this.#hook.disable();
    const releases = this.releases.splice(0);
    if ([...this.#atWork.values()].some((r) => r.hasRef?.() !== false)) return;
    for (const release of releases) {
      try {
        release();
      } catch (error) {
        // A name that never had a value, because the program failed before.
        if (!(error instanceof ReferenceError)) throw error;
      }
    }
  }
}

/** Of a file, a name, a connection …: done as soon as it is answered. */
const isRequest = (type: string): boolean => type.includes("REQ");
