/** Every operator, in the order in which documentation lists them and kernels are numbered. */

import { argmax, argmin } from "./argmax.ts";
import { add, div, mul, sub } from "./arithmetic.ts";
import { bitAnd, bitNot, bitOr, bitXor, shiftLeft, shiftRight } from "./bitwise.ts";
import { cat } from "./cat.ts";
import { eq, ge, gt, le, lt, ne } from "./comparison.ts";
import { conv } from "./conv.ts";
import { convInputGrad, convWeightGrad } from "./conv-gradients.ts";
import { arange, full } from "./creation.ts";
import { dot } from "./dot.ts";
import { expand } from "./expand.ts";
import {
  erf,
  erfc,
  erfinv,
  exp,
  exp2,
  expm1,
  log,
  log1p,
  log2,
  log10,
  sigmoid,
  sqrt,
  tanh,
} from "./exponential.ts";
import { max, min } from "./extremes.ts";
import { flip } from "./flip.ts";
import { gather, take } from "./gather.ts";
import { acosh, asinh, atanh, cosh, sinh } from "./hyperbolic.ts";
import { logicalAnd, logicalNot, logicalOr } from "./logical.ts";
import { maximum, minimum } from "./minimum-maximum.ts";
import type { Op } from "./op.ts";
import { pad } from "./pad.ts";
import { permute } from "./permute.ts";
import { avgPool, maxPool } from "./pool.ts";
import { pow } from "./pow.ts";
import { prod } from "./prod.ts";
import { randomWords } from "./random-words.ts";
import { fmod, remainder } from "./remainder.ts";
import { reshape } from "./reshape.ts";
import { ceil, floor, round, trunc } from "./rounding.ts";
import { cumargmax, cumargmin, cummax, cummin, cumprod, cumsum, linearScan } from "./scan.ts";
import { indexAdd, scatter, scatterAdd } from "./scatter.ts";
import { abs, neg, sign } from "./sign.ts";
import { narrow, slice } from "./slice.ts";
import { argsort } from "./sort.ts";
import { stopGradient } from "./stop-gradient.ts";
import { mean, sum, sumBack } from "./sum.ts";
import { to } from "./to.ts";
import { acos, asin, atan, atan2, cos, sin, tan } from "./trigonometric.ts";
import { where } from "./where.ts";

export const ops: readonly Op[] = [
  add,
  sub,
  mul,
  div,
  minimum,
  maximum,
  pow,
  fmod,
  remainder,
  atan2,
  eq,
  ne,
  lt,
  le,
  gt,
  ge,
  logicalAnd,
  logicalOr,
  logicalNot,
  bitAnd,
  bitOr,
  bitXor,
  bitNot,
  shiftLeft,
  shiftRight,
  where,
  to,
  neg,
  abs,
  sign,
  sqrt,
  exp,
  exp2,
  expm1,
  log,
  log2,
  log10,
  log1p,
  sin,
  cos,
  tan,
  asin,
  acos,
  atan,
  sinh,
  cosh,
  tanh,
  asinh,
  acosh,
  atanh,
  sigmoid,
  erf,
  erfc,
  erfinv,
  floor,
  ceil,
  round,
  trunc,
  sum,
  prod,
  mean,
  max,
  min,
  argmax,
  argmin,
  sumBack,
  cumsum,
  cumprod,
  cummax,
  cummin,
  cumargmax,
  cumargmin,
  linearScan,
  argsort,
  dot,
  conv,
  convInputGrad,
  convWeightGrad,
  maxPool,
  avgPool,
  reshape,
  permute,
  expand,
  slice,
  narrow,
  flip,
  pad,
  cat,
  gather,
  take,
  scatter,
  scatterAdd,
  indexAdd,
  full,
  arange,
  stopGradient,
  randomWords,
];

const byName = new Map(ops.map((op) => [op.name, op]));

/** The operator called `name`. */
export const opByName = (name: string): Op | undefined => byName.get(name);
