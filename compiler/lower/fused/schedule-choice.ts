/**
 * Which contractions are scheduled otherwise than the cost model would: data from outside, found by what the
 * contraction is. All choices give the same bits.
 */

import { type Node, tensorOf, type Value } from "../../graph/ir.ts";
import { printAttr } from "../../graph/print.ts";
import { printPlacedType } from "../../graph/type.ts";
import { type Dim, symbol } from "../../ops/dim.ts";
import { opByName } from "../../ops/registry.ts";

/** Each is the cost model's where it is not given. */
export interface ScheduleChoice {
  /** Rows of a tile that is held in registers, 1 to 8. */
  readonly tileRows?: number;
  /** Elements of the row operand over which all panels run before the next ones are read. */
  readonly rowElements?: number;
  /** Positions of the reduced index that run over rows and panels by themselves. */
  readonly depth?: number;
}

/** By the keys of contractions. */
export type Schedules = ReadonlyMap<string, ScheduleChoice>;

export const noSchedules: Schedules = new Map();

export const isContraction = (anchor: Node): boolean =>
  opByName(anchor.op)?.lower(
    anchor.operands.map(tensorOf),
    anchor.attrs,
    tensorOf(anchor.results[0]!),
  ).kind === "contract";

/**
 * What a contraction is, wherever it stands: `dot f32[?,784] f32[784,256]{1/8,0,1%8} -> f32[?,256]`. All named sizes are
 * alike.
 */
export function scheduleKey(anchor: Node): string {
  const attrs = Object.entries(anchor.attrs).map(([name, a]) => ` ${name}=${printAttr(a)}`);
  const [operands, results] = [anchor.operands, anchor.results].map((all) => all.map(spell));
  return `${anchor.op} ${operands!.join(" ")}${attrs.join("")} -> ${results!.join(" ")}`;
}

function spell(v: Value): string {
  const type = tensorOf(v);
  const shape = type.shape.map((d): Dim => (typeof d === "number" ? d : anySize));
  return printPlacedType({ ...type, shape }, v.layout);
}

const anySize = symbol("?");
