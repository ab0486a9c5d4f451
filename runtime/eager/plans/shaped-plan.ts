/** Plans that depend on sizes and strides: made for each combination, kept while they are few. */

import type { Kernels } from "../kernels.ts";
import type { Strided } from "../strided.ts";
import { type Plan, planAt } from "./plan.ts";

/** One call of a kernel that reads a plan. */
export interface PlannedCall {
  readonly words: Int32Array;
  /** Words that hold addresses: that of an operand (−1: the result), `bytes` from its start. */
  readonly pointers: readonly {
    readonly word: number;
    readonly operand: number;
    readonly bytes: number;
  }[];
  readonly run: (k: Kernels) => void;
}

/** Sizes of one program are few; a program whose sizes never repeat must not fill memory. */
const mostPlans = 200;

export function planPerShape(
  k: Kernels,
  make: (operands: readonly Strided[], out: Strided) => readonly PlannedCall[],
): Plan {
  const made = new Map<string, readonly PlannedCall[]>();
  return (operands, out) => {
    const key = shapesKey(operands, out);
    let calls = made.get(key);
    if (calls === undefined) {
      calls = make(operands, out);
      if (made.size >= mostPlans) made.clear();
      made.set(key, calls);
    }
    const at = planAt(k);
    for (const { words, pointers, run } of calls) {
      const { i32 } = k;
      i32.set(words, at);
      for (const { word, operand, bytes } of pointers) {
        i32[at + word] = (operand < 0 ? out : operands[operand]!).address + bytes;
      }
      run(k);
    }
  };
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
