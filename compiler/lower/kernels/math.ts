/** The transcendental functions of f64, as functions of the kernel module. */

import { FuncBuilder } from "../../loop/build.ts";
import type { LoopFunc } from "../../loop/ir.ts";
import { arg } from "../../ops/expr.ts";
import { keyExpr } from "../../ops/expr-key.ts";
import { mathExport } from "../../ops/kernel-abi.ts";
import { f64Functions } from "../../ops/math/number-functions.ts";
import { lowerExpr } from "../expression.ts";

export const mathFunctions = (): LoopFunc[] =>
  [...f64Functions].map(([name, f]) => {
    const b = new FuncBuilder();
    const inputs = Array.from({ length: f.length }, (_, i) => arg(i, "f64"));
    const args = inputs.map(() => b.param("x", "f64"));
    const { expr } = keyExpr(f(...inputs));
    const indexOf = (): never => {
      throw new Error(`${name} reads a position`);
    };
    b.emit({ s: "return", value: lowerExpr(b, expr, { args, lanes: 1, indexOf }) });
    return b.finish(mathExport(name), { exported: mathExport(name), result: "f64" });
  });
