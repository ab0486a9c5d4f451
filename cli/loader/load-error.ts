/** Owns what is said when a model file cannot be loaded. */

export type LoadFailure =
  /** The file does not exist or cannot be read. */
  | "unreadable"
  /** The file's name does not end as a TypeScript module's does. */
  | "not-typescript"
  /** A file is not well-formed. */
  | "syntax"
  /** A file nests too deeply to be read. */
  | "nested"
  /** An import finds no file, no such export, or a file that is not code. */
  | "import"
  /** The code threw while it ran. */
  | "thrown";

/** One thing that is wrong. Line and column count from 1; they are undefined where none is known. */
export interface LoadProblem {
  readonly failure: LoadFailure;
  /** One line. */
  readonly message: string;
  /** Absolute path. */
  readonly file: string;
  readonly line: number | undefined;
  readonly column: number | undefined;
  /** Of an error of Glim's own that was thrown. */
  readonly code?: string;
}

/** A model file could not be loaded, through a fault of the model's. Its message is one line. */
export class LoadError extends Error {
  override readonly name = "LoadError";
  /** All that was found, at least one. */
  readonly problems: readonly [LoadProblem, ...LoadProblem[]];

  constructor(problems: readonly [LoadProblem, ...LoadProblem[]], options?: ErrorOptions) {
    super(problems[0].message, options);
    this.problems = problems;
  }
}

/** A problem with a file as a whole. */
export function fileProblem(failure: LoadFailure, file: string, message: string): LoadProblem {
  return { failure, message, file, line: undefined, column: undefined };
}
