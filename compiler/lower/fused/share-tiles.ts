/**
 * Makes tiles of contractions of different sizes alike: what differs between them only in a number takes
 * it as a parameter, so that layers of one kind run the same function, which engines then compile once.
 */

import { address, i32 } from "../../loop/build.ts";
import type { LoopExpr } from "../../loop/ir.ts";
import { type Dim, symbol } from "../../ops/dim.ts";
import type { ContractInput } from "./contract-input.ts";
import { segmentBytes } from "./contract-schedule.ts";
import type { LinearForm } from "./linear-form.ts";

/** A parameter of a tile, after those of every tile, and what is passed for it. */
export interface TileNumber {
  readonly name: string;
  readonly value: LoopExpr;
}

/** The parameters' names; no size in a program has a dot in its name. */
export const tileNames = {
  rowsOfA: "tile.a",
  rowsOfOut: "tile.out",
  rowsOf: (n: number): string => `tile.e${n}`,
  length: "tile.length",
  table: "tile.table",
  end: "tile.end",
} as const;

/**
 * Tiles of fewer products stay as they are: more parameters made a 1 × 1 convolution of 24 channels 9 %
 * slower on Node 20, and nothing from 128 on.
 */
const fewProducts = 128;

/** The contraction as its tiles see it, and the numbers that its driver passes to them. */
export function shareTiles(input: ContractInput): {
  readonly input: ContractInput;
  readonly numbers: readonly TileNumber[];
} {
  const { plan, epilogue, segments, table } = input;
  const products = segments?.reduce((sum, s) => sum + s.length, 0) ?? 0;
  if (products < fewProducts) return { input, numbers: [] };
  const numbers: TileNumber[] = [];
  const give = (name: string, value: LoopExpr): void => {
    if (!numbers.some((n) => n.name === name)) numbers.push({ name, value });
  };
  const { row } = plan;
  const outStep = row === undefined ? 0 : plan.out.by[row]!;
  const named = (form: LinearForm, name: string): LinearForm => {
    const step = row === undefined ? 0 : form.by[row]!;
    if (row === undefined || typeof step !== "number" || step === 0) return form;
    give(name, i32(step));
    return { ...form, by: form.by.map((by, axis): Dim => (axis === row ? symbol(name) : by)) };
  };
  const shared = {
    ...plan,
    a: { ...plan.a, form: named(plan.a.form, tileNames.rowsOfA) },
    out: named(plan.out, tileNames.rowsOfOut),
  };
  const args = epilogue.args.map((arg, n) => {
    if (arg.kind !== "memory") return arg;
    const isAsResult = row !== undefined && arg.form.by[row] === outStep;
    const name = isAsResult ? tileNames.rowsOfOut : tileNames.rowsOf(n);
    return { ...arg, form: named(arg.form, name) };
  });
  const [only] = segments ?? [];
  if (segments?.length === 1 && only && only.length > 1) give(tileNames.length, i32(only.length));
  if (table && segments) {
    give(tileNames.table, address(table.name));
    give(tileNames.end, i32(segments.length * segmentBytes));
  }
  return { input: { ...input, plan: shared, epilogue: { ...epilogue, args } }, numbers };
}
