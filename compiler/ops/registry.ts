/** Every operator, in the order in which documentation lists them and kernels are numbered. */

import { argmax, argmin } from "./argmax.ts";
import { add, div, mul, sub } from "./arithmetic.ts";
import { cat } from "./cat.ts";
import { eq, ge, gt, le, lt, ne } from "./comparison.ts";
import { conv } from "./conv.ts";
import { convInputGrad, convWeightGrad } from "./conv-gradients.ts";
import { arange, full } from "./creation.ts";
import { dot } from "./dot.ts";
import { expand } from "./expand.ts";
import { erf, exp, log, sigmoid, sqrt, tanh } from "./exponential.ts";
import { max, min } from "./extremes.ts";
import { flip } from "./flip.ts";
import { gather, take } from "./gather.ts";
import { logicalAnd, logicalNot, logicalOr } from "./logical.ts";
import { maximum, minimum } from "./minimum-maximum.ts";
import type { Op } from "./op.ts";
import { pad } from "./pad.ts";
import { permute } from "./permute.ts";
import { avgPool, maxPool } from "./pool.ts";
import { pow } from "./pow.ts";
import { prod } from "./prod.ts";
import { randomWords } from "./random-words.ts";
import { reshape } from "./reshape.ts";
import { ceil, floor, round } from "./rounding.ts";
import { cumargmax, cumargmin, cummax, cummin, cumprod, cumsum, linearScan } from "./scan.ts";
import { indexAdd, scatter, scatterAdd } from "./scatter.ts";
import { abs, neg, sign } from "./sign.ts";
import { narrow, slice } from "./slice.ts";
import { argsort } from "./sort.ts";
import { mean, sum, sumBack } from "./sum.ts";
import { to } from "./to.ts";
import { where } from "./where.ts";

export const ops: readonly Op[] = [
  add,
  sub,
  mul,
  div,
  minimum,
  maximum,
  pow,
  eq,
  ne,
  lt,
  le,
  gt,
  ge,
  logicalAnd,
  logicalOr,
  logicalNot,
  where,
  to,
  neg,
  abs,
  sign,
  sqrt,
  exp,
  log,
  tanh,
  sigmoid,
  erf,
  floor,
  ceil,
  round,
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
  randomWords,
];

const byName = new Map(ops.map((op) => [op.name, op]));

/** The operator called `name`. */
export const opByName = (name: string): Op | undefined => byName.get(name);
