/** What the operations of a program are written of: registers, sizes, and where elements lie. */

import { tensorOf, type Value } from "../graph/ir.ts";
import { addDim, type Dim } from "../ops/dim.ts";
import { type Affine, fixed } from "../ops/lowering.ts";
import { opMap } from "../ops/program-format.ts";
import type { StepEncoder } from "./encode-steps.ts";
import type { ProgramTables } from "./program-tables.ts";

export interface OperatorScope {
  readonly tables: ProgramTables;
  reg(v: Value): number;
  emit(op: number, words: readonly number[]): void;
}

export class OperatorWords {
  readonly #scope: OperatorScope;

  constructor(scope: OperatorScope) {
    this.#scope = scope;
  }

  size(d: Dim): number {
    return this.#scope.tables.sizes.add(d);
  }

  sizes(dims: readonly Dim[]): number[] {
    return dims.map((d) => this.size(d));
  }

  /** Rank and sizes. */
  shape(v: Value): number[] {
    const { shape } = tensorOf(v);
    return [shape.length, ...this.sizes(shape)];
  }

  /** A position over `count` axes: a flag, the offset, what each axis adds. */
  place({ terms, offset }: Affine, count: number, flag: boolean): number[] {
    const by = new Array<Dim>(count).fill(0);
    for (const t of terms) by[t.axis] = addDim(by[t.axis]!, t.by);
    return [flag ? 1 : 0, this.size(offset), ...this.sizes(by)];
  }

  places(list: readonly Affine[], count: number): number[] {
    return [list.length, ...list.flatMap((index) => this.place(index, count, false))];
  }

  /** As `places`, where one dimension has its position from a tensor. */
  indexed(list: readonly (Affine | "index")[], count: number): number[] {
    const places = list.flatMap((index) =>
      index === "index" ? this.place(fixed(0), count, true) : this.place(index, count, false),
    );
    return [list.length, ...places];
  }
}

/** An element-wise operation, whose steps are complete. */
export function emitMap(scope: OperatorScope, result: Value, steps: StepEncoder): void {
  const { shape } = tensorOf(result);
  scope.emit(opMap, [
    scope.reg(result),
    steps.operands.length,
    ...steps.operands.map((v) => scope.reg(v)),
    steps.axes.length,
    ...steps.axes,
    ...steps.constantWords(),
    shape.length,
    ...shape.map((d) => scope.tables.sizes.add(d)),
    ...steps.stepWords(scope.tables),
  ]);
}
