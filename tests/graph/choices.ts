/** Turns a list of random numbers into decisions: fast-check shrinks the list, and with it the graph. */

export class Choices {
  readonly #numbers: readonly number[];
  #at = 0;

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers;
  }

  /** 0 … n−1; 0, the plainest choice, when the numbers are used up. */
  below(n: number): number {
    return (this.#numbers[this.#at++] ?? 0) % n;
  }

  /** True in one of n cases. */
  oneIn(n: number): boolean {
    return this.below(n) === n - 1;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  get spent(): boolean {
    return this.#at >= this.#numbers.length;
  }
}
