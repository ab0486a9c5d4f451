/** Owns `--watch`: something is done for files now, and again whenever what they are made of is saved. */

import path from "node:path";
import { FileWatcher } from "./watch-files.ts";

/**
 * Calls `look` for each file, one after another; it gives the absolute paths that it has read, and throws
 * nothing. Never ends: that is for the user to do.
 */
export function keepLooking(
  files: readonly string[],
  look: (file: string) => Promise<readonly string[]>,
): Promise<never> {
  const madeOf = new Map(files.map((file) => [file, [path.resolve(file)] as readonly string[]]));
  const stale = new Set(files);
  let isLooking = false;
  const watched = (): readonly string[] => [...new Set([...madeOf.values()].flat())];
  const lookAtAll = async (): Promise<void> => {
    if (isLooking) return;
    isLooking = true;
    for (const file of stale) {
      stale.delete(file);
      const start = Date.now();
      madeOf.set(file, await look(file));
      // What was saved while it was being read, nobody watched yet.
      watcher.watch(watched(), start);
    }
    isLooking = false;
  };
  const watcher = new FileWatcher((changed) => {
    for (const file of files) if (madeOf.get(file)?.some((f) => changed.has(f))) stale.add(file);
    void lookAtAll();
  });
  watcher.watch(watched(), Date.now());
  void lookAtAll();
  return new Promise<never>(() => {});
}
