/** Numbers of many kinds, repeatable: a plain generator, because fast-check would take minutes. */

export class RandomNumbers {
  #state: number;
  readonly #view = new DataView(new ArrayBuffer(8));

  constructor(seed = Number(process.env.GLIM_SEED ?? 1)) {
    this.#state = seed;
  }

  /** 32 random bits (Mulberry32). */
  word(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  }

  below(n: number): number {
    return this.word() % n;
  }

  /** Any bits, so every exponent is as likely. */
  bits(): number {
    this.#view.setUint32(0, this.word());
    this.#view.setUint32(4, this.word());
    return this.#view.getFloat64(0);
  }

  integer(): number {
    const whole = this.word() * 2 ** 32 + this.word();
    return Math.floor(whole / 2 ** this.below(64)) * 2 ** this.below(12) * (this.below(2) ? 1 : -1);
  }

  /** Up to 17 digits and a small exponent. */
  decimal(): number {
    const digits = Math.floor(this.unit() * 10 ** (1 + this.below(17)));
    return Number(`${digits}e${this.below(40) - 30}`);
  }

  unit(): number {
    return this.word() / 2 ** 32 + this.word() / 2 ** 64;
  }

  *many(count: number, one: (r: RandomNumbers) => number): Iterable<number> {
    for (let i = 0; i < count; i++) yield one(this);
  }
}

/** Powers of two and ten with their neighbours, the ends of all ranges, and what is no number. */
export function edgeNumbers(): readonly number[] {
  const view = new DataView(new ArrayBuffer(8));
  const near = (x: number): number[] =>
    [-1n, 0n, 1n].map((step) => {
      view.setFloat64(0, x);
      view.setBigInt64(0, view.getBigInt64(0) + step);
      return view.getFloat64(0);
    });
  const numbers = [0, Number.NaN, Infinity, Number.MAX_VALUE, 5e-324, 2 ** 31, 2 ** 32, 123e20];
  for (let n = -1074; n < 1024; n++) numbers.push(...near(2 ** n));
  for (let n = -323; n <= 308; n++)
    numbers.push(...near(Number(`1e${n}`)), ...near(Number(`5e${n}`)), Number(`9.5e${n - 1}`));
  return [...numbers, ...numbers.map((x) => -x)];
}
