/**
 * Owns sizes that only a run tells. Where a number that is computed at run time is asked for as a size, a
 * `bind` node gives it a name; the same number has one name as far as that is visible.
 */

import type ts from "typescript";
import { openSize } from "../graph/heap-types.ts";
import { f64Type, type Type, type Value } from "../graph/ir.ts";
import { addSizesOfType } from "../graph/sizes.ts";
import { type Dim, type DimExpr, symbol, symbolsOf } from "../ops/dim.ts";
import { type TensorType, tensorType } from "../ops/types.ts";
import type { Block, Definitions } from "./block.ts";
import type { Context } from "./context.ts";

const mostSize = 0x7fffffff;

interface Bound {
  readonly dim: DimExpr;
  /** Defined where the size is bound, and so visible where the size is. */
  readonly mark: Value;
}

export class RunSizes {
  readonly #definitions: Definitions;
  readonly #ofNumbers = new WeakMap<Value, Bound[]>();
  readonly #marks = new Map<string, Value>();

  /** Stands for any size, in what entries give back. */
  readonly open: DimExpr = openSize;

  constructor(definitions: Definitions) {
    this.#definitions = definitions;
  }

  /** The size that `number` is known as at the end of `block`. */
  known(number: Value, block: Block): DimExpr | undefined {
    const all = this.#ofNumbers.get(number) ?? [];
    return all.find(({ mark }) => this.#definitions.isVisible(mark, block))?.dim;
  }

  add(name: string, number: Value, block: Block): DimExpr {
    const dim = symbol(name);
    const mark = this.#definitions.define(f64Type, block.place);
    this.#marks.set(name, mark);
    this.#ofNumbers.set(number, [...(this.#ofNumbers.get(number) ?? []), { dim, mark }]);
    return dim;
  }

  /** How many sizes have been bound so far. */
  get count(): number {
    return this.#marks.size;
  }

  has(name: string): boolean {
    return this.#marks.has(name);
  }

  /** Whether every size that `type` mentions is visible at the end of `block`. */
  isTypeVisible(type: Type, block: Block): boolean {
    const names = new Set<string>();
    addSizesOfType(type, names);
    return this.#areVisible(names, block);
  }

  isDimVisible(dim: Dim, block: Block): boolean {
    return this.#areVisible(symbolsOf(dim), block);
  }

  #areVisible(names: ReadonlySet<string>, block: Block): boolean {
    return [...names].every((name) => {
      const mark = this.#marks.get(name);
      return mark === undefined || this.#definitions.isVisible(mark, block);
    });
  }

  /** The type with the sizes that only a run tells left open. */
  opened({ dtype, shape }: TensorType): TensorType {
    const isOfRun = (d: Dim): boolean => [...symbolsOf(d)].some((name) => this.#marks.has(name));
    return tensorType(
      dtype,
      shape.map((d) => (isOfRun(d) ? this.open : d)),
    );
  }

  /** Whether `type` mentions a size that only the run tells. */
  isOfRun(type: Type): boolean {
    const names = new Set<string>();
    addSizesOfType(type, names);
    return [...names].some((name) => this.#marks.has(name));
  }
}

/** The number as a size; `what` it is for, the message says where it is none. */
export function bindSize(cx: Context, number: Value, what: string, node: ts.Node): DimExpr {
  const { runSizes, tables } = cx.unit;
  const known = runSizes.known(number, cx.block);
  if (known !== undefined) return known;
  let count = 1;
  while (tables.sizes.has(`n${count}`)) count++;
  const name = `n${count}`;
  // Other bounds than a parameter's keep parameters of later entries from having the name.
  tables.sizes.set(name, { name, min: 0, max: mostSize });
  const message = `${what} must be a whole number from 0 to ${mostSize}`;
  cx.emit("bind", [number], { name, message }, [], node);
  return runSizes.add(name, number, cx.block);
}
