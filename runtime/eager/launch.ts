/** Runs an operator on memory: finds or makes its plan, by what its record's `lower` says. */

import { isKernelDType } from "../../compiler/ops/kernel-abi.ts";
import type { Lowering } from "../../compiler/ops/lowering.ts";
import type { Attr, Attrs, Op } from "../../compiler/ops/op.ts";
import type { DType } from "../../compiler/ops/types.ts";
import { planInJavaScript } from "./javascript/plan-in-javascript.ts";
import { type Kernels, kernels } from "./kernels.ts";
import { planContract } from "./plans/contract-plan.ts";
import { planIndex } from "./plans/index-plan.ts";
import { planMap } from "./plans/map-plan.ts";
import { planMove } from "./plans/move-plan.ts";
import type { Plan } from "./plans/plan.ts";
import { planReduce } from "./plans/reduce-plan.ts";
import { planScan } from "./plans/scan-plan.ts";
import { planScatter } from "./plans/scatter-plan.ts";
import { planPerShape } from "./plans/shaped-plan.ts";
import { planSort } from "./plans/sort-plan.ts";
import { planWindow } from "./plans/window-plan.ts";
import { type Strided, typeOf } from "./strided.ts";

export { IndexOutOfRange } from "./plans/index-plan.ts";
export type { Strided } from "./strided.ts";

/**
 * Writes `op` of `operands` to `out`, which is dense, begins at a multiple of 64 bytes, has a whole
 * multiple of 64 bytes to itself and overlaps no operand. Operands and attributes are as the record's
 * `type` accepted them. Throws IndexOutOfRange where a position in an index tensor does not exist;
 * `out` is then partly written.
 */
export function launch(op: Op, operands: readonly Strided[], attrs: Attrs, out: Strided): void {
  launcher ??= new Launcher(kernels());
  launcher.launch(op, operands, attrs, out);
}

let launcher: Launcher | undefined;

const dtypeDigit: Readonly<Record<DType, number>> = {
  f32: 0,
  i32: 1,
  bool: 2,
  f64: 3,
  u8: 4,
  i8: 5,
};
const dtypeDigits = 6;
/** Keys of this many operands and a rank stay small integers. */
const mostKeyedOperands = 8;
/** Attributes that never repeat must not fill memory. */
const mostPlans = 500;

/** Scratch memory that a padded copy of an operand may take. */
const mostPadding = 16 * 2 ** 20;

/** Launches on one instance of the kernels, and keeps the plans made for it. */
export class Launcher {
  private readonly kernels: Kernels;
  private readonly mostPadding: number;
  private readonly plans = new Map<Op, Map<number | string, Plan>>();

  constructor(k: Kernels, options: { readonly mostPadding?: number } = {}) {
    this.kernels = k;
    this.mostPadding = options.mostPadding ?? mostPadding;
  }

  launch(op: Op, operands: readonly Strided[], attrs: Attrs, out: Strided): void {
    let ofOp = this.plans.get(op);
    if (ofOp === undefined) {
      ofOp = new Map();
      this.plans.set(op, ofOp);
    }
    const key = keyOf(operands, attrs, out);
    let plan = ofOp.get(key);
    if (plan === undefined) {
      plan = this.plan(op, operands, attrs, out);
      if (ofOp.size >= mostPlans) ofOp.clear();
      ofOp.set(key, plan);
    }
    plan(operands, out);
  }

  private plan(op: Op, operands: readonly Strided[], attrs: Attrs, out: Strided): Plan {
    const k = this.kernels;
    const lowering = lower(op, operands, attrs, out);
    if (![...operands, out].every((x) => isKernelDType(x.dtype))) {
      const plan = planInJavaScript(k, op, lowering, (xs, to) => lower(op, xs, attrs, to));
      if (plan) return plan;
    }
    switch (lowering.kind) {
      case "map":
        return planMap(k, lowering.expr);
      case "reduce":
        return planReduce(k, lowering, operands[0]!);
      case "window":
        return planWindow(k, lowering);
      case "contract":
      case "move":
      case "index":
      case "scatter":
      case "scan":
      case "sort":
        return planPerShape(k, (xs, to) => this.planShape(lower(op, xs, attrs, to), xs, to));
    }
  }

  private planShape(lowering: Lowering, operands: readonly Strided[], out: Strided) {
    switch (lowering.kind) {
      case "contract":
        return planContract(this.kernels, lowering, operands, out, this.mostPadding);
      case "move":
        return planMove(lowering, operands, out);
      case "index":
        return planIndex(lowering, operands, out);
      case "scatter":
        return planScatter(lowering, operands, out);
      case "scan":
        return planScan(lowering, operands, out);
      case "sort":
        return planSort(lowering, operands, out);
      default:
        throw new Error(`a lowering became ${lowering.kind} with other sizes`);
    }
  }
}

const lower = (op: Op, operands: readonly Strided[], attrs: Attrs, out: Strided): Lowering =>
  op.lower(operands.map(typeOf), attrs, typeOf(out));

/** Attributes, dtypes and ranks: all that a `map`, `reduce` or `window` lowering depends on. */
function keyOf(operands: readonly Strided[], attrs: Attrs, out: Strided): number | string {
  let key = 1 + dtypeDigit[out.dtype];
  for (let i = 0; i < operands.length; i++) {
    const x = operands[i]!;
    key = key * 9 * dtypeDigits + x.shape.length * dtypeDigits + dtypeDigit[x.dtype];
    if (i === mostKeyedOperands) return longKey(operands, attrs, out);
  }
  for (const _ in attrs) return longKey(operands, attrs, out);
  return key;
}

function longKey(operands: readonly Strided[], attrs: Attrs, out: Strided): string {
  let key = "";
  for (const name in attrs) key += `${attrKey(attrs[name]!)};`;
  for (const x of operands) key += `${dtypeDigit[x.dtype] + x.shape.length * dtypeDigits},`;
  return key + dtypeDigit[out.dtype];
}

function attrKey(value: Attr): string {
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : `${value}`;
  if (!Array.isArray(value)) return `${value}`;
  let key = "[";
  for (const item of value) key += `${attrKey(item)},`;
  return `${key}]`;
}
