/** What a graph module computes for inputs full of special values: passes must not change it. */

import type { Module, Type } from "#glim/compiler/graph/ir.js";
import { evaluateDim } from "#glim/compiler/ops/dim.js";
import type { Evaluator, PassContext } from "#glim/compiler/passes/graph/pass.js";
import { bitsOf } from "../compiled/bits.ts";
import {
  type Apply,
  GraphRun,
  isTensorValue,
  type RunValue,
  Stopped,
} from "../compiled/interpret-graph.ts";
import { plainGraph } from "../compiled/plain-graph.ts";
import { newData, referenceResult } from "../ops/reference-lowering.ts";

const sizes = new Map([["B", 2]]);

const reference: Apply = (op, operands, attrs, result) => {
  const types = operands.map((o) => o.type);
  const data = operands.map((o) => o.data);
  try {
    return referenceResult(op, types, data, attrs, result);
  } catch (error) {
    if (error instanceof RangeError) throw new Stopped("an index lies outside of its axis");
    throw error;
  }
};

const evaluator: Evaluator = {
  evaluate(op, operands, attrs, result) {
    try {
      return reference(op, operands, attrs, result);
    } catch (error) {
      if (error instanceof Stopped) return undefined;
      throw error;
    }
  },
};

/** Passes under test fold with the reference. */
export const context: PassContext = { evaluator };

const special = [1, -0, Number.NaN, 0, -2.5, Number.POSITIVE_INFINITY, 1e-40, 3, -1, 0.1];

function input(type: Type, n: number, numbers: readonly number[]): RunValue {
  if (type.kind === "f64") return numbers[n % numbers.length]!;
  if (type.kind === "bool") return n % 2 === 0;
  if (type.kind !== "tensor") throw new Error(`no argument of type ${type.kind}`);
  const shape = type.shape.map((d) => evaluateDim(d, sizes));
  const data = newData(
    type.dtype,
    shape.reduce((a, b) => a * b, 1),
  );
  for (let i = 0; i < data.length; i++) {
    const x = numbers[(i * 3 + n) % numbers.length]!;
    data[i] = type.dtype === "bool" ? Number(x > 0) : x;
  }
  return { type: { ...type, shape }, data };
}

const printed = (v: RunValue): string => {
  if (typeof v === "number") return bitsOf(Float64Array.of(v)).join();
  return !isTensorValue(v) ? String(v) : `${v.type.dtype}[${v.type.shape}] ${bitsOf(v.data)}`;
};

/**
 * For each entry, the results or the reason for stopping of some calls in a row, and the state after
 * each: the cells of `m`, or those that are named.
 */
export function outcome(
  m: Module,
  cells = [...m.state.keys()],
  numbers: readonly number[] = special,
): readonly string[] {
  const plain = plainGraph(m);
  return plain.funcs
    .filter((f) => f.entry)
    .flatMap((f) => {
      const run = new GraphRun(plain, sizes, reference);
      return [0, 1, 2, 3].map((round) => {
        const args = f.params.map((p, i) => input(p.value.type, round + i, numbers));
        const state = (): string =>
          cells.map((name) => `${name} = ${printed(run.state.get(name)!)}`).join("; ");
        try {
          return `${f.name}: ${run.call(f.name, args).map(printed).join("; ")} with ${state()}`;
        } catch (error) {
          if (error instanceof Stopped)
            return `${f.name}: stopped, ${error.message} with ${state()}`;
          throw error;
        }
      });
    });
}
