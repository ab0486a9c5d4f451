/**
 * The plans of a contraction's tiles. Where a stride leaves holes, the outputs fall into classes that meet
 * different elements of the kernel; each class is a contraction without holes, with a plan of its own.
 */

import type { Node, Value } from "../../graph/ir.ts";
import { type AxisPart, type ContractPart, splitByResidues } from "../../ops/contract-parts.ts";
import { type Dim, equalDim, mulDim } from "../../ops/dim.ts";
import type { ContractLowering } from "../../ops/lowering.ts";
import {
  allPositions,
  type ContractPlan,
  type Positions,
  planContract,
  segmentsOf,
} from "./contract-plan.ts";
import { composeAffine } from "./linear-form.ts";

/** A contraction without holes, over some of the outputs. */
export interface PlannedClass {
  readonly lowering: ContractLowering;
  readonly plan: ContractPlan;
  readonly positions: Positions;
}

/** Undefined where one class at least has no tiles. */
export function planClasses(
  anchor: Node,
  lowering: ContractLowering,
  result: Value,
): readonly PlannedClass[] | undefined {
  const classes: PlannedClass[] = [];
  for (const { lowering: own, positions } of classesOf(lowering)) {
    const plan = planTiles(anchor, own, result, positions);
    if (!plan) return undefined;
    classes.push({ lowering: own, plan, positions });
  }
  return classes;
}

/** The plan of a contraction that runs in tiles; undefined for one that runs in plain loops. */
export function planTiles(
  anchor: Node,
  lowering: ContractLowering,
  result: Value,
  positions: Positions,
): ContractPlan | undefined {
  const [a, b] = anchor.operands;
  const plan = planContract(lowering, [a!, b!], result, positions);
  return plan && (segmentsOf(plan) !== undefined || isWhole(plan)) ? plan : undefined;
}

/** Whether the reduced index is row-major over its axes, so that loops at run time can count its positions. */
function isWhole({ firstPosition, reduce }: ContractPlan): boolean {
  let step: Dim = 1;
  for (const axis of reduce.toReversed()) {
    if (!equalDim(axis.position, step)) return false;
    step = mulDim(step, axis.extent);
  }
  return firstPosition === 0;
}

function classesOf(
  lowering: ContractLowering,
): readonly { readonly lowering: ContractLowering; readonly positions: Positions }[] {
  const positions = allPositions(lowering.reduce);
  if ([...lowering.a, ...lowering.b].every((index) => index.divide === 1)) {
    return [{ lowering, positions }];
  }
  return splitByResidues(lowering)
    .filter((part) => part.axes.slice(0, lowering.out.length).every((axis) => axis.extent !== 0))
    .map((part) => ({
      lowering: lowerPart(lowering, part),
      positions: positionsOf(positions, part.axes.slice(lowering.out.length)),
    }));
}

/** A class as a contraction: its axes count its own positions, and its divisions are carried out. */
function lowerPart(lowering: ContractLowering, part: ContractPart): ContractLowering {
  const outputs = part.axes.slice(0, lowering.out.length);
  const places = outputs.map(({ first, step }, axis) => ({
    terms: [{ axis, by: step }],
    offset: first,
  }));
  return {
    kind: "contract",
    out: outputs.map((axis) => axis.extent),
    reduce: part.axes.slice(outputs.length).map((axis) => axis.extent),
    a: part.a.map((index) => ({ ...index, divide: 1 })),
    b: part.b.map((index) => ({ ...index, divide: 1 })),
    result: lowering.result.map((r) => composeAffine(r, places)),
  };
}

function positionsOf({ by }: Positions, axes: readonly AxisPart[]): Positions {
  const steps = axes.map((axis, i) => ({ axis, by: by[i]! }));
  const first = steps.reduce((sum, s) => sum + s.axis.first * Number(s.by), 0);
  return { first, by: steps.map((s) => (typeof s.by === "number" ? s.by * s.axis.step : s.by)) };
}
