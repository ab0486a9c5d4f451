/** Functions of one example, run on many at once. */

import { mapExamples } from "../../runtime/eager/map-examples.ts";
import type { AnyTensor, DType } from "../../runtime/eager/tensor-types.ts";

export interface VmapOptions {
  /** Along which axis each argument has its examples; null: all examples share it. One for all, or one each. */
  readonly inAxes?: number | readonly (number | null)[];
  /** Along which axis the results have the examples; 0 by default. */
  readonly outAxes?: number;
}

/** What a function of one example takes and gives, for many. */
export type Many<T> =
  T extends AnyTensor<infer D extends DType>
    ? AnyTensor<D>
    : T extends (...args: never[]) => unknown
      ? T
      : T extends object
        ? { [K in keyof T]: Many<T[K]> }
        : T;

/**
 * The function that runs `f`, which is written for one example, on many at once. Examples cannot part:
 * what `f` does must not depend on the elements of one.
 */
export function vmap<A extends unknown[], R>(
  f: (...args: A) => R,
  options: VmapOptions = {},
): (...args: { [K in keyof A]: Many<A[K]> }) => Many<R> {
  const { inAxes = 0, outAxes = 0 } = options;
  const run = f as (...args: unknown[]) => R;
  return (...args) => {
    const axes = args.map((_, i) => (typeof inAxes === "number" ? inAxes : inAxes[i]));
    return mapExamples(run, args, axes, outAxes) as Many<R>;
  };
}
