/** What data are to a program that goes through them: a length, and an example at each position. */

export interface Dataset<T> {
  /** How many examples there are. */
  readonly length: number;
  /**
   * The example at position `i`. What is drawn at random for it should depend on `i` and `epoch` alone
   * (`new Rng(seed).fork(epoch).fork(i)`), so that a run that is continued gets the same.
   */
  get(i: number, epoch: number): T;
}

/** The examples of a list. */
export const listed = <T>(items: readonly T[]): Dataset<T> => ({
  length: items.length,
  get: (i) => items[i]!,
});
