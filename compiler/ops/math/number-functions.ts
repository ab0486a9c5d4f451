/** The transcendental functions of the script language's `number`, by the names of `math.*`. */

import type { Expr } from "../expr.ts";
import { exp } from "./exp.ts";
import { expm1 } from "./expm1.ts";
import { log } from "./log.ts";
import { log1p } from "./log1p.ts";
import { pow } from "./pow.ts";
import { sigmoid } from "./sigmoid.ts";
import { cos, sin } from "./sin-cos.ts";
import { tanh } from "./tanh.ts";

/** Each takes f64 expressions and gives one; its `length` is their number. */
export const numberFunctions: ReadonlyMap<string, (...args: Expr[]) => Expr> = new Map<
  string,
  (...args: Expr[]) => Expr
>([
  ["exp", exp],
  ["expm1", expm1],
  ["log", log],
  ["log1p", log1p],
  ["pow", pow],
  ["tanh", tanh],
  ["sigmoid", sigmoid],
  ["sin", sin],
  ["cos", cos],
]);
