/** Bounds on an argument that keep NaN. Written as selects: engines run them faster than min and max. */
import { binary, constant, type Expr, select } from "../expr.ts";

/** `x > high ? high : x` */
export const atMost = (x: Expr, high: number): Expr =>
  select(binary("gt", x, high), constant(x.type, high), x);

/** `x < low ? low : x` */
export const atLeast = (x: Expr, low: number): Expr =>
  select(binary("lt", x, low), constant(x.type, low), x);
