/**
 * Element-wise computations as words: constants, and the steps that an interpreter runs over blocks of
 * elements. Values have numbers: operands, then axes, then constants, then places of steps' results.
 */

import type { Value } from "../graph/ir.ts";
import { arg, convert, type Expr, type ScalarType } from "../ops/expr.ts";
import { placeResults, StepList, type StepValue } from "../ops/expr-steps.ts";
import { tensorCodes } from "../ops/kernel-abi.ts";
import { withoutNarrow } from "../ops/narrow-integers.ts";
import { kernelMap } from "../ops/program-format.ts";
import { isNarrow } from "../ops/types.ts";
import { mapName } from "./kernel-keys.ts";
import type { ProgramTables } from "./program-tables.ts";
import { WordWriter } from "./word-writer.ts";

/** The code of a type that steps compute with: that of a dtype, and 4 for i64. */
export const scalarCode = (type: ScalarType): number => (type === "i64" ? 4 : tensorCodes[type]);

const dtypeOf = (v: Value): ScalarType | undefined =>
  v.type.kind === "tensor" ? v.type.dtype : undefined;

function noPosition(): never {
  throw new Error("a conversion reads no position");
}

/** Collects what one operation computes, of one or several expressions that read each other. */
export class StepEncoder {
  readonly operands: Value[] = [];
  readonly axes: number[] = [];
  readonly #list = new StepList();
  /** Operands of eight bits, as i32. */
  readonly #read = new Map<number, StepValue>();

  /** The value of an operand that lies in memory. */
  operand(v: Value, type: ScalarType): StepValue {
    const known = this.operands.indexOf(v);
    const index = known >= 0 ? known : this.operands.push(v) - 1;
    const given = dtypeOf(v) ?? type;
    const input: StepValue = { from: "input", index, type: given };
    if (!isNarrow(given)) return input;
    const read = this.#read.get(index) ?? this.#convert(input, "i32");
    this.#read.set(index, read);
    return read;
  }

  /** One step that converts. */
  #convert(v: StepValue, to: ScalarType): StepValue {
    return this.#list.add(convert(arg(0, v.type), to), () => v, noPosition);
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
    return this.#list.add(withoutNarrow(expr), argument, position);
  }

  /** `v` is the result, of this dtype. */
  end(v: StepValue, type: ScalarType): void {
    this.#list.end(isNarrow(type) ? this.#convert(v, type) : v);
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
