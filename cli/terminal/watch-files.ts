/** Watches files: their folders, because editors often save by putting a new file in the place of the old. */

import { existsSync, type FSWatcher, statSync, watch } from "node:fs";
import path from "node:path";

/** One save is often several events. */
const pause = 50;

export class FileWatcher {
  readonly #onChange: (files: ReadonlySet<string>) => void;
  readonly #folders = new Map<string, FSWatcher>();
  #files: ReadonlySet<string> = new Set();
  #changed = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(onChange: (files: ReadonlySet<string>) => void) {
    this.#onChange = onChange;
  }

  /**
   * Absolute paths of the files to watch from now on; they need not exist yet. What was not watched before and
   * was written after `since`, in milliseconds, counts as changed.
   */
  watch(files: readonly string[], since: number): void {
    const added = files.filter((file) => !this.#files.has(file));
    this.#files = new Set(files);
    const folders = new Set(files.map((file) => path.dirname(file)));
    for (const [folder, watcher] of this.#folders) {
      if (folders.has(folder)) continue;
      watcher.close();
      this.#folders.delete(folder);
    }
    for (const folder of folders) if (!this.#folders.has(folder)) this.#watchFolder(folder);
    for (const file of added) {
      const stat = statSync(file, { throwIfNoEntry: false });
      if (stat && stat.mtimeMs > since) this.#note(file);
    }
  }

  #watchFolder(folder: string): void {
    if (!existsSync(folder)) return;
    const watcher = watch(folder, (_, name) => {
      const file = path.join(folder, name ?? "");
      if (this.#files.has(file)) this.#note(file);
    });
    // A folder that goes away is no reason to end.
    watcher.on("error", () => this.#folders.delete(folder));
    this.#folders.set(folder, watcher);
  }

  #note(file: string): void {
    this.#changed.add(file);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const changed = this.#changed;
      this.#changed = new Set();
      this.#onChange(changed);
    }, pause);
  }
}
