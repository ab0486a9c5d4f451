/** Modified Bessel functions of the first kind, and the windows of signals that are made of such and of cosines. */

import { arange, where } from "../../runtime/eager/primitives.ts";
import { demand, refuse } from "../../runtime/eager/refuse.ts";
import type { AnyTensor, DType, Float, FloatDType, Tensor } from "../../runtime/eager/tensor-types.ts";
import { withGradient } from "../../runtime/eager/with-gradient.ts";
import { toFloat } from "./float.ts";

type Floats = AnyTensor<FloatDType>;
type Series = readonly number[];

/** Chebyshev series of e⁻ˣ·I₀(x) for 0 ≤ x ≤ 8 and of √x·e⁻ˣ·I₀(x) above (Cephes). */
const zeroNear: Series = [
  -4.41534164647933937950e-18, 3.33079451882223809783e-17, -2.43127984654795469359e-16,
  1.71539128555513303061e-15, -1.16853328779934516808e-14, 7.67618549860493561688e-14,
  -4.85644678311192946090e-13, 2.95505266312963983461e-12, -1.72682629144155570723e-11,
  9.67580903537323691224e-11, -5.18979560163526290666e-10, 2.65982372468238665035e-9,
  -1.30002500998624804212e-8, 6.04699502254191894932e-8, -2.67079385394061173391e-7,
  1.11738753912010371815e-6, -4.41673835845875056359e-6, 1.64484480707288970893e-5,
  -5.75419501008210370398e-5, 1.88502885095841655729e-4, -5.76375574538582365885e-4,
  1.63947561694133579842e-3, -4.32430999505057594430e-3, 1.05464603945949983183e-2,
  -2.37374148058994688156e-2, 4.93052842396707084878e-2, -9.49010970480476444210e-2,
  1.71620901522208775349e-1, -3.04682672343198398683e-1, 6.76795274409476084995e-1,
];
const zeroFar: Series = [
  -7.23318048787475395456e-18, -4.83050448594418207126e-18, 4.46562142029675999901e-17,
  3.46122286769746109310e-17, -2.82762398051658348494e-16, -3.42548561967721913462e-16,
  1.77256013305652638360e-15, 3.81168066935262242075e-15, -9.55484669882830764870e-15,
  -4.15056934728722208663e-14, 1.54008621752140982691e-14, 3.85277838274214270114e-13,
  7.18012445138366623367e-13, -1.79417853150680611778e-12, -1.32158118404477131188e-11,
  -3.14991652796324136454e-11, 1.18891471078464383424e-11, 4.94060238822496958910e-10,
  3.39623202570838634515e-9, 2.26666899049817806459e-8, 2.04891858946906374183e-7,
  2.89137052083475648297e-6, 6.88975834691682398426e-5, 3.36911647825569408990e-3,
  8.04490411014108831608e-1,
];
/** The same of I₁, the first divided by x. */
const oneNear: Series = [
  2.77791411276104639959e-18, -2.11142121435816608115e-17, 1.55363195773620046921e-16,
  -1.10559694773538630805e-15, 7.60068429473540693410e-15, -5.04218550472791168711e-14,
  3.22379336594557470981e-13, -1.98397439776494371520e-12, 1.17361862988909016308e-11,
  -6.66348972350202774223e-11, 3.62559028155211703701e-10, -1.88724975172282928790e-9,
  9.38153738649577178388e-9, -4.44505912879632808065e-8, 2.00329475355213526229e-7,
  -8.56872026469545474066e-7, 3.47025130813767847674e-6, -1.32731636560394358279e-5,
  4.78156510755005422638e-5, -1.61760815825896745588e-4, 5.12285956168575772895e-4,
  -1.51357245063125314899e-3, 4.15642294431288815669e-3, -1.05640848946261981558e-2,
  2.47264490306265168283e-2, -5.29459812080949914269e-2, 1.02643658689847095384e-1,
  -1.76416518357834055153e-1, 2.52587186443633654823e-1,
];
const oneFar: Series = [
  7.51729631084210481353e-18, 4.41434832307170791151e-18, -4.65030536848935832153e-17,
  -3.20952592199342395980e-17, 2.96262899764595013876e-16, 3.30820231092092828324e-16,
  -1.88035477551078244854e-15, -3.81440307243700780478e-15, 1.04202769841288027642e-14,
  4.27244001671195135429e-14, -2.10154184277266431302e-14, -4.08355111109219731823e-13,
  -7.19855177624590851209e-13, 2.03562854414708950722e-12, 1.41258074366137813316e-11,
  3.25260358301548823856e-11, -1.89749581235054123450e-11, -5.58974346219658380687e-10,
  -3.83538038596423702205e-9, -2.63146884688951950684e-8, -2.51223623787020892529e-7,
  -3.88256480887769039346e-6, -1.10588938762623716291e-4, -9.76109749136146840777e-3,
  7.78576235018280120474e-1,
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
    (y, g) => [g.mul(y.abs().exp().mul(scaledZero(y).sub(overArgument(y))))],
    [toFloat(x)],
  );
}

/** `e^−|x|` times `i1`. */
export function i1e<D extends DType>(x: AnyTensor<D>): AnyTensor<Float<D>>;
export function i1e(x: AnyTensor): Floats {
  return withGradient(
    (y: Floats) => ({ value: scaledOne(y), saved: y }),
    (y, g) => {
      const slope = scaledZero(y).sub(overArgument(y)).sub(y.sign().mul(scaledOne(y)));
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
  const angle = arange(length).to("f32").mul((2 * Math.PI) / n);
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
