/** The transcendental functions of the script language's `number`, by the names of `math.*`. */

import type { Expr } from "../expr.ts";

/** Each takes f64 expressions and gives one. */
export const numberFunctions: ReadonlyMap<string, (...args: Expr[]) => Expr> = new Map();
