/** The transcendental functions of the script language's `number`, by the names of `math.*`. */

import type { Expr } from "../expr.ts";
import { acos, asin } from "./asin-acos.ts";
import { atan, atan2 } from "./atan.ts";
import { cbrt } from "./cbrt.ts";
import { erf } from "./erf.ts";
import { erfc, erfinv } from "./erfc.ts";
import { exp } from "./exp.ts";
import { exp2 } from "./exp2.ts";
import { expm1 } from "./expm1.ts";
import { hypot } from "./hypot.ts";
import { acosh, asinh, atanh } from "./inverse-hyperbolic.ts";
import { log } from "./log.ts";
import { log2, log10 } from "./log-bases.ts";
import { log1p } from "./log1p.ts";
import { pow } from "./pow.ts";
import { sigmoid } from "./sigmoid.ts";
import { cos, sin } from "./sin-cos.ts";
import { cosh, sinh } from "./sinh-cosh.ts";
import { tan } from "./tan.ts";
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
  ["tan", tan],
  ["asin", asin],
  ["acos", acos],
  ["atan", atan],
  ["atan2", atan2],
  ["sinh", sinh],
  ["cosh", cosh],
  ["asinh", asinh],
  ["acosh", acosh],
  ["atanh", atanh],
  ["exp2", exp2],
  ["log2", log2],
  ["log10", log10],
  ["cbrt", cbrt],
  ["hypot", hypot],
]);

/** These, and what only tensors of f64 have: by the names of the operators. */
export const f64Functions: typeof numberFunctions = new Map([
  ...numberFunctions,
  ["erf", erf],
  ["erfc", erfc],
  ["erfinv", erfinv],
]);
