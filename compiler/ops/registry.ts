/** Every operator, in the order in which documentation lists them and kernels are numbered. */

import { add, div, mul, sub } from "./arithmetic.ts";
import { dot } from "./dot.ts";
import { expand } from "./expand.ts";
import type { Op } from "./op.ts";
import { permute } from "./permute.ts";
import { reshape } from "./reshape.ts";
import { abs, neg, sign } from "./sign.ts";
import { mean, sum, sumBack } from "./sum.ts";
import { to } from "./to.ts";
import { where } from "./where.ts";

export const ops: readonly Op[] = [
  add,
  sub,
  mul,
  div,
  where,
  to,
  neg,
  abs,
  sign,
  sum,
  mean,
  sumBack,
  dot,
  reshape,
  permute,
  expand,
];

const byName = new Map(ops.map((op) => [op.name, op]));

/** The operator called `name`. */
export const opByName = (name: string): Op | undefined => byName.get(name);
