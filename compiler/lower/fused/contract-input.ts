/** What the builders of a contraction share: its plan, its operands, its epilogue, its segments. */

import type { DataObject } from "../../loop/ir.ts";
import type { ContractLowering } from "../../ops/lowering.ts";
import type { ContractPlan, Segment } from "./contract-plan.ts";
import type { ContractSchedule } from "./contract-schedule.ts";
import type { Kernel } from "./kernel.ts";
import type { Pulled } from "./pull.ts";
import type { TileNumber } from "./share-tiles.ts";

export interface ContractInput {
  readonly kernel: Kernel;
  readonly lowering: ContractLowering;
  readonly plan: ContractPlan;
  readonly schedule: ContractSchedule;
  /** The operands' parameters of the kernel, `a` then `b`. */
  readonly operands: readonly [number, number];
  readonly epilogue: Pulled;
  /** Undefined where sizes are symbolic: then the one reduced axis is cut at run time. */
  readonly segments: readonly Segment[] | undefined;
  readonly table: DataObject | undefined;
  /** Where the schedule's parts begin and end in the table; undefined where there is one part. */
  readonly parts: DataObject | undefined;
  /** What tiles take as parameters, so that those of other contractions are the same functions. */
  readonly numbers: readonly TileNumber[];
}

/** The part of a result that one tile function computes. */
export interface TileShape {
  readonly rows: number;
  /** Vectors of four columns; the last one stores its first `tail` lanes. */
  readonly vectors: number;
  readonly tail: number;
}
