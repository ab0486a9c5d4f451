/** Runs the calls of samples eagerly. */

import * as glim from "glim";
import type { Program } from "./mapping.ts";
import type { SampleTensor } from "./samples.ts";

/** A result in parts: tensors as elements and sizes, numbers and booleans as they are. */
export interface Leaf {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

const names = Object.keys(glim);
const values = Object.values(glim);

export const runEagerly = (program: Program): readonly Leaf[] =>
  leavesOf(compute(program, program.inputs.map(toTensor)));

/** The call's result for other tensors in the places of its inputs. */
export function compute(
  { inputs, expression }: Program,
  tensors: readonly glim.AnyTensor[],
): unknown {
  const parameters = inputs.map((_, i) => `x${i}`);
  // Types stand only where functions declare parameters.
  const code = expression.replaceAll(/: AnyTensor(<"\w+">)?(?=[,)])|(?<=\])!/g, "");
  const run = new Function(...names, ...parameters, `return (${code});`);
  return run(...values, ...tensors);
}

/** The tensors of a result in the order of lists and of fields. */
export function tensorsOf(v: unknown): readonly glim.AnyTensor[] {
  if (isEager(v)) return [v];
  return typeof v === "object" && v !== null ? Object.values(v).flatMap(tensorsOf) : [];
}

export function toTensor({ dtype, shape, data }: SampleTensor): glim.AnyTensor {
  if (data instanceof Float32Array) return glim.tensor(data, shape);
  const whole = glim.tensor(Int32Array.from(data), shape);
  return dtype === "bool" ? whole.to("bool") : whole;
}

/** The parts of a result in the order of lists and of fields. */
export function leavesOf(v: unknown): readonly Leaf[] {
  if (typeof v === "number") return [{ dtype: "number", shape: [], data: [v] }];
  if (typeof v === "boolean") return [{ dtype: "bool", shape: [], data: [Number(v)] }];
  if (isEager(v)) return [{ dtype: v.dtype, shape: [...v.shape], data: v.toTypedArray() }];
  if (typeof v !== "object" || v === null) throw new Error(`a result of ${String(v)}`);
  return Object.values(v).flatMap(leavesOf);
}

const isEager = (v: unknown): v is glim.AnyTensor =>
  typeof v === "object" && v !== null && "toTypedArray" in v;
