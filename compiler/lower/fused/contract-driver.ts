/** The loops around the tiles of a contraction: outer axes, panels of columns, tiles of rows. */

import {
  address,
  binary,
  compare,
  FuncBuilder,
  i32,
  knownI32,
  load,
  minus,
  plus,
  select,
  times,
} from "../../loop/build.ts";
import type { LoopExpr, LoopFunc } from "../../loop/ir.ts";
import type { ContractInput, TileShape } from "./contract-input.ts";
import {
  type ContractOperand,
  type ContractPlan,
  panelWidth,
  type TileElement,
} from "./contract-plan.ts";
import { elementAddress, type KernelParams, kernelParams } from "./kernel.ts";
import { evaluateForm } from "./linear-form.ts";
import { loopOver, positionExpr } from "./nest.ts";
import { sizeExpr } from "./size-expr.ts";

/** Where in the output axes the loops stand; `undefined` is 0. */
type Position = readonly (LoopExpr | undefined)[];

/** The function that runs over a contraction; `tile` names the function of a tile. */
export function buildDriver(input: ContractInput, tile: (shape: TileShape) => string): LoopFunc {
  return new Driver(input, tile).build();
}

class Driver {
  private readonly input: ContractInput;
  private readonly tile: (shape: TileShape) => string;
  private readonly b = new FuncBuilder();
  private readonly params: KernelParams;

  constructor(input: ContractInput, tile: (shape: TileShape) => string) {
    this.input = input;
    this.tile = tile;
    this.params = kernelParams(this.b, input.kernel);
  }

  build(): LoopFunc {
    const { schedule } = this.input;
    this.over(schedule.outside, [], (at) => {
      if (!schedule.blocked) return this.overParts((part) => this.overPanels(at, undefined, part));
      const { axis, size } = schedule.blocked;
      overBlocks(this.b, this.extent(axis), size, (first, count) => {
        this.overParts((part) => this.overPanels(at, { axis, first, count }, part));
      });
    });
    return this.b.finish(this.input.kernel.name);
  }

  private extent(axis: number): LoopExpr {
    return sizeExpr(this.input.lowering.out[axis]!, this.params.sizes);
  }

  /** Loops over whole output axes. */
  private over(axes: readonly number[], at: Position, write: (at: Position) => void): void {
    const box = axes.map((axis) => this.input.lowering.out[axis]!);
    loopOver(this.b, this.params, box, [], (variables) => {
      write(axes.reduce((all, axis, i) => placed(all, axis, variables[i]!), at));
    });
  }

  /** The parts of the reduced index, each as the bytes in the table where it begins and ends. */
  private overParts(write: (part: readonly LoopExpr[]) => void): void {
    const { parts } = this.input;
    if (!parts) {
      write([]);
      return;
    }
    const word = (at: LoopExpr, n: number): LoopExpr =>
      load({ element: "i32", base: plus(address(parts.name), at), index: i32(n) });
    this.b.for("part", 0, parts.size - 4, 4, (at) => {
      write([this.b.let("from", word(at, 0)), this.b.let("to", word(at, 1))]);
    });
  }

  /** All panels over one block: first over the tiles of four rows, then over the rows that remain. */
  private overPanels(at: Position, block: Block | undefined, part: readonly LoopExpr[]): void {
    const { plan } = this.input;
    const rows = this.rowsOf(block);
    const start = plan.row !== undefined && block?.axis === plan.row ? block.first : i32(0);
    const call = (shape: TileShape, rowsAt: Position, column: LoopExpr, row: LoopExpr): void => {
      let where = placed(rowsAt, plan.lane, column);
      if (plan.row !== undefined) {
        where = placed(where, plan.row, this.b.let("row", plus(start, row)));
      }
      const args = tileArguments(this.input, this.params, where);
      this.b.call(this.tile(shape), [...args, ...part]);
    };
    const columns = this.extent(plan.lane);
    if (rows.whole) {
      overLanes(this.b, columns, [panelWidth], (column, vectors, tail) => {
        this.overInside(at, block, (inside) => {
          rows.whole?.((row, count) => call({ rows: count, vectors, tail }, inside, column, row));
        });
      });
    }
    for (const count of rows.rest) {
      const widths = this.widths(count);
      const write = (): void =>
        overLanes(this.b, columns, widths, (column, vectors, tail) => {
          this.overInside(at, block, (inside) => {
            call({ rows: count, vectors, tail }, inside, column, rows.restAt);
          });
        });
      if (rows.left) this.b.if(compare("eq", rows.left, i32(count)), write);
      else write();
    }
  }

  /** The output axes inside of the panels, of the blocked one only the block's positions. */
  private overInside(at: Position, block: Block | undefined, write: (at: Position) => void): void {
    const { inside } = this.input.schedule;
    const [first, ...others] = inside;
    if (!block || first !== block.axis) {
      this.over(inside, at, write);
      return;
    }
    this.b.for("i", 0, block.count, 1, (i) => {
      const here = this.b.let("at", plus(block.first, i));
      this.over(others, placed(at, first, here), write);
    });
  }

  /** Which tiles the rows make: whole ones, and one of those that remain, which may be wider. */
  private rowsOf(block: Block | undefined): Rows {
    const { row } = this.input.plan;
    if (row === undefined) return { whole: undefined, rest: [1], restAt: i32(0), left: undefined };
    const rows = row === block?.axis ? block.count : this.extent(row);
    const { tileRows } = this.input.schedule;
    const known = knownI32(rows);
    if (known === undefined) {
      const whole = this.b.let("whole", wholeOf(rows, tileRows));
      const left = this.b.let("rest", minus(rows, whole));
      return {
        whole: (write) => this.b.for("r", 0, whole, tileRows, (r) => write(r, tileRows)),
        rest: Array.from({ length: tileRows - 1 }, (_, i) => i + 1),
        restAt: whole,
        left,
      };
    }
    const whole = known - (known % tileRows);
    const rest = known - whole;
    // Three rows are enough for a panel by themselves: it is read once for all.
    const isApart = rest > 0 && (rest < 3 || whole === 0);
    return {
      whole:
        whole === 0
          ? undefined
          : (write) => {
              this.b.for("r", 0, whole, tileRows, (r) => write(r, tileRows));
              if (rest > 0 && !isApart) write(i32(whole), rest);
            },
      rest: isApart ? [rest] : [],
      restAt: i32(whole),
      left: undefined,
    };
  }

  /** Columns of a tile of few rows: several panels side by side, so that enough sums are in flight. */
  private widths(rows: number): readonly number[] {
    const { b, lane, element } = this.input.plan;
    if (rows === 1 && !b.panel) return [this.widthOfOneRow(), panelWidth];
    const inStep = !b.panel || b.panel.axis !== lane || typeof b.panel.stride === "number";
    const panels = inStep ? (panelsOfRows[element][rows] ?? 1) : 1;
    return panels === 1 ? [panelWidth] : [panels * panelWidth, panelWidth];
  }

  private widthOfOneRow(): number {
    const { lane, element } = this.input.plan;
    const columns = knownI32(this.extent(lane));
    const [usual, wide] = widthsOfOneRow[element];
    const isWide = columns !== undefined && Math.ceil(columns / wide) < Math.ceil(columns / usual);
    return isWide ? wide : usual;
  }
}

/** Columns of a tile of one row where there are no panels: what leaves fewer tiles, calls being a good part of them. */
const widthsOfOneRow = { f32: [24, 28], f64: [16, 24] } as const;

/** Some positions of the blocked axis. */
interface Block {
  readonly axis: number;
  readonly first: LoopExpr;
  readonly count: LoopExpr;
}

interface Rows {
  /** Loops over the tiles that go with others through a panel. */
  readonly whole: ((write: (row: LoopExpr, count: number) => void) => void) | undefined;
  /** Possible numbers of rows that remain, and where they begin. */
  readonly rest: readonly number[];
  readonly restAt: LoopExpr;
  /** How many remain, where only a run can tell. */
  readonly left: LoopExpr | undefined;
}

/** How many panels a tile of so many rows reads side by side. */
const panelsOfRows: Readonly<Record<TileElement, Readonly<Record<number, number>>>> = {
  f32: { 1: 3, 2: 2 },
  f64: { 1: 2 },
};

const placed = (at: Position, axis: number, value: LoopExpr): Position => {
  const next = [...at];
  next[axis] = value;
  return next;
};

/** Blocks of at most `limit` positions. */
function overBlocks(
  b: FuncBuilder,
  positions: LoopExpr,
  limit: number,
  write: (first: LoopExpr, count: LoopExpr) => void,
): void {
  const known = knownI32(positions);
  if (known !== undefined) {
    const whole = known - (known % limit);
    b.for("m", 0, whole, limit, (m) => write(m, i32(limit)));
    if (known > whole) write(i32(whole), i32(known - whole));
    return;
  }
  b.for("m", 0, positions, limit, (m) => {
    const left = b.let("left", minus(positions, m));
    write(m, b.let("count", select(compare("lt", left, i32(limit)), left, i32(limit))));
  });
}

/** As much of a number as steps of this size fill. */
const wholeOf = (count: LoopExpr, step: number): LoopExpr =>
  (step & (step - 1)) === 0
    ? binary("and", count, i32(-step))
    : minus(count, binary("rem", count, i32(step)));

/** Columns in tiles of these widths, widest first, then what remains: exact, never masked. */
function overLanes(
  b: FuncBuilder,
  columns: LoopExpr,
  widths: readonly number[],
  write: (start: LoopExpr, vectors: number, tail: number) => void,
): void {
  const known = knownI32(columns);
  const widest = widths[0]!;
  if (known !== undefined) {
    const whole = known - (known % widest);
    b.for("c", 0, whole, widest, (c) => write(c, widest / 4, 4));
    const rest = known - whole;
    if (rest > 0) write(i32(whole), Math.ceil(rest / 4), rest % 4 === 0 ? 4 : rest % 4);
    return;
  }
  let start: LoopExpr = i32(0);
  for (const width of widths) {
    const end = b.let("whole", wholeOf(columns, width));
    b.for("c", start, end, width, (c) => write(c, width / 4, 4));
    start = end;
  }
  b.for("c", start, columns, 1, (c) => write(c, 1, 1));
}

/** The addresses of a tile's first elements, and what else its function needs. */
function tileArguments(
  input: ContractInput,
  params: KernelParams,
  at: readonly (LoopExpr | undefined)[],
): LoopExpr[] {
  const { plan, epilogue, operands } = input;
  const args = [
    elementAddress(params.out, evaluateForm(plan.out, at, params.sizes), plan.element),
    operandAddress(params.operands[operands[0]]!, plan.a, plan, at, params),
    operandAddress(params.operands[operands[1]]!, plan.b, plan, at, params),
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
  for (const { value } of input.numbers) args.push(value);
  return args;
}

/** In a panel layout the lane's start is a whole number of panels, plus a rest within one. */
function operandAddress(
  base: LoopExpr,
  operand: ContractOperand,
  { lane: laneAxis, element }: ContractPlan,
  at: readonly (LoopExpr | undefined)[],
  params: KernelParams,
): LoopExpr {
  const { form, panel } = operand;
  if (!panel || panel.axis !== laneAxis) {
    return elementAddress(base, evaluateForm(form, at, params.sizes), element);
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
  return elementAddress(base, index, element);
}
