/** The loops around the tiles of a contraction: outer axes, panels of columns, tiles of rows. */

import {
  binary,
  compare,
  FuncBuilder,
  i32,
  knownI32,
  minus,
  plus,
  select,
  times,
} from "../../loop/build.ts";
import type { LoopExpr, LoopFunc } from "../../loop/ir.ts";
import { loopOver, positionExpr } from "./build-map.ts";
import type { ContractInput, TileShape } from "./contract-input.ts";
import { type ContractOperand, type ContractPlan, panelWidth, tileRows } from "./contract-plan.ts";
import { elementAddress, type KernelParams, kernelParams } from "./kernel.ts";
import { evaluateForm } from "./linear-form.ts";
import { sizeExpr } from "./size-expr.ts";

/** The function that runs over a contraction; `tile` names the function of a tile. */
export function buildDriver(input: ContractInput, tile: (shape: TileShape) => string): LoopFunc {
  const { kernel, lowering, plan } = input;
  const b = new FuncBuilder();
  const params = kernelParams(b, kernel);
  const size = (axis: number): LoopExpr => sizeExpr(lowering.out[axis]!, params.sizes);
  const box = plan.outer.map((axis) => lowering.out[axis]!);
  loopOver(b, params, box, [], (outer) => {
    const at: (LoopExpr | undefined)[] = [];
    plan.outer.forEach((axis, i) => {
      at[axis] = outer[i];
    });
    const rows = plan.row === undefined ? i32(1) : size(plan.row);
    overBlocks(b, rows, rowsInCache(plan), (firstRow, blockRows) => {
      overLanes(b, size(plan.lane), (start, vectors, tail) => {
        at[plan.lane] = start;
        overRows(b, blockRows, (first, count) => {
          if (plan.row !== undefined) at[plan.row] = b.let("row", plus(firstRow, first));
          const name = tile({ rows: count, vectors, tail });
          b.call(name, tileArguments(input, params, at));
        });
      });
    });
  });
  return b.finish(kernel.name);
}

/** Bytes of rows that stay in a second-level cache while all panels run over them. */
const cachedBytes = 2 ** 18;

/** How many rows of the row operand fit the cache; undefined where their length is not known. */
function rowsInCache(plan: ContractPlan): number | undefined {
  let length = 1;
  for (const { extent } of plan.reduce) {
    if (typeof extent !== "number") return undefined;
    length *= extent;
  }
  const rows = Math.floor(cachedBytes / 4 / Math.max(1, length));
  return Math.max(4 * tileRows, rows - (rows % tileRows));
}

/** Blocks of at most `limit` rows: all panels run over one block before the next. */
function overBlocks(
  b: FuncBuilder,
  rows: LoopExpr,
  limit: number | undefined,
  write: (first: LoopExpr, count: LoopExpr) => void,
): void {
  const known = knownI32(rows);
  if (limit === undefined || (known !== undefined && known <= limit)) {
    write(i32(0), rows);
    return;
  }
  if (known !== undefined) {
    const whole = known - (known % limit);
    b.for("m", 0, whole, limit, (m) => write(m, i32(limit)));
    if (known > whole) write(i32(whole), i32(known - whole));
    return;
  }
  b.for("m", 0, rows, limit, (m) => {
    const left = b.let("left", minus(rows, m));
    write(m, b.let("count", select(compare("lt", left, i32(limit)), left, i32(limit))));
  });
}

/** Whole panels of eight columns, then what remains: exact, never masked. */
function overLanes(
  b: FuncBuilder,
  columns: LoopExpr,
  write: (start: LoopExpr, vectors: number, tail: number) => void,
): void {
  const known = knownI32(columns);
  if (known === undefined) {
    const whole = b.let("whole", binary("and", columns, i32(-panelWidth)));
    b.for("c", 0, whole, panelWidth, (c) => write(c, 2, 4));
    b.for("c", whole, columns, 1, (c) => write(c, 1, 1));
    return;
  }
  const whole = known - (known % panelWidth);
  b.for("c", 0, whole, panelWidth, (c) => write(c, 2, 4));
  const rest = known - whole;
  if (rest > 0) write(i32(whole), Math.ceil(rest / 4), rest % 4 === 0 ? 4 : rest % 4);
}

/** Tiles of four rows, then one tile of the rows that remain. */
function overRows(
  b: FuncBuilder,
  rows: LoopExpr,
  write: (first: LoopExpr, count: number) => void,
): void {
  const known = knownI32(rows);
  if (known !== undefined) {
    const whole = known - (known % tileRows);
    b.for("r", 0, whole, tileRows, (r) => write(r, tileRows));
    if (known > whole) write(i32(whole), known - whole);
    return;
  }
  const whole = b.let("whole", binary("and", rows, i32(-tileRows)));
  const rest = b.let("rest", minus(rows, whole));
  b.for("r", 0, whole, tileRows, (r) => write(r, tileRows));
  for (let count = 1; count < tileRows; count++) {
    b.if(compare("eq", rest, i32(count)), () => write(whole, count));
  }
}

/** The addresses of a tile's first elements, and what else its function needs. */
function tileArguments(
  input: ContractInput,
  params: KernelParams,
  at: readonly (LoopExpr | undefined)[],
): LoopExpr[] {
  const { plan, epilogue, operands } = input;
  const args = [
    elementAddress(params.out, evaluateForm(plan.out, at, params.sizes), "f32"),
    operandAddress(params.operands[operands[0]]!, plan.a, plan.lane, at, params),
    operandAddress(params.operands[operands[1]]!, plan.b, plan.lane, at, params),
  ];
  for (const arg of epilogue.args) {
    if (arg.kind === "memory") {
      const place = evaluateForm(arg.form, at, params.sizes);
      args.push(elementAddress(params.operands[arg.param]!, place, arg.dtype));
    } else if (arg.kind === "position") {
      args.push(
        positionExpr(
          arg.at,
          at.map((v) => v ?? i32(0)),
          params,
        ),
      );
    }
  }
  for (const s of input.kernel.symbols) args.push(params.sizes.get(s)!);
  return args;
}

/** In a panel layout the lane's start is a whole number of panels, plus a rest within one. */
function operandAddress(
  base: LoopExpr,
  operand: ContractOperand,
  laneAxis: number,
  at: readonly (LoopExpr | undefined)[],
  params: KernelParams,
): LoopExpr {
  const { form, panel } = operand;
  if (!panel || panel.axis !== laneAxis) {
    return elementAddress(base, evaluateForm(form, at, params.sizes), "f32");
  }
  const start = at[laneAxis] ?? i32(0);
  const known = knownI32(start);
  const number =
    known !== undefined ? i32(Math.floor(known / panelWidth)) : binary("shrS", start, i32(3));
  const within =
    known !== undefined ? i32(known % panelWidth) : binary("and", start, i32(panelWidth - 1));
  const rest = at.map((v, axis) => (axis === laneAxis ? within : v));
  const inPanel = evaluateForm(form, rest, params.sizes);
  const index = plus(times(number, sizeExpr(panel.stride, params.sizes)), inPanel);
  return elementAddress(base, index, "f32");
}
