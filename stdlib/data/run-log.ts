/** Owns the log of a training run: a line of JSON for each step that is written. `glim plot` draws it. */

import { codes, GlimError } from "../../runtime/eager/glim-error.ts";

/** What a line has; numbers are drawn, by the step. */
export type LogEntry = Readonly<Record<string, number | string | boolean>>;

/**
 * A `.jsonl` file that lines are added to. A run that is continued from a checkpoint may write to the former file: of
 * lines with the same step the later one counts.
 */
export class RunLog {
  readonly file: string | URL;
  readonly #fs: typeof import("node:fs");

  /** Node, Deno and Bun only. */
  constructor(file: string | URL) {
    const fs = typeof process === "undefined" ? undefined : process.getBuiltinModule?.("node:fs");
    if (fs === undefined) {
      throw new GlimError(
        codes.unwritable,
        `${file} cannot be written: there is no file system here`,
      );
    }
    this.file = file;
    this.#fs = fs;
  }

  /** Adds a line: `log.write({ step, loss, accuracy })`. It is in the file when this returns. */
  write(entry: LogEntry): void {
    try {
      this.#fs.appendFileSync(this.file, `${JSON.stringify(entry)}\n`);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new GlimError(codes.unwritable, `${this.file} cannot be written: ${why}`, { cause });
    }
  }
}
