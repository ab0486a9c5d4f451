/**
 * Plans of operators on dtypes that kernels have none for: f64, u8 and i8. JavaScript's numbers are f64, so its
 * own operations are those of rule 1, and what stores them rounds. Movement is left to the kernels.
 * docs/decisions/0013-eager-mode-computes-other-dtypes-in-javascript.md says why.
 */

import type { Lowering } from "../../../compiler/ops/lowering.ts";
import { f64Functions } from "../../../compiler/ops/math/number-functions.ts";
import type { Op } from "../../../compiler/ops/op.ts";
import type { Kernels } from "../kernels.ts";
import type { Plan } from "../plans/plan.ts";
import type { Strided } from "../strided.ts";
import { planContract, planWindow } from "./contract.ts";
import { planMap } from "./map.ts";
import { planScatterAdd, planSort } from "./order.ts";
import { planReduce, planScan } from "./reduce.ts";

type Lower = (operands: readonly Strided[], out: Strided) => Lowering;

/** Undefined for what kernels do with any dtype. */
export function planInJavaScript(
  k: Kernels,
  op: Op,
  lowering: Lowering,
  lower: Lower,
): Plan | undefined {
  switch (lowering.kind) {
    case "map": {
      // The transcendental functions work on patterns of 64 bits; the kernels have them.
      const isNumber = lowering.expr.type === "f64" && f64Functions.has(op.name);
      return planMap(k, lowering.expr, isNumber ? k.numberFunction(op.name) : undefined);
    }
    case "reduce":
      return planReduce(k, lowering);
    case "scan":
      return planScan(k, lowering);
    case "window":
      return planWindow(k, lowering);
    case "sort":
      return planSort(k, lowering);
    case "contract":
      return planContract(k, lowerTo(lower, "contract"));
    case "scatter":
      return lowering.combine === "add" ? planScatterAdd(k, lowerTo(lower, "scatter")) : undefined;
    case "move":
    case "index":
      return undefined;
  }
}

/** A lowering depends on sizes; its kind does not. */
function lowerTo<K extends Lowering["kind"]>(lower: Lower, kind: K) {
  return (operands: readonly Strided[], out: Strided): Lowering & { readonly kind: K } => {
    const lowering = lower(operands, out);
    if (!isOfKind(lowering, kind)) throw new Error(`a lowering became ${lowering.kind}`);
    return lowering;
  };
}

const isOfKind = <K extends Lowering["kind"]>(
  lowering: Lowering,
  kind: K,
): lowering is Lowering & { readonly kind: K } => lowering.kind === kind;
