/**
 * Rule 5 of docs/numerics.md, once for the eager tape and the compiler: what one operation contributes
 * to the cotangents of its operands, in which order, and how contributions are added.
 */

import { type Attrs, noAttrs, type Op, type OpBuilder } from "./op.ts";

/** Where contributions go. */
export interface Contributions<V> {
  /** Whether a cotangent is asked for: a float that depends on what is differentiated for. */
  isActive(v: V): boolean;
  contribute(v: V, cotangent: V): void;
}

export interface Operation<V> {
  readonly op: Op;
  readonly operands: readonly V[];
  readonly attrs: Attrs;
  readonly result: V;
}

/** Goes back through one operation, whose result has a cotangent: contributes in operand order. */
export function reverseOperation<V>(
  build: OpBuilder<V>,
  { op, operands, attrs, result }: Operation<V>,
  cotangent: V,
  to: Contributions<V>,
): void {
  if (op.gradient === "none") return;
  const wanted = operands.map((x) => to.isActive(x));
  const cotangents = op.gradient({ build, operands, result, cotangent, wanted, attrs });
  operands.forEach((x, i) => {
    const own = cotangents[i];
    if (wanted[i] && own !== undefined) to.contribute(x, own);
  });
}

/** The first contribution is taken as it is; later ones are added to what there is. */
export const addContribution = <V>(build: OpBuilder<V>, sum: V | undefined, next: V): V =>
  sum === undefined ? next : build.apply("add", [sum, next], noAttrs);

/** Whether anything can flow from an operation's result back to its operands. */
export const isDifferentiable = (op: Op, dtype: string): boolean =>
  op.gradient !== "none" && dtype === "f32";
