/** Owns when what a loaded program holds is given up. */

/** What empties the names of its modules, a function for each name. */
export type Releases = (() => void)[];

export class HeldValues {
  readonly #releases: Releases = [];
  #before: ReadonlyMap<string, number> = new Map();

  /** The program's own code is about to run. */
  begin(): Releases {
    this.#before = activeResources();
    return this.#releases;
  }

  /** Does nothing while there is more at work than when the program began. */
  release(): void {
    const isAtWork = [...activeResources()].some(
      ([type, count]) => count > (this.#before.get(type) ?? 0),
    );
    if (isAtWork) return;
    for (const release of this.#releases.splice(0)) {
      try {
        release();
      } catch (error) {
        // A name that never had a value, because the program failed before.
        if (!(error instanceof ReferenceError)) throw error;
      }
    }
  }
}

/**
 * How many timers, connections and the like there are, by their kinds. Requests to the system come and go while
 * modules are read, and esbuild is behind a pipe.
 */
function activeResources(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const type of process.getActiveResourcesInfo()) {
    if (!/Req|^Pipe/.test(type)) counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  return counts;
}
