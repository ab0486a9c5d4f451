/** Reads one argument of a pulled expression at a point of a nest. */

import { type FuncBuilder, i32, load, loadVector, splat } from "../../loop/build.ts";
import type { LoopExpr } from "../../loop/ir.ts";
import { intToBool, type Lanes } from "../expression.ts";
import type { KernelParams } from "./kernel.ts";
import { elementAddress, elementOf } from "./kernel.ts";
import { evaluateForm } from "./linear-form.ts";
import { positionExpr } from "./nest.ts";
import type { PulledArg } from "./pull.ts";

/**
 * The argument at `at`, or at it and its three neighbours along axis `along`. `anchor` is the value that
 * the kernel's anchor has there.
 */
export function readPoint(
  b: FuncBuilder,
  params: KernelParams,
  arg: PulledArg,
  at: readonly LoopExpr[],
  lanes: Lanes,
  along: number,
  anchor: LoopExpr | undefined,
): LoopExpr {
  if (arg.kind === "anchor") {
    if (!anchor) throw new Error("there is no anchor here");
    return anchor;
  }
  if (arg.kind === "position") {
    const value = positionExpr(arg.at, at, params);
    return lanes === 1 ? value : splat(value);
  }
  const base = params.operands[arg.param]!;
  const place = elementAddress(base, evaluateForm(arg.form, at, params.sizes), arg.dtype);
  const access = { element: elementOf(arg.dtype), base: place, index: i32(0) };
  if (lanes === 1) {
    const value = load(access);
    return arg.dtype === "bool" ? b.let("c", intToBool(value)) : value;
  }
  const isFixed = (arg.form.by[along] ?? 0) === 0;
  if (arg.dtype === "bool") return intToBool(isFixed ? splat(load(access)) : loadVector(access));
  return loadVector(access, isFixed);
}
