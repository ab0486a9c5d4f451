/** Modified Bessel functions of the first kind, and the windows of signals that are made of such and of cosines. */

import { arange, where } from "../../runtime/eager/primitives.ts";
import { demand, refuse } from "../../runtime/eager/refuse.ts";
import type {
  AnyTensor,
  DType,
  Float,
  FloatDType,
  Tensor,
} from "../../runtime/eager/tensor-types.ts";
import { withGradient } from "../../runtime/eager/with-gradient.ts";
import { toFloat } from "./float.ts";

type Floats = AnyTensor<FloatDType>;
type Series = readonly number[];

/** Chebyshev series of e⁻ˣ·I₀(x) for 0 ≤ x ≤ 8 and of √x·e⁻ˣ·I₀(x) above (Cephes). */
const zeroNear: Series = [
  -4.4153416464793395e-18, 3.3307945188222384e-17, -2.431279846547955e-16, 1.715391285555133e-15,
  -1.1685332877993451e-14, 7.676185498604936e-14, -4.856446783111929e-13, 2.95505266312964e-12,
  -1.726826291441556e-11, 9.675809035373237e-11, -5.189795601635263e-10, 2.6598237246823866e-9,
  -1.300025009986248e-8, 6.046995022541919e-8, -2.670793853940612e-7, 1.1173875391201037e-6,
  -4.4167383584587505e-6, 1.6448448070728896e-5, -5.754195010082104e-5, 0.00018850288509584165,
  -0.0005763755745385824, 0.0016394756169413357, -0.004324309995050576, 0.010546460394594998,
  -0.02373741480589947, 0.04930528423967071, -0.09490109704804764, 0.17162090152220877,
  -0.3046826723431984, 0.6767952744094761,
];
const zeroFar: Series = [
  -7.233180487874754e-18, -4.830504485944182e-18, 4.46562142029676e-17, 3.461222867697461e-17,
  -2.8276239805165836e-16, -3.425485619677219e-16, 1.7725601330565263e-15, 3.8116806693526224e-15,
  -9.554846698828307e-15, -4.150569347287222e-14, 1.54008621752141e-14, 3.8527783827421426e-13,
  7.180124451383666e-13, -1.7941785315068062e-12, -1.3215811840447713e-11, -3.1499165279632416e-11,
  1.1889147107846439e-11, 4.94060238822497e-10, 3.3962320257083865e-9, 2.266668990498178e-8,
  2.0489185894690638e-7, 2.8913705208347567e-6, 6.889758346916825e-5, 0.0033691164782556943,
  0.8044904110141088,
];
/** The same of I₁, the first divided by x. */
const oneNear: Series = [
  2.7779141127610464e-18, -2.111421214358166e-17, 1.5536319577362005e-16, -1.1055969477353862e-15,
  7.600684294735408e-15, -5.042185504727912e-14, 3.223793365945575e-13, -1.9839743977649436e-12,
  1.1736186298890901e-11, -6.663489723502027e-11, 3.625590281552117e-10, -1.8872497517228294e-9,
  9.381537386495773e-9, -4.445059128796328e-8, 2.0032947535521353e-7, -8.568720264695455e-7,
  3.4702513081376785e-6, -1.3273163656039436e-5, 4.781565107550054e-5, -0.00016176081582589674,
  0.0005122859561685758, -0.0015135724506312532, 0.004156422944312888, -0.010564084894626197,
  0.024726449030626516, -0.05294598120809499, 0.1026436586898471, -0.17641651835783406,
  0.25258718644363365,
];
const oneFar: Series = [
  7.517296310842105e-18, 4.414348323071708e-18, -4.6503053684893586e-17, -3.209525921993424e-17,
  2.96262899764595e-16, 3.3082023109209285e-16, -1.8803547755107825e-15, -3.8144030724370075e-15,
  1.0420276984128802e-14, 4.272440016711951e-14, -2.1015418427726643e-14, -4.0835511110921974e-13,
  -7.198551776245908e-13, 2.0356285441470896e-12, 1.4125807436613782e-11, 3.2526035830154884e-11,
  -1.8974958123505413e-11, -5.589743462196584e-10, -3.835380385964237e-9, -2.6314688468895196e-8,
  -2.512236237870209e-7, -3.882564808877691e-6, -0.00011058893876262371, -0.009761097491361469,
  0.7785762350182801,
];

/** Clenshaw's sum of a Chebyshev series, whose last term counts half. Terms too small for f32 are left out in f32. */
function chebyshev(x: Floats, series: Series): Floats {
  const terms = x.dtype === "f64" ? series : series.filter((c) => Math.abs(c) > 1e-9);
  let [b0, b1, b2] = [x.mul(0), x.mul(0), x.mul(0)];
  for (const c of terms) {
    b2 = b1;
    b1 = b0;
    b0 = x.mul(b1).sub(b2).add(c);
  }
  return b0.sub(b2).mul(0.5);
}

/** `e^−|x|` times the sum of one of two series of |x|. */
function scaledBessel(x: Floats, near: Series, far: Series): Floats {
  const size = x.abs();
  const isNear = size.le(8);
  const inside = chebyshev(where(isNear, size, 8).div(2).sub(2), near);
  const large = where(isNear, 8, size);
  const outside = chebyshev(large.reciprocal().mul(32).sub(2), far).div(large.sqrt());
  return where(isNear, inside, outside);
}

const scaledZero = (x: Floats): Floats => scaledBessel(x, zeroNear, zeroFar);

function scaledOne(x: Floats): Floats {
  const near = x.abs().le(8);
  const value = scaledBessel(x, oneNear, oneFar);
  const product = where(near, value.mul(x.abs()), value);
  return where(x.lt(0), product.neg(), product);
}

/** The modified Bessel function of the first kind and order 0. */
export function i0<D extends DType>(x: AnyTensor<D>): AnyTensor<Float<D>>;
export function i0(x: AnyTensor): Floats {
  return withGradient(
    (y: Floats) => ({ value: y.abs().exp().mul(scaledZero(y)), saved: y }),
    (y, g) => [g.mul(y.abs().exp().mul(scaledOne(y)))],
    [toFloat(x)],
  );
}

/** `e^−|x|` times `i0`. */
export function i0e<D extends DType>(x: AnyTensor<D>): AnyTensor<Float<D>>;
export function i0e(x: AnyTensor): Floats {
  return withGradient(
    (y: Floats) => ({ value: scaledZero(y), saved: y }),
    (y, g) => [g.mul(scaledOne(y).sub(y.sign().mul(scaledZero(y))))],
    [toFloat(x)],
  );
}

/** The modified Bessel function of the first kind and order 1: the derivative of `i0`. */
export function i1<D extends DType>(x: AnyTensor<D>): AnyTensor<Float<D>>;
export function i1(x: AnyTensor): Floats {
  return withGradient(
    (y: Floats) => ({ value: y.abs().exp().mul(scaledOne(y)), saved: y }),
    (y, g) => [
      g.mul(
        y
          .abs()
          .exp()
          .mul(scaledZero(y).sub(overArgument(y))),
      ),
    ],
    [toFloat(x)],
  );
}

/** `e^−|x|` times `i1`. */
export function i1e<D extends DType>(x: AnyTensor<D>): AnyTensor<Float<D>>;
export function i1e(x: AnyTensor): Floats {
  return withGradient(
    (y: Floats) => ({ value: scaledOne(y), saved: y }),
    (y, g) => {
      const slope = scaledZero(y)
        .sub(overArgument(y))
        .sub(y.sign().mul(scaledOne(y)));
      return [g.mul(slope)];
    },
    [toFloat(x)],
  );
}

/** `e^−|x|·I₁(x) / x`, ½ at 0. */
function overArgument(x: Floats): Floats {
  const isZero = x.eq(0);
  return where(isZero, 0.5, scaledOne(x).div(where(isZero, 1, x)));
}

export interface WindowOptions {
  /** Whether the window is one period of a longer signal (the default), instead of symmetric. */
  readonly periodic?: boolean;
}

/** The distance of samples, and the middle: `length − 1`, or `length` where the window is a period. */
function steps(f: string, length: number, periodic: boolean): number {
  if (!Number.isInteger(length) || length < 0) {
    return refuse("argument", `${f}: there is no window of ${length} samples`);
  }
  return Math.max(periodic ? length : length - 1, 1);
}

/** `a₀ − a₁·cos(2πi/n) + a₂·cos(4πi/n)`; a window of one sample is 1. */
function ofCosines(
  f: string,
  length: number,
  periodic: boolean,
  [a0, a1, a2]: readonly [number, number, number],
): Tensor {
  const n = steps(f, length, periodic);
  if (length === 1) return arange(1).to("f32").add(1);
  const angle = arange(length)
    .to("f32")
    .mul((2 * Math.PI) / n);
  const first = angle.cos().mul(-a1).add(a0);
  return a2 === 0 ? first : first.add(angle.mul(2).cos().mul(a2));
}

/** Half a cosine's distance from its top: 0 at the ends, 1 in the middle. */
export function hannWindow(length: number, { periodic = true }: WindowOptions = {}): Tensor {
  return ofCosines("hannWindow", length, periodic, [0.5, 0.5, 0]);
}

export interface HammingOptions extends WindowOptions {
  /** 0.54 by default. */
  readonly alpha?: number;
  /** 0.46 by default. */
  readonly beta?: number;
}

/** `alpha − beta·cos(2πi/n)`. */
export function hammingWindow(
  length: number,
  { periodic = true, alpha = 0.54, beta = 0.46 }: HammingOptions = {},
): Tensor {
  return ofCosines("hammingWindow", length, periodic, [alpha, beta, 0]);
}

/** `0.42 − 0.5·cos(2πi/n) + 0.08·cos(4πi/n)`. */
export function blackmanWindow(length: number, { periodic = true }: WindowOptions = {}): Tensor {
  return ofCosines("blackmanWindow", length, periodic, [0.42, 0.5, 0.08]);
}

/** A triangle: up to 1 in the middle, and down. */
export function bartlettWindow(length: number, { periodic = true }: WindowOptions = {}): Tensor {
  const n = steps("bartlettWindow", length, periodic);
  if (length === 1) return arange(1).to("f32").add(1);
  return arange(length)
    .to("f32")
    .mul(2 / n)
    .sub(1)
    .abs()
    .neg()
    .add(1);
}

export interface KaiserOptions extends WindowOptions {
  /** How narrow the window is; 12 by default. */
  readonly beta?: number;
}

/** `I₀(beta·√(1 − (2i/n − 1)²)) / I₀(beta)`. */
export function kaiserWindow(
  length: number,
  { periodic = true, beta = 12 }: KaiserOptions = {},
): Tensor {
  const n = steps("kaiserWindow", length, periodic);
  demand(beta >= 0, `kaiserWindow: beta must be at least 0, not ${beta}`);
  if (length === 1) return arange(1).to("f32").add(1);
  const place = arange(length)
    .to("f32")
    .mul(2 / n)
    .sub(1);
  const inside = place.square().neg().add(1).maximum(0).sqrt().mul(beta);
  return i0(inside).div(i0(place.mul(0).add(beta)));
}
