/** Random tensors that depend on a seed and a position alone. */

import { assert } from "../../runtime/eager/assert.ts";
import { tensor } from "../../runtime/eager/from-data.ts";
import type { Tensor } from "../../runtime/eager/tensor-types.ts";
import { philox, type Words } from "./philox.ts";

const word = 2 ** 32;
/** The counter's last word keeps the numbers of a generator apart from the seeds of its forks. */
const numbersDomain = 0;
const forksDomain = 1;

/** A random number generator. The same seed gives the same numbers on every machine. */
export class Rng {
  readonly seed: number;
  /** How many 32-bit words have been drawn: with the seed, all of its state. */
  position = 0;

  /** `seed`: a whole number from 0 to 2⁵³ − 1. */
  constructor(seed: number) {
    assert(
      Number.isSafeInteger(seed) && seed >= 0,
      `Rng: the seed must be a whole number from 0 to 2^53 - 1, not ${seed}`,
    );
    this.seed = seed;
  }

  /** Numbers from `low` on and below `high`, all equally likely: a multiple of 2⁻²⁴ scaled in f32. */
  uniform(shape: readonly number[], low = 0, high = 1): Tensor {
    let length = 1;
    for (const size of shape) length *= size;
    const numbers = new Float32Array(length);
    for (let i = 0; i < length; i++) numbers[i] = (this.#draw() >>> 8) / 2 ** 24;
    const unit = tensor(numbers, shape);
    return low === 0 && high === 1 ? unit : unit.mul(high - low).add(low);
  }

  /** Another generator, whose numbers have nothing to do with this one's; its position stays. */
  fork(key: number): Rng {
    const [a, b] = this.#wordsAt(key, forksDomain);
    return new Rng((a >>> 11) * word + b);
  }

  #block: Words = [0, 0, 0, 0];
  #blockAt = -1;

  #draw(): number {
    const at = Math.floor(this.position / 4);
    if (at !== this.#blockAt) {
      this.#block = this.#wordsAt(at, numbersDomain);
      this.#blockAt = at;
    }
    const drawn = this.#block[this.position % 4]!;
    this.position++;
    return drawn;
  }

  #wordsAt(at: number, domain: number): Words {
    const counter: Words = [at % word, Math.floor(at / word), 0, domain];
    return philox(counter, [this.seed % word, Math.floor(this.seed / word)]);
  }
}
