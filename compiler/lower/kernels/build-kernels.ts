/** The kernel module: what eager mode and the interpreter run, made from the operators' records. */

import type { DataObject, LoopFunc, LoopModule } from "../../loop/ir.ts";
import { placeData } from "../../loop/ir.ts";
import { add, arg, binary, type Expr, mul, type ScalarType } from "../../ops/expr.ts";
import { keyExpr } from "../../ops/expr-key.ts";
import { stepKernels } from "../../ops/expr-steps.ts";
import {
  type Combine,
  combines,
  type Family,
  type HostRegion,
  type KernelTable,
  type RowKernel,
  reductionKey,
} from "../../ops/kernel-abi.ts";
import { numberFunctions } from "../../ops/math/number-functions.ts";
import type { Op } from "../../ops/op.ts";
import { stepOperations } from "../../ops/step-operations.ts";
import { collectKernels, type NeededKernels } from "./collect.ts";
import { contractFunctions, type SharedTiles } from "./contract-driver.ts";
import { buildDirectTile, buildTile, tileRows } from "./contract-tile.ts";
import { mapDriverFunctions } from "./map-driver.ts";
import { buildMapKernel } from "./map-kernel.ts";
import { mathFunctions } from "./math.ts";
import { dataObjects, type Region } from "./memory.ts";
import { buildIndex, buildMove } from "./move.ts";
import { buildFillOffsets } from "./offsets.ts";
import { reduceDriverFunctions } from "./reduce-driver.ts";
import { buildRow, identityBits, rowLanes } from "./reduce-row.ts";
import { buildScan } from "./scan.ts";
import { buildScatter } from "./scatter.ts";
import {
  buildElementOperations,
  buildLaneOperations,
  isShift,
  sharedNames,
  sharedOperations,
} from "./shared-maps.ts";
import { rowNumber, rowQuestions, sharedRowFunctions, sharedScanFunctions } from "./shared-rows.ts";
import { sortFunctions } from "./sort.ts";
import { buildTranspose } from "./transpose.ts";
import { generalQuestions, questionFunction } from "./uses.ts";
import { walkerFunctions } from "./walker.ts";
import { windowFunctions } from "./window.ts";

export interface Kernels {
  readonly module: LoopModule;
  readonly table: KernelTable;
  /** All questions, and those of functions that several share, by the numbers under which they are called. */
  readonly questions: readonly string[];
  readonly asked: ReadonlyMap<number, readonly string[]>;
}

/** Functions with their families, and those that are called by number. */
class ModuleParts {
  readonly funcs: { readonly func: LoopFunc; readonly family: Family }[] = [];
  readonly numbered: string[] = [];

  add(family: Family, ...funcs: readonly LoopFunc[]): void {
    for (const func of funcs) this.funcs.push({ func, family });
  }

  /** Adds a function that is called by number, unless there is one of this name; returns the number. */
  number(family: Family, name: string, build: () => LoopFunc): number {
    const known = this.numbered.indexOf(name);
    if (known >= 0) return known;
    this.add(family, build());
    return this.numbered.push(name) - 1;
  }
}

/** Those of eager mode: a function for each expression. */
export const buildKernels = (ops: readonly Op[]): Kernels =>
  makeKernels(collectKernels(ops), false);

/**
 * Those of the interpreter, which runs expressions in steps, and functions of numbers, too. Most operations and
 * ways of combining share a function.
 */
export const buildStepKernels = (ops: readonly Op[]): Kernels =>
  makeKernels({ ...collectKernels(ops), maps: stepExpressions(ops) }, true);

/** What the interpreter's `map` kernels compute, by their keys. */
export function stepExpressions(ops: readonly Op[]): ReadonlyMap<string, Expr> {
  const numbers = [...numberFunctions.values()].map((f) =>
    f(...Array.from({ length: f.length }, (_, i) => arg(i, "f64"))),
  );
  return stepKernels([...stepOperations, ...collectKernels(ops).maps.values(), ...numbers]);
}

function makeKernels(needed: NeededKernels, isShared: boolean): Kernels {
  const parts = new ModuleParts();
  const maps: Record<string, number> = {};
  const ofParts = new Map([...needed.maps].filter(([, expr]) => !isHostFunction(expr)));
  const asked = new Map<number, readonly string[]>();
  const shared = isShared ? addShared(parts, ofParts, maps, asked) : [];
  const mapNumber = (key: string, expr: Expr): number =>
    maps[key] ?? parts.number("map", `map ${key}`, () => buildMapKernel(`map ${key}`, expr));
  for (const [key, expr] of ofParts) maps[key] = mapNumber(key, expr);
  const reductions = addReductions(parts, needed, mapNumber, isShared);
  const tiles = { f32: addFloatTiles(parts), i32: addIntegerTile(parts) };
  if (isShared) parts.add("scan", ...sharedScanFunctions());
  else for (const scan of needed.scans) parts.add("scan", buildScan(scan));
  const questions = isShared
    ? [...new Set([...generalQuestions, ...rowQuestions, ...[...asked.values()].flat()])]
    : [];
  parts.add("driver", ...questions.map(questionFunction));
  addDrivers(parts, isShared ? tiles : undefined);
  if (!isShared) parts.add("math", ...mathFunctions());
  const data = [...dataObjects(), ...shared];
  const module: LoopModule = {
    funcs: parts.funcs.map((f) => f.func),
    data,
    globals: [],
    table: parts.numbered,
  };
  const { addresses, end } = placeData(data);
  const families = parts.funcs.map(({ func, family }) => ({ name: func.name, family }));
  const at = (name: Region): number => addresses.get(name)!;
  const regions: Record<HostRegion, number> = {
    descriptors: at("descriptors"),
    plan: at("plan"),
    cells: at("cells"),
    error: at("error"),
  };
  const table = { maps, reductions, tiles, regions, heapStart: end, families };
  return { module, table, questions, asked };
}

/** The operations that share a function each have a number, under which the table has that function. */
function addShared(
  parts: ModuleParts,
  needed: ReadonlyMap<string, Expr>,
  numbers: Record<string, number>,
  asked: Map<number, readonly string[]>,
): DataObject[] {
  const { lanes, elements } = sharedOperations(needed);
  const [laneExprs, elementExprs] = [lanes, elements].map((all) => all.map(([, expr]) => expr));
  const first = parts.numbered.length;
  const made = [
    buildLaneOperations(sharedNames.lanes, laneExprs!, first, sharedNames.elements),
    buildElementOperations(sharedNames.elements, elementExprs!, first + lanes.length),
  ];
  parts.add("map", ...made.map(({ func }) => func));
  const questions = made.flatMap((shared) => shared.questions);
  for (const [i, [key, expr]] of [...lanes, ...elements].entries()) {
    numbers[key] ??= first + i;
    // Shifts of lanes may go on to those of elements.
    const other = i < lanes.length && isShift(expr) ? [questions[i + lanes.length]!] : [];
    asked.set(first + i, [questions[i]!, ...other]);
    parts.numbered.push(i < lanes.length ? sharedNames.lanes : sharedNames.elements);
  }
  return made.map(({ data }) => data);
}

function addReductions(
  parts: ModuleParts,
  needed: NeededKernels,
  mapNumber: (key: string, expr: Expr) => number,
  isShared: boolean,
): Record<string, RowKernel> {
  if (isShared) parts.add("reduce", ...sharedRowFunctions());
  const reductions: Record<string, RowKernel> = {};
  for (const r of needed.reductions) {
    const lanes = rowLanes(r);
    const name = `row ${r.combine} ${r.type} ${lanes}`;
    const combine = combineExpr(r.combine, r.type);
    const keyed = combine && keyExpr(combine);
    reductions[reductionKey(r.combine, r.type, r.lanes)] = {
      row: isShared
        ? rowNumber(r)
        : parts.number("reduce", name, () => buildRow(name, { ...r, lanes })),
      combine: keyed ? mapNumber(keyed.key, keyed.expr) : -1,
      identity: keyed ? identityBits(r.combine, r.type) : 0,
    };
  }
  if (isShared) Object.assign(reductions, wideReductions(mapNumber));
  return reductions;
}

/**
 * Reductions of f64, which the interpreter has: by columns, with the operation that combines; positions by a function of its
 * own, to which the number says whether it is the least. What results start with is told as an f32.
 */
function wideReductions(mapNumber: (key: string, expr: Expr) => number): Record<string, RowKernel> {
  const made: Record<string, RowKernel> = {};
  for (const combine of combines) {
    const keyed = combineExpr(combine, "f64");
    const { key, expr } = keyed ? keyExpr(keyed) : { key: "", expr: undefined };
    const kernel: RowKernel = {
      row: combine === "argmin" ? 1 : 0,
      combine: expr ? mapNumber(key, expr) : -1,
      identity: expr ? identityBits(combine, "f32") : 0,
    };
    for (const lanes of [1, 16] as const) made[reductionKey(combine, "f64", lanes)] = kernel;
  }
  return made;
}

/** Operations that are functions of the interpreter's own: a loop inside of which no value is an element. */
export const isHostFunction = (e: Expr): boolean => e.op === "rem" && e.type === "f64";

/** The map expression that adds one accumulator to another; positions have none. */
export function combineExpr(combine: Combine, type: ScalarType): Expr | undefined {
  const [a, b] = [arg(0, type), arg(1, type)];
  switch (combine) {
    case "sum":
    case "sumBack":
      return add(a, b);
    case "prod":
      return mul(a, b);
    case "max":
    case "min":
      return binary(combine, a, b);
    case "argmax":
    case "argmin":
      return undefined;
  }
}

/** The number of the tile of one row; those of more rows follow, then the one that reads columns as they lie. */
function addFloatTiles(parts: ModuleParts): number {
  const numbers = Array.from({ length: tileRows }, (_, i) => {
    const name = `tile f32 ${i + 1}`;
    return parts.number("contract", name, () => buildTile(name, "f32", i + 1));
  });
  const direct = "tile f32 direct";
  parts.number("contract", direct, () => buildDirectTile(direct));
  return numbers[0]!;
}

/** The number of the only tile: contractions of integers are rare. */
function addIntegerTile(parts: ModuleParts): number {
  const name = `tile i32 ${tileRows}`;
  return parts.number("contract", name, () => buildTile(name, "i32", tileRows));
}

/** `tiles`: of the interpreter, which shares functions. */
function addDrivers(parts: ModuleParts, tiles: SharedTiles | undefined): void {
  const isShared = tiles !== undefined;
  parts.add(
    "driver",
    ...walkerFunctions(isShared),
    ...mapDriverFunctions(isShared),
    buildFillOffsets(),
  );
  parts.add("reduce", ...reduceDriverFunctions(isShared));
  parts.add("contract", ...contractFunctions(tiles));
  parts.add("window", ...windowFunctions(isShared));
  parts.add("move", buildMove(isShared), ...(isShared ? [] : [buildTranspose()]));
  parts.add("index", buildIndex(isShared));
  parts.add("scatter", buildScatter(isShared));
  parts.add("sort", ...sortFunctions());
}
