/** Plans of `contract`: which axes are rows, columns, batch or reduced, and where padding is. */

import { type ContractPart, splitByResidues } from "../../../compiler/ops/contract-parts.ts";
import { contractPlan, guardWords } from "../../../compiler/ops/kernel-abi.ts";
import type { Affine, ContractIndex, ContractLowering } from "../../../compiler/ops/lowering.ts";
import type { Kernels } from "../kernels.ts";
import { denseStrides, lengthOf, type Strided } from "../strided.ts";
import { collapse, countOf, type PlanAxis, placeOf, planWords } from "./axes.ts";
import { padOperands, rangeOf, type Source } from "./pad-operands.ts";
import { known } from "./plan.ts";
import { type PlannedCall, type PlannedCalls, resultTarget, type Target } from "./shaped-plan.ts";

/** One operand over all axes of a part. Steps and places in elements. */
interface Operand {
  readonly target: Target;
  readonly by: readonly number[];
  readonly start: number;
  readonly guards: readonly Guard[];
}

/** A padded position: what each axis adds to it, and the size that it must stay in. */
interface Guard {
  readonly by: readonly number[];
  readonly start: number;
  readonly size: number;
}

/** Fewer columns than this leave most of a tile unused, so that rows should take their place. */
const fewestColumns = 5;

/** Padded operands of up to `mostPadding` bytes are copied with their zeros before packing. */
export function planContract(
  k: Kernels,
  lowering: ContractLowering,
  operands: readonly Strided[],
  out: Strided,
  mostPadding: number,
): PlannedCalls {
  if (lengthOf(out.shape) === 0) return { calls: [], scratchBytes: 0 };
  const parts = splitByResidues(lowering).filter((part) =>
    part.axes.slice(0, lowering.out.length).every((axis) => known(axis.extent) > 0),
  );
  const padded = padOperands(parts, operands, mostPadding);
  const calls = padded.parts.map((part) => planPart(k, lowering, part, padded.sources, out));
  return { calls: [...padded.calls, ...calls], scratchBytes: padded.scratchBytes };
}

function planPart(
  k: Kernels,
  lowering: ContractLowering,
  part: ContractPart,
  [first, second]: readonly [Source, Source],
  out: Strided,
): PlannedCall {
  const a = operandOf(first, part.a, part);
  const b = operandOf(second, part.b, part);
  const result = resultPlace(lowering.result, part, out);
  const outputs = lowering.out.length;
  const [columns, rows] = columnsAreOfFirst(a, b, result.by, part, outputs) ? [a, b] : [b, a];
  const groups = groupAxes(lowering, { rows, columns, result: result.by, part });
  const words = planWords(contractPlan.axes, Object.values(groups).flat());
  words[contractPlan.tiles] = k.table.tiles[out.dtype === "f32" ? "f32" : "i32"];
  words[contractPlan.isFloat] = out.dtype === "f32" ? 1 : 0;
  words[contractPlan.batchAxes] = groups.batch.length;
  words[contractPlan.rowAxes] = groups.rows.length;
  words[contractPlan.columnAxes] = groups.columns.length;
  words[contractPlan.reducedAxes] = groups.reduced.length;
  words[contractPlan.batchCount] = countOf(groups.batch);
  words[contractPlan.rowCount] = countOf(groups.rows);
  words[contractPlan.columnCount] = countOf(groups.columns);
  words[contractPlan.reducedCount] = countOf(groups.reduced);
  const reduced = part.axes.slice(outputs);
  const weights = denseStrides(lowering.reduce.map(known));
  words[contractPlan.hasHoles] = reduced.some((axis) => axis.step > 1) ? 1 : 0;
  words[contractPlan.firstPosition] = reduced.reduce((p, x, i) => p + x.first * weights[i]!, 0);
  writeGuards(words, contractPlan.rowGuards, rows.guards);
  writeGuards(words, contractPlan.columnGuards, columns.guards);
  const pointers = [
    { word: contractPlan.rowPointer, target: rows.target, bytes: rows.start * 4 },
    { word: contractPlan.columnPointer, target: columns.target, bytes: columns.start * 4 },
    { word: contractPlan.outPointer, target: resultTarget, bytes: result.start * 4 },
  ];
  return { words, pointers, run: (kernels) => kernels.contract() };
}

function operandOf(source: Source, index: readonly ContractIndex[], part: ContractPart): Operand {
  const rank = part.axes.length;
  const guards = index.flatMap((position, i) => {
    if (!position.padded) return [];
    const guard = { ...placeOf([position], [1], rank), size: source.shape[i]! };
    const { least, most } = rangeOf(position, part);
    return least < 0 || most >= guard.size ? [guard] : [];
  });
  if (guards.length > guardWords.count) throw new Error("at most three axes can be padded");
  const place = placeOf(index, source.strides, rank);
  return { target: source.target, by: place.by, start: place.start + source.start, guards };
}

/** The place in the result over the parts of the output axes. */
function resultPlace(
  result: readonly Affine[],
  { axes }: ContractPart,
  out: Strided,
): { by: readonly number[]; start: number } {
  const { by, start } = placeOf(result, denseStrides(out.shape), axes.length);
  return {
    by: by.map((step, i) => step * axes[i]!.step),
    start: by.reduce((sum, step, i) => sum + step * axes[i]!.first, start),
  };
}

const dependsOn = ({ by, guards }: Operand, axis: number): boolean =>
  by[axis] !== 0 || guards.some((g) => g.by[axis] !== 0);

/** What an output axis is: of one operand alone, or (batch) of both. An axis of neither is of `a`. */
function ownerOf(a: Operand, b: Operand, axis: number): Operand | undefined {
  const isOfB = dependsOn(b, axis);
  if (dependsOn(a, axis)) return isOfB ? undefined : a;
  return isOfB ? b : a;
}

/**
 * Columns are stored as vectors, so they belong to the operand along whose axis the result's
 * neighbours lie, unless there are so few that rows do better.
 */
function columnsAreOfFirst(
  a: Operand,
  b: Operand,
  result: readonly number[],
  part: ContractPart,
  outputs: number,
): boolean {
  let [ofA, ofB] = [1, 1];
  let neighbours: Operand | undefined;
  for (let axis = 0; axis < outputs; axis++) {
    const extent = known(part.axes[axis]!.extent);
    const owner = ownerOf(a, b, axis);
    if (owner === a) ofA *= extent;
    if (owner === b) ofB *= extent;
    if (result[axis] === 1 && extent > 1) neighbours = owner;
  }
  if (neighbours === a) return ofA >= fewestColumns || ofA >= ofB;
  if (neighbours === b) return ofB < fewestColumns && ofA > ofB;
  return ofA >= ofB;
}

interface Grouping {
  readonly rows: Operand;
  readonly columns: Operand;
  readonly result: readonly number[];
  readonly part: ContractPart;
}

interface Groups {
  readonly batch: readonly PlanAxis[];
  readonly rows: readonly PlanAxis[];
  readonly columns: readonly PlanAxis[];
  readonly reduced: readonly PlanAxis[];
}

function groupAxes(lowering: ContractLowering, g: Grouping): Groups {
  const { rows, columns, result, part } = g;
  const outputs = lowering.out.length;
  const axisOf = (axis: number, third: number): PlanAxis => ({
    extent: known(part.axes[axis]!.extent),
    sums: [
      rows.by[axis]! * 4,
      columns.by[axis]! * 4,
      third,
      ...guardSums(rows, axis),
      ...guardSums(columns, axis),
    ],
  });
  // The result's neighbours come last, so that its elements are stored one after another.
  const order = lowering.out.map((_, i) => i).sort((i, j) => result[j]! - result[i]!);
  const outputGroup = (owner: Operand | undefined): PlanAxis[] => {
    const own = order.filter((axis) => ownerOf(rows, columns, axis) === owner);
    return collapse(own.map((axis) => axisOf(axis, result[axis]! * 4)));
  };
  const weights = denseStrides(lowering.reduce.map(known));
  const reduced = weights.map((weight, i) =>
    axisOf(outputs + i, weight * part.axes[outputs + i]!.step),
  );
  return {
    batch: outputGroup(undefined),
    rows: outputGroup(rows),
    columns: outputGroup(columns),
    reduced: collapse(reduced),
  };
}

const guardSums = ({ guards }: Operand, axis: number): number[] =>
  Array.from({ length: guardWords.count }, (_, i) => guards[i]?.by[axis] ?? 0);

/** Guards that are not used have size 1 and stay at 0. */
function writeGuards(words: Int32Array, at: number, guards: readonly Guard[]): void {
  words[at + guardWords.used] = guards.length > 0 ? 1 : 0;
  for (let i = 0; i < guardWords.count; i++) {
    words[at + guardWords.sizes + i] = guards[i]?.size ?? 1;
    words[at + guardWords.starts + i] = guards[i]?.start ?? 0;
  }
}
