/** Gradient rules run on types alone, so that symbols stay symbols; then carried out for given sizes. */

import { GraphRule } from "#glim/compiler/graph/infer.js";
import { DimExpr, evaluateDim } from "#glim/compiler/ops/dim.js";
import type { Attr, Attrs, Op, OpBuilder } from "#glim/compiler/ops/op.js";
import { isFloat, type TensorType, tensorType } from "#glim/compiler/ops/types.js";
import { applyOp, type ReferenceTensor, recordOf, tensor } from "./reference-host.ts";

export interface Traced {
  readonly type: TensorType;
  /** What this is, once the leaves have values. */
  compute(leaves: ReadonlyMap<Traced, ReferenceTensor>): ReferenceTensor;
}

export function tracedLeaf(type: TensorType): Traced {
  const leaf: Traced = {
    type,
    compute(leaves) {
      const value = leaves.get(leaf);
      if (value === undefined) throw new Error("a leaf has no value");
      return value;
    },
  };
  return leaf;
}

function concreteAttr(a: Attr, sizes: ReadonlyMap<string, number>): Attr {
  if (a instanceof DimExpr) return evaluateDim(a, sizes);
  return Array.isArray(a) ? a.map((x: Attr) => concreteAttr(x, sizes)) : a;
}

export const concreteAttrs = (attrs: Attrs, sizes: ReadonlyMap<string, number>): Attrs =>
  Object.fromEntries(Object.entries(attrs).map(([k, a]) => [k, concreteAttr(a, sizes)]));

export interface TracingBuilder extends OpBuilder<Traced> {
  /** The names of the operators applied. */
  readonly applied: readonly string[];
}

export function tracingBuilder(sizes: ReadonlyMap<string, number>): TracingBuilder {
  const applied: string[] = [];
  return {
    applied,
    typeOf: (v) => v.type,
    scalar: (value, dtype) => ({
      type: tensorType(dtype, []),
      compute: () => tensor(dtype, [], [value]),
    }),
    apply(name, operands, attrs) {
      const op = recordOf(name);
      applied.push(name);
      const rule = new GraphRule();
      const type = op.type(
        operands.map((x) => x.type),
        attrs,
        rule,
      );
      const numbers = concreteAttrs(attrs, sizes);
      let known: ReferenceTensor | undefined;
      return {
        type,
        compute(leaves) {
          known ??= applyOp(
            op,
            operands.map((x) => x.compute(leaves)),
            numbers,
          );
          return known;
        },
      };
    },
  };
}

/** The cotangents that a record's rule gives; undefined where none flows. */
export function cotangentsOf<V>(
  op: Op,
  build: OpBuilder<V>,
  operands: readonly V[],
  result: V,
  cotangent: V,
  attrs: Attrs,
): readonly (V | undefined)[] {
  if (op.gradient === "none") return operands.map(() => undefined);
  const wanted = operands.map((x) => isFloat(build.typeOf(x).dtype));
  return op.gradient({ build, operands, result, cotangent, wanted, attrs });
}
