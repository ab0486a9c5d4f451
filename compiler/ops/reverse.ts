/**
 * Rule 5 of docs/numerics.md, once for the eager tape and the compiler: what one operation contributes
 * to the cotangents of its operands, and how contributions are added.
 */

import { type Attrs, noAttrs, type Op, type OpBuilder } from "./op.ts";
import { isFloat } from "./types.ts";

export interface Operation<V> {
  readonly op: Op;
  readonly operands: readonly V[];
  readonly attrs: Attrs;
  readonly result: V;
}

/**
 * What an operation contributes to each operand whose cotangent is wanted, given that of its result.
 * Contributions are added in the order of the operands.
 */
export function contributionsOf<V>(
  build: OpBuilder<V>,
  { op, operands, attrs, result }: Operation<V>,
  cotangent: V,
  wanted: readonly boolean[],
): readonly (V | undefined)[] {
  if (op.gradient === "none") return [];
  const cotangents = op.gradient({ build, operands, result, cotangent, wanted, attrs });
  return operands.map((_, i) => (wanted[i] ? cotangents[i] : undefined));
}

/** The first contribution is taken as it is; later ones are added to what there is. */
export const addContribution = <V>(build: OpBuilder<V>, sum: V | undefined, next: V): V =>
  sum === undefined ? next : build.apply("add", [sum, next], noAttrs);

/** Whether anything can flow from an operation's result back to its operands. */
export const isDifferentiable = (op: Op, dtype: string): boolean =>
  op.gradient !== "none" && isFloat(dtype);
