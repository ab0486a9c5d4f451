/** Plans that depend on sizes and strides: made for each combination, kept while they are few. */

import type { Kernels } from "../kernels.ts";
import type { Strided } from "../strided.ts";
import { type Plan, planAt } from "./plan.ts";

/** What a planned call points at: an operand by its number, the result, or scratch memory. */
export type Target = number;
export const resultTarget: Target = -1;
export const scratchTarget: Target = -2;

/** One call of a kernel that reads a plan. */
export interface PlannedCall {
  readonly words: Int32Array;
  /** Words that hold addresses: `bytes` from the start of a target. */
  readonly pointers: readonly {
    readonly word: number;
    readonly target: Target;
    readonly bytes: number;
  }[];
  readonly run: (k: Kernels) => void;
}

export interface PlannedCalls {
  readonly calls: readonly PlannedCall[];
  /** Bytes of scratch memory that they use together. */
  readonly scratchBytes: number;
}

/** Sizes of one program are few; a program whose sizes never repeat must not fill memory. */
const mostPlans = 200;

export function planPerShape(
  k: Kernels,
  make: (operands: readonly Strided[], out: Strided) => PlannedCalls,
): Plan {
  const made = new Map<string, PlannedCalls>();
  return (operands, out) => {
    const key = shapesKey(operands, out);
    let planned = made.get(key);
    if (planned === undefined) {
      planned = make(operands, out);
      if (made.size >= mostPlans) made.clear();
      made.set(key, planned);
    }
    const scratch = planned.scratchBytes > 0 ? k.scratch(planned.scratchBytes) : 0;
    runCalls(k, planned.calls, operands, out, scratch);
  };
}

export function runCalls(
  k: Kernels,
  calls: readonly PlannedCall[],
  operands: readonly Strided[],
  out: Strided,
  scratch: number,
): void {
  const at = planAt(k);
  const { i32 } = k;
  for (const { words, pointers, run } of calls) {
    i32.set(words, at);
    for (const { word, target, bytes } of pointers) {
      i32[at + word] = addressOf(target, operands, out, scratch) + bytes;
    }
    run(k);
  }
}

function addressOf(
  target: Target,
  operands: readonly Strided[],
  out: Strided,
  scratch: number,
): number {
  if (target >= 0) return operands[target]!.address;
  return target === resultTarget ? out.address : scratch;
}

function shapesKey(operands: readonly Strided[], out: Strided): string {
  let key = "";
  for (let i = 0; i < operands.length; i++) {
    const x = operands[i]!;
    for (let j = 0; j < x.shape.length; j++) key += `${x.shape[j]!},`;
    if (!x.dense) for (let j = 0; j < x.strides.length; j++) key += `:${x.strides[j]!}`;
    key += ";";
  }
  for (let j = 0; j < out.shape.length; j++) key += `${out.shape[j]!},`;
  return key;
}
