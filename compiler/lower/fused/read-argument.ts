/** Reads the arguments of a pulled expression at a point of a nest, for one element or for four. */

import { i32, load, loadVector, splat } from "../../loop/build.ts";
import type { LoopExpr } from "../../loop/ir.ts";
import type { Dim } from "../../ops/dim.ts";
import { intToBool, type Lanes } from "../expression.ts";
import { elementOf, type KernelParams } from "./kernel.ts";
import { evaluateForm } from "./linear-form.ts";
import { positionExpr } from "./nest.ts";
import type { PulledArg } from "./pull.ts";

/** The value of one argument; `i` runs along axis `inner`, `base` points at its element 0. */
export function readArg(
  arg: PulledArg,
  base: LoopExpr | undefined,
  at: readonly LoopExpr[],
  inner: number,
  i: LoopExpr,
  lanes: Lanes,
  params: KernelParams,
): LoopExpr {
  if (arg.kind === "anchor") throw new Error("a nest of independent elements has no anchor");
  if (arg.kind === "position") {
    const value = positionExpr(arg.at, at, params);
    return lanes === 1 ? value : splat(value);
  }
  const step = inner < 0 ? 0 : (arg.form.by[inner] ?? 0);
  const index = step === 0 ? i32(0) : scaled(i, step, params);
  const access = { element: elementOf(arg.dtype), base: base!, index };
  if (lanes === 1) {
    const value = load(access);
    return arg.dtype === "bool" ? intToBool(value) : value;
  }
  const value = loadVector(access, step === 0 && arg.dtype !== "bool");
  if (arg.dtype !== "bool") return value;
  return intToBool(step === 0 ? splat(load(access)) : value);
}

export const scaled = (i: LoopExpr, by: Dim, params: KernelParams): LoopExpr =>
  evaluateForm({ by: [by], offset: 0 }, [i], params.sizes);

export const noIndex = (): never => {
  throw new Error("positions are arguments of a pulled expression");
};
