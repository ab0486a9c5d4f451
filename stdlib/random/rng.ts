/** Random tensors that depend on a seed and a position alone. */

import { assert } from "../../runtime/eager/assert.ts";
import { tensor } from "../../runtime/eager/from-data.ts";
import { randomWords, sub } from "../../runtime/eager/primitives.ts";
import { refuse } from "../../runtime/eager/refuse.ts";
import type { AnyTensor, FloatDType, Tensor } from "../../runtime/eager/tensor-types.ts";

/** How many values a word of 32 bits has. */
const word = 0x1_0000_0000;
/** 2²³, 2²⁴: how many numbers the uniform ones are, so that f32 holds each exactly. */
const odd = 0x80_0000;
const unit = 0x100_0000;
/** The counter's last word keeps the numbers of a generator apart from the seeds of its forks. */
const numbersDomain = 0;
const forksDomain = 1;

/**
 * A random number generator. The same seed gives the same numbers on every machine, and drawing [2] and
 * then [3] gives the numbers of drawing [5].
 */
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

  /**
   * Numbers from `low` on and below `high`, all equally likely: a multiple of 2⁻²⁴ scaled in f32, or one of 2⁻⁵³,
   * of two words each, in f64.
   */
  uniform(shape: readonly number[], low?: number, high?: number, dtype?: "f32"): Tensor;
  uniform<D extends FloatDType>(
    shape: readonly number[],
    low: number,
    high: number,
    dtype: D,
  ): AnyTensor<D>;
  uniform(
    shape: readonly number[],
    low = 0,
    high = 1,
    dtype: FloatDType = "f32",
  ): AnyTensor<FloatDType> {
    if (dtype !== "f32" && dtype !== "f64")
      refuse("dtype", `uniform: draws f32 or f64, not ${dtype}`);
    const x = dtype === "f64" ? this.halves(lengthOf(shape)) : this.quarters(lengthOf(shape));
    return (low === 0 && high === 1 ? x : x.mul(high - low).add(low)).reshape(shape);
  }

  private quarters(count: number): AnyTensor<FloatDType> {
    return this.draw(unit, count)
      .to("f32")
      .mul(1 / unit);
  }

  /** As `number` draws them. */
  private halves(count: number): AnyTensor<FloatDType> {
    const words = this.draw(word, 2 * count).reshape([count, 2]);
    const high = words.narrow(1, 0, 1).shiftRight(5).bitAnd(0x7ff_ffff);
    const low = words.narrow(1, 1, 1).shiftRight(6).bitAnd(0x3ff_ffff);
    return high
      .to("f64")
      .mul(0x400_0000)
      .add(low.to("f64"))
      .mul(1 / 0x20_0000_0000_0000);
  }

  /** Numbers of mean 0 and variance 1, by Box and Muller's transformation of two uniform numbers each. */
  normal(shape: readonly number[], dtype?: "f32"): Tensor;
  normal<D extends FloatDType>(shape: readonly number[], dtype: D): AnyTensor<D>;
  normal(shape: readonly number[], dtype: FloatDType = "f32"): AnyTensor<FloatDType> {
    const count = lengthOf(shape);
    const pairs = this.uniform([count, 2], 0, 1, dtype);
    const radius = sub(1, pairs.narrow(1, 0, 1))
      .log()
      .mul(-2)
      .sqrt();
    const angle = pairs.narrow(1, 1, 1).mul(2 * Math.PI);
    return radius.mul(angle.cos()).reshape(shape);
  }

  /** The numbers from 0 to n − 1 in random order. */
  permutation(n: number): AnyTensor<"i32"> {
    return this.draw(word, n).argsort();
  }

  /** Whole numbers from `low` on and below `high`, at most 2³¹ − 1 of them. */
  integers(shape: readonly number[], low: number, high: number): AnyTensor<"i32"> {
    const range = high - low;
    assert(
      Math.floor(low) === low && Math.floor(high) === high && range > 0 && range < word / 2,
      `integers: from ${low} to ${high} are not 1 to 2^31 - 1 whole numbers`,
    );
    return this.draw(range, lengthOf(shape)).add(tensor(low, "i32")).reshape(shape);
  }

  /** True with probability `p`. */
  bernoulli(p: number, shape: readonly number[]): AnyTensor<"bool"> {
    assert(p >= 0 && p <= 1, `bernoulli: ${p} is not a probability`);
    return this.uniform(shape).lt(p);
  }

  /**
   * Positions along the last axis, each with the probability that `softmax(logits, -1)` gives it:
   * the greatest of logits + Gumbel noise.
   */
  categorical(logits: Tensor): AnyTensor<"i32"> {
    return logits.add(this.gumbel(logits.shape)).argmax(-1);
  }

  /** Numbers of Gumbel's distribution: `−log(−log u)`. */
  gumbel(shape: readonly number[]): Tensor {
    return this.inside(shape).log().neg().log().neg();
  }

  /** Numbers of the exponential distribution, whose mean is `1 / rate`. */
  exponential(shape: readonly number[], rate = 1): Tensor {
    assert(rate > 0, `exponential: the rate must be above 0, not ${rate}`);
    return this.inside(shape).log().div(-rate);
  }

  /**
   * `count` positions along the last axis of `weights`, each with a probability in proportion to its weight. Without
   * `replacement` all are different: the greatest of log weights + Gumbel noise.
   */
  multinomial(
    weights: Tensor,
    count: number,
    { replacement = false }: { readonly replacement?: boolean } = {},
  ): AnyTensor<"i32"> {
    const shape = weights.shape;
    const logits = weights.log();
    if (!replacement) {
      const most = shape[shape.length - 1]!;
      assert(count <= most, `multinomial: ${count} of ${most} positions, all different`);
      const order = logits.add(this.gumbel(shape)).argsort(-1, { descending: true });
      return order.narrow(-1, 0, count);
    }
    const before = shape.slice(0, -1);
    const all = [...before, count, shape[shape.length - 1]!];
    return this.categorical(logits.unsqueeze(-2).expand(all));
  }

  /** `x` with a share `p` of its elements taken to 0 and the others divided by `1 − p`. */
  dropout(x: Tensor, p = 0.5): Tensor {
    assert(p >= 0 && p <= 1, `dropout: ${p} is not a share from 0 to 1`);
    if (p === 1) return x.mul(0);
    return x.mul(
      this.bernoulli(1 - p, x.shape)
        .to("f32")
        .div(1 - p),
    );
  }

  /** Odd multiples of 2⁻²⁴: neither 0 nor 1, so that logarithms are finite. */
  private inside(shape: readonly number[]): Tensor {
    const halves = this.draw(odd, lengthOf(shape)).to("f32").mul(2).add(1);
    return halves.mul(1 / unit).reshape(shape);
  }

  /** A number from 0 on and below 1: a multiple of 2⁻⁵³. */
  number(): number {
    const words = this.draw(word, 2);
    const high = words.narrow(0, 0, 1).item() >>> 5;
    const low = words.narrow(0, 1, 1).item() >>> 6;
    return (high * 0x400_0000 + low) / 0x20_0000_0000_0000;
  }

  /** Another generator, whose numbers have nothing to do with this one's; its position stays. */
  fork(key: number): Rng {
    assert(
      Number.isSafeInteger(4 * key) && key >= 0,
      `fork: the key must be a whole number from 0 to 2^51 - 1, not ${key}`,
    );
    const words = this.words(word, 4 * key, 2, forksDomain);
    const high = words.narrow(0, 0, 1).item() >>> 11;
    return new Rng(high * word + (words.narrow(0, 1, 1).item() >>> 0));
  }

  private draw(range: number, count: number): AnyTensor<"i32"> {
    const drawn = this.words(range, this.position, count, numbersDomain);
    this.position += count;
    return drawn;
  }

  private words(range: number, position: number, count: number, domain: number): AnyTensor<"i32"> {
    return randomWords(
      tensor(range | 0, "i32"),
      tensor(this.seed | 0, "i32"),
      tensor(Math.floor(this.seed / word) | 0, "i32"),
      tensor(position | 0, "i32"),
      tensor(Math.floor(position / word) | 0, "i32"),
      tensor(domain, "i32"),
      count,
    );
  }
}

export function lengthOf(shape: readonly number[]): number {
  let length = 1;
  for (const size of shape) length *= size;
  return length;
}
