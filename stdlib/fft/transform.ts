/**
 * The discrete Fourier transform along the last axis, for any length that is known when compiling: a
 * stage for each factor of the length, after Stockham, so that nothing is reordered in the end.
 */

import { arange, where } from "../../runtime/eager/primitives.ts";
import { refuse } from "../../runtime/eager/refuse.ts";
import type { AnyTensor, Tensor } from "../../runtime/eager/tensor-types.ts";

/** Complex numbers: two tensors of one shape. */
export interface Complex {
  readonly real: Tensor;
  readonly imag: Tensor;
}

/** Factors up to this are multiplied together: each stage is a product of matrices of this size. */
const widestStage = 16;

/** Prime factors in ascending order, small ones joined. A large prime is a stage of its own. */
function stagesOf(length: number): readonly number[] {
  const stages: number[] = [];
  let rest = length;
  let stage = 1;
  for (let prime = 2; rest > 1; prime++) {
    if (prime * prime > rest) prime = rest;
    while (rest % prime === 0) {
      if (stage * prime > widestStage && stage > 1) {
        stages.push(stage);
        stage = 1;
      }
      stage *= prime;
      rest /= prime;
    }
  }
  if (stage > 1) stages.push(stage);
  return stages;
}

/** The transform `Σ x[j] · e^(sign · 2πi · j · k / n)` along the last axis, not scaled. */
export function transform(x: Complex, sign: 1 | -1): Complex {
  const length = x.real.shape[x.real.rank - 1]!;
  if (length === 0) refuse("shape", "fft: there is nothing to transform");
  const batch = x.real.shape.slice(0, -1);
  let { real, imag } = x;
  let done = 1;
  for (const stage of stagesOf(length)) {
    const rest = length / (done * stage);
    if (done > 1) {
      const box = [...batch, stage, rest, done];
      const turned = turn(
        { real: real.reshape(box), imag: imag.reshape(box) },
        waves(stage, done, stage * done, sign),
      );
      real = turned.real;
      imag = turned.imag;
    }
    const rows = [...batch, stage, rest * done];
    const { real: cos, imag: sin } = waves(stage, stage, stage, sign, true);
    const [a, b] = [real.reshape(rows), imag.reshape(rows)];
    const next = (y: Tensor): Tensor =>
      y
        .reshape([...batch, stage, rest, done])
        .transpose(-3, -2)
        .reshape([...batch, length]);
    real = next(cos.matmul(a).sub(sin.matmul(b)));
    imag = next(sin.matmul(a).add(cos.matmul(b)));
    done *= stage;
  }
  return { real, imag };
}

const turn = (x: Complex, by: Complex): Complex => ({
  real: x.real.mul(by.real).sub(x.imag.mul(by.imag)),
  imag: x.real.mul(by.imag).add(x.imag.mul(by.real)),
});

/**
 * `e^(sign · 2πi · row · column / count)`: `[rows, columns]` as a matrix, else `[rows, 1, columns]`. Angles
 * are taken from the nearest quarter of the circle, so that those of ±1 and ±i are exact.
 */
function waves(
  rows: number,
  columns: number,
  count: number,
  sign: 1 | -1,
  isMatrix = false,
): Complex {
  const down = arange(rows).reshape(isMatrix ? [rows, 1] : [rows, 1, 1]);
  const steps = down.mul(arange(columns)).remainder(count).mul(4);
  const quarter = steps.div(count).round().to("i32");
  const angle = steps
    .sub(quarter.mul(count))
    .to("f32")
    .mul(Math.PI / (2 * count));
  const [cos, sin] = [angle.cos(), angle.sin()];
  const side = quarter.remainder(4);
  const real = bySide(side, cos, sin.neg(), cos.neg(), sin);
  const imag = bySide(side, sin, cos, sin.neg(), cos.neg());
  return { real, imag: sign > 0 ? imag : imag.neg() };
}

function bySide(
  side: AnyTensor<"i32">,
  first: Tensor,
  second: Tensor,
  third: Tensor,
  fourth: Tensor,
): Tensor {
  const upper = where(side.eq(0), first, second);
  return where(side.lt(2), upper, where(side.eq(2), third, fourth));
}
