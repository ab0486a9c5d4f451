/**
 * Contractions: tiles of up to 4 rows × 8 columns held in registers, the reduced index in blocks of
 * 512 as rule 3 of docs/numerics.md says, and the fused epilogue at the last store. The tile is a
 * function of its own, called per tile: engines without on-stack replacement then run fast code from
 * the second tile on.
 */

import type { Node } from "../../graph/ir.ts";
import { dataObjectName } from "../../loop/data-name.ts";
import type { DataObject, LoopFunc } from "../../loop/ir.ts";
import type { ContractLowering } from "../../ops/lowering.ts";
import { bytesOf } from "../../ops/types.ts";
import { buildDriver } from "./contract-driver.ts";
import type { ContractInput, TileShape } from "./contract-input.ts";
import { type ContractPlan, type Segment, segmentsOf } from "./contract-plan.ts";
import { type ContractSchedule, scheduleContract, segmentBytes } from "./contract-schedule.ts";
import { buildTile } from "./contract-tile.ts";
import type { Kernel, LoweredKernel } from "./kernel.ts";
import { composeAffine, identityIndex } from "./linear-form.ts";
import { type Pulled, pull } from "./pull.ts";
import { shareTiles } from "./share-tiles.ts";

export function buildContract(
  kernel: Kernel,
  anchor: Node,
  lowering: ContractLowering,
  plan: ContractPlan,
): LoweredKernel {
  const known = segmentsOf(plan);
  const segments = known && known.length <= mostSegments ? known : undefined;
  const epilogue = pullEpilogue(kernel, anchor, lowering);
  const params = anchor.operands.map((o) => kernel.region.params.indexOf(o));
  const schedule = scheduleContract(plan, lowering, segments, kernel.choice);
  const plain: ContractInput = {
    kernel,
    lowering,
    plan,
    schedule,
    operands: [params[plan.order[0]]!, params[plan.order[1]]!],
    epilogue,
    segments,
    table:
      segments && segments.length > 1 ? segmentTable(segments, bytesOf[plan.element]) : undefined,
    parts: segments && schedule.parts.length > 1 ? partTable(schedule, segments) : undefined,
    numbers: [],
  };
  const { input: shared, numbers } = shareTiles(plain);
  const input = { ...plain, numbers };
  const tileInput = { ...shared, numbers };
  const tiles = new Map<string, LoopFunc>();
  const tile = (shape: TileShape): string => {
    const name = `${kernel.name}.${shape.rows}x${shape.vectors * 4 - 4 + shape.tail}`;
    if (!tiles.has(name)) tiles.set(name, buildTile(name, tileInput, shape));
    return name;
  };
  const driver = buildDriver(input, tile);
  const data = [input.table, input.parts].filter((d) => d !== undefined);
  return { funcs: [driver, ...tiles.values()], data };
}

/** A table of 64 KiB: for more, loops find the stretches anew. */
const mostSegments = 4096;

/** The epilogue over the contraction's own output axes. */
export function pullEpilogue(kernel: Kernel, anchor: Node, lowering: ContractLowering): Pulled {
  const identity = identityIndex(lowering.out.length);
  const index = lowering.result.map((r) => composeAffine(r, identity));
  return pull({ region: kernel.region, axes: lowering.out.length, anchor }, kernel.result, index);
}

function segmentTable(segments: readonly Segment[], bytes: number): DataObject {
  return dataOf(
    "segments",
    segments.flatMap((s) => [s.a * bytes, s.b * bytes, s.length, Number(s.closes)]),
  );
}

function partTable({ parts }: ContractSchedule, segments: readonly Segment[]): DataObject {
  return dataOf(
    "parts",
    [...parts, segments.length].map((n) => n * segmentBytes),
  );
}

function dataOf(hint: string, words: readonly number[]): DataObject {
  const bytes = new Uint8Array(Int32Array.from(words).buffer);
  return { name: dataObjectName(hint, bytes), bytes, size: bytes.length };
}
