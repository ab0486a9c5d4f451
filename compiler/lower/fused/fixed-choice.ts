/** Choices between whole rows of a nest. */

import { compare, type FuncBuilder, i32 } from "../../loop/build.ts";
import type { LoopExpr } from "../../loop/ir.ts";
import { argumentsOf, type Expr } from "../../ops/expr.ts";
import { lowerExpr } from "../expression.ts";
import { elementAddress, type KernelParams } from "./kernel.ts";
import { equalForm, evaluateForm } from "./linear-form.ts";
import type { Nest } from "./nest.ts";
import { noIndex, readArg } from "./read-argument.ts";

/**
 * A choice that is the same along the inner axis is made once, before it. What is chosen and lies in the
 * result's place already is not written: so a tensor with another row in place of one of its own costs that row.
 */
export function writeFixedChoice(
  b: FuncBuilder,
  params: KernelParams,
  nest: Nest,
  outer: readonly LoopExpr[],
  inner: number,
  writeRow: (branch: Nest) => void,
): boolean {
  const { expr, args } = nest.pulled;
  if (inner < 0 || expr.op !== "select") return false;
  const used = argumentsOf(expr.c);
  const isFixed = args.every(
    (a, n) =>
      !used.has(n) ||
      (a.kind === "memory" && a.form.by[inner] === 0) ||
      (a.kind === "position" && a.at.terms.every((t) => t.axis !== inner)),
  );
  if (!isFixed) return false;
  const at = [...outer, i32(0)];
  const values = args.map((a, n) => {
    if (!used.has(n)) return i32(0);
    const base =
      a.kind === "memory"
        ? elementAddress(params.operands[a.param]!, evaluateForm(a.form, at, params.sizes), a.dtype)
        : undefined;
    return readArg(a, base, at, -1, i32(0), 1, params);
  });
  const condition = lowerExpr(b, expr.c, { args: values, lanes: 1, indexOf: noIndex });
  const branch = (chosen: Expr) => (): void => {
    const write = (): void => writeRow({ ...nest, pulled: { expr: chosen, args }, covers: false });
    const from = chosen.op === "arg" ? args[chosen.index] : undefined;
    const isInPlace =
      from?.kind === "memory" && from.dtype === nest.dtype && equalForm(from.form, nest.out);
    if (!isInPlace) write();
    else b.if(compare("ne", params.out, params.operands[from.param]!), write);
  };
  b.if(condition, branch(expr.a), branch(expr.b));
  return true;
}
