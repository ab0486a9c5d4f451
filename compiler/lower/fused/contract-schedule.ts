/**
 * The order of a contraction's loops around its tiles, chosen from its sizes. A schedule is data; every
 * schedule gives the same bits, because each output has its own sums.
 */

import type { ContractLowering } from "../../ops/lowering.ts";
import { bytesOf } from "../../ops/types.ts";
import {
  blockSize,
  type ContractPlan,
  panelWidth,
  type Segment,
  tileRows as usualRows,
} from "./contract-plan.ts";
import type { ScheduleChoice } from "./schedule-choice.ts";

export interface ContractSchedule {
  /** Output axes outside of the panels, one position at a time. */
  readonly outside: readonly number[];
  /** The axis of which `size` positions at a time run over all panels; undefined where all positions do. */
  readonly blocked: { readonly axis: number; readonly size: number } | undefined;
  /** Output axes inside of the panels, around the tiles of rows. */
  readonly inside: readonly number[];
  /** The first segment of each part of the reduced index that runs over rows and panels by itself. */
  readonly parts: readonly number[];
  /** Rows of a whole tile. */
  readonly tileRows: number;
}

/** Bytes of an entry in a contraction's table of segments. */
export const segmentBytes = 16;

/** Elements of f32 of the row operand that stay in a first- or second-level cache while all panels run over them. */
const nearElements = 2 ** 12;
const farElements = 2 ** 16;
const mostRows = 4096;
/** Positions of the reduced index whose panel of f32 stays in a first-level cache beside the rows of a tile. */
const cachedPositions = 768;

export function scheduleContract(
  plan: ContractPlan,
  lowering: ContractLowering,
  segments: readonly Segment[] | undefined,
  choice: ScheduleChoice = {},
): ContractSchedule {
  const scale = bytesOf[plan.element] / bytesOf.f32;
  const { tileRows = usualRows[plan.element], depth = cachedPositions / scale } = choice;
  // A panel is another one for each position of these.
  const apart = plan.outer.filter((axis) => plan.b.form.by[axis] !== 0);
  const swept = plan.outer.filter((axis) => plan.b.form.by[axis] === 0);
  const parts = segments ? partsOf(segments, depth) : [0];
  const positions = segments && longestPart(segments, parts);
  if (positions === undefined) {
    return { outside: [...apart, ...swept], blocked: undefined, inside: [], parts, tileRows };
  }
  const columns = lowering.out[plan.lane]!;
  const sweepOf = (limit: number): Sweep =>
    sweep(plan, lowering, swept, { positions, limit, tileRows });
  const near = sweepOf(choice.rowElements ?? nearElements / scale);
  // Rows that stay in the first-level cache are read once for all panels, but a panel once for few rows.
  const isNear =
    near.rows >= 4 * tileRows && !(typeof columns === "number" && columns <= panelWidth);
  const { outside, blocked, inside } =
    choice.rowElements !== undefined || isNear ? near : sweepOf(farElements / scale);
  return { outside: [...apart, ...outside], blocked, inside, parts, tileRows };
}

interface Sweep extends Pick<ContractSchedule, "outside" | "blocked" | "inside"> {
  /** How many rows one panel serves. */
  readonly rows: number;
}

interface CacheUse {
  /** The most positions of the reduced index that a part has. */
  readonly positions: number;
  /** Elements of the row operand that may be touched. */
  readonly limit: number;
  readonly tileRows: number;
}

/** As many rows inside of the panels as touch no more than `use.limit` elements. */
function sweep(
  plan: ContractPlan,
  lowering: ContractLowering,
  swept: readonly number[],
  use: CacheUse,
): Sweep {
  const axes = plan.row === undefined ? swept : [...swept, plan.row];
  const cached = new CachedRows(plan, use);
  for (let i = axes.length - 1; i >= 0; i--) {
    const axis = axes[i]!;
    const extent = lowering.out[axis]!;
    if (typeof extent === "number" && cached.holds(axis, extent)) {
      cached.add(axis, extent);
      continue;
    }
    const size = cached.most(axis, axis === plan.row);
    const inside = axes.slice(i).filter((a) => a !== plan.row);
    const outside = axes.slice(0, i);
    const rows = cached.rows * size;
    if (size > 1) return { outside, blocked: { axis, size }, inside, rows };
    return { outside: [...outside, axis], blocked: undefined, inside: inside.slice(1), rows };
  }
  return { outside: [], blocked: undefined, inside: swept, rows: cached.rows };
}

/** The elements of the row operand that the positions of some axes touch: an upper bound, and a limit. */
class CachedRows {
  rows = 1;
  private readonly plan: ContractPlan;
  private readonly use: CacheUse;
  private span: number;

  constructor(plan: ContractPlan, use: CacheUse) {
    this.plan = plan;
    this.use = use;
    this.span = plan.reduce.reduce(
      (sum, r) =>
        typeof r.extent === "number" && typeof r.a === "number"
          ? sum + (r.extent - 1) * r.a
          : Number.POSITIVE_INFINITY,
      1,
    );
  }

  holds(axis: number, extent: number): boolean {
    const { positions, limit } = this.use;
    return Math.min(this.spanWith(axis, extent), this.rows * extent * positions) <= limit;
  }

  add(axis: number, extent: number): void {
    this.span = this.spanWith(axis, extent);
    this.rows *= extent;
  }

  /** The most positions of `axis` that fit; of rows a number of whole tiles. */
  most(axis: number, isRow: boolean): number {
    const step = isRow ? this.use.tileRows : 1;
    let size = step;
    while (size < mostRows && this.holds(axis, size + step)) size += step;
    return size;
  }

  private spanWith(axis: number, extent: number): number {
    const by = this.plan.a.form.by[axis]!;
    return typeof by === "number" ? this.span + (extent - 1) * by : Number.POSITIVE_INFINITY;
  }
}

/** Parts end where blocks do: as many blocks as stay cached, and a short last one with its neighbour. */
function partsOf(segments: readonly Segment[], depth: number): number[] {
  const total = segments.reduce((sum, s) => sum + s.length, 0);
  if (total <= depth) return [0];
  const starts = [0];
  let left = total;
  segments.forEach((s, i) => {
    left -= s.length;
    if (s.closes && left > Math.max(0, depth - blockSize)) starts.push(i + 1);
  });
  return starts;
}

function longestPart(segments: readonly Segment[], parts: readonly number[]): number {
  const lengths = parts.map((from, i) =>
    segments.slice(from, parts[i + 1]).reduce((sum, s) => sum + s.length, 0),
  );
  return Math.max(1, ...lengths);
}
