/**
 * Element-wise computations as words: constants, and the steps that an interpreter runs over blocks of
 * elements. Values have numbers: operands, then axes, then constants, then places of steps' results.
 */

import type { Value } from "../graph/ir.ts";
import type { Expr, ScalarType } from "../ops/expr.ts";
import { placeResults, StepList, type StepValue } from "../ops/expr-steps.ts";
import { kernelMap } from "../ops/program-format.ts";
import { mapName } from "./kernel-keys.ts";
import type { ProgramTables } from "./program-tables.ts";
import { WordWriter } from "./word-writer.ts";

const scalarCodes: ReadonlyMap<ScalarType, number> = new Map(
  (["f32", "i32", "bool", "f64", "i64"] as const).map((type, code) => [type, code]),
);

/** The code of a type that steps compute with. */
export function scalarCode(type: ScalarType): number {
  const code = scalarCodes.get(type);
  if (code === undefined) throw new Error(`packages have no ${type}`);
  return code;
}

/** Collects what one operation computes, of one or several expressions that read each other. */
export class StepEncoder {
  readonly operands: Value[] = [];
  readonly axes: number[] = [];
  readonly #list = new StepList();

  /** The value of an operand that lies in memory. */
  operand(v: Value, type: ScalarType): StepValue {
    const known = this.operands.indexOf(v);
    const index = known >= 0 ? known : this.operands.push(v) - 1;
    return { from: "input", index, type };
  }

  add(
    expr: Expr,
    argument: (index: number, type: ScalarType) => StepValue,
    axisOf: (axis: number) => number,
  ): StepValue {
    // Axes come after all operands, of which there may be more: they count from −1 downwards until then.
    const position = (axis: number): StepValue => {
      const own = axisOf(axis);
      const known = this.axes.indexOf(own);
      const place = known >= 0 ? known : this.axes.push(own) - 1;
      return { from: "input", index: -1 - place, type: "i32" };
    };
    return this.#list.add(expr, argument, position);
  }

  /** `v` is the result. */
  end(v: StepValue): void {
    this.#list.end(v);
  }

  /** How many constants there are, then the type and the two words of each. */
  constantWords(): readonly number[] {
    const words = new WordWriter();
    words.add(this.#list.constants.length);
    for (const { type, value } of this.#list.constants) {
      words.add(scalarCode(type));
      if (typeof value === "bigint") {
        words.add(Number(BigInt.asUintN(32, value)), Number(BigInt.asUintN(32, value >> 32n)));
      } else words.addNumber(value);
    }
    return words.words;
  }

  /** How many steps there are, then of each: its kernel, the place of its result, what it reads. */
  stepWords(tables: ProgramTables): readonly number[] {
    const { steps, constants } = this.#list;
    const places = placeResults(steps);
    const firstConstant = this.operands.length + this.axes.length;
    const numberOf = ({ from, index }: StepValue): number => {
      if (from === "constant") return firstConstant + index;
      if (from === "step") return firstConstant + constants.length + places[index]!;
      return index >= 0 ? index : this.operands.length - 1 - index;
    };
    const words = steps.flatMap(({ key, operands }, i) => [
      tables.kernel(kernelMap, mapName(key)),
      places[i]!,
      ...operands.map(numberOf),
    ]);
    return [steps.length, ...words];
  }
}
