/** The form of a change to a file. */

/** Writes `text` in place of what stands between two offsets. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}
