/** The matrix product with batch axes. */

import { broadcastPair } from "./broadcast.ts";
import { type Dim, product } from "./dim.ts";
import { GradientMath } from "./gradient-math.ts";
import { affine, type ContractIndex, fixed, inside } from "./lowering.ts";
import { type Attrs, defineOp, noAttrs } from "./op.ts";
import { printTensorType, type Rule, sumOf, type TensorType } from "./types.ts";

/** Positions in the batch axes of an operand of `shape`, for a result whose batch axes are `batch`. */
function batchIndex(shape: readonly Dim[], batch: readonly Dim[]): ContractIndex[] {
  const leading = batch.length - (shape.length - 2);
  return shape.slice(0, -2).map((size, i) => {
    const repeated = size === 1 && batch[leading + i] !== 1;
    return inside(repeated ? fixed(0) : affine(leading + i));
  });
}

function typeDot(types: readonly TensorType[], rule: Rule): TensorType {
  const [a, b] = [types[0]!, types[1]!];
  const both = (): string => `${printTensorType(a)} · ${printTensorType(b)}`;
  if (a.dtype !== b.dtype) rule.fail("dtype", `dot: dtypes differ: ${both()}`);
  if (sumOf(a.dtype) !== a.dtype) {
    rule.fail("dtype", `dot does not take ${a.dtype}: ${both()}`);
  }
  if (a.shape.length < 2 || b.shape.length < 2) {
    rule.fail("shape", `dot: both operands need at least two axes: ${both()}`);
  }
  const [k, k2] = [a.shape.at(-1)!, b.shape.at(-2)!];
  rule.equal(k, k2, () => `dot: inner sizes ${k} and ${k2} differ: ${both()}`);
  const batch = broadcastPair(
    a.shape.slice(0, -2),
    b.shape.slice(0, -2),
    rule,
    (x, y) => `dot: batch sizes ${x} and ${y} differ: ${both()}`,
  );
  return {
    kind: "tensor",
    dtype: a.dtype,
    shape: [...batch, a.shape.at(-2)!, b.shape.at(-1)!],
  };
}

export const dot = defineOp<Attrs>({
  name: "dot",
  summary: "The matrix product over the last two axes: `[…, M, K] · [… , K, N]` gives `[…, M, N]`.",
  notes:
    "Earlier axes are batch axes and broadcast. Products are added in ascending k in blocks of 512 (the numeric contract, rule 3). Over an inner size of 0 the result is 0.",
  operands: [
    { name: "a", doc: "Two axes or more: rows, inner.", dtype: "sum" },
    { name: "b", doc: "Two axes or more: inner, columns.", dtype: "sum" },
  ],
  variadic: false,
  parameters: [],
  parametersAfter: 2,
  options: [],
  exposed: "internal",
  torch: "matmul",
  bind: () => noAttrs,
  type: (types, _attrs, rule) => typeDot(types, rule),
  gradient({ build, operands, cotangent, wanted }) {
    const m = new GradientMath(build);
    const [a, b] = [operands[0]!, operands[1]!];
    return [
      wanted[0] ? m.sumBack(m.dot(cotangent, m.swapLastTwo(b)), a) : undefined,
      wanted[1] ? gradientOfRight(m, a, b, cotangent) : undefined,
    ];
  },
  lower(types, _attrs, result) {
    const [a, b] = [types[0]!.shape, types[1]!.shape];
    const rank = result.shape.length;
    const batch = result.shape.slice(0, -2);
    const [row, column, inner] = [rank - 2, rank - 1, rank].map((i) => inside(affine(i)));
    return {
      kind: "contract",
      out: result.shape,
      reduce: [a.at(-1)!],
      a: [...batchIndex(a, batch), row!, inner!],
      b: [...batchIndex(b, batch), inner!, column!],
      result: result.shape.map((_, i) => affine(i)),
    };
  },
  samples: [
    { operands: ["f32[2,3]", "f32[3,4]"], args: {} },
    { operands: ["f32[B,3]", "f32[3,4]"], args: {} },
    { operands: ["f32[B,5,3]", "f32[3,4]"], args: {} },
    { operands: ["f32[2,1,5,3]", "f32[4,3,2]"], args: {} },
    { operands: ["f32[5,3]", "f32[B,3,4]"], args: {} },
    { operands: ["f32[B,2,3]", "f32[1,3,2]"], args: {} },
    { operands: ["f32[2,1100]", "f32[1100,2]"], args: {} },
    { operands: ["i32[2,3]", "i32[3,2]"], args: {} },
    { operands: ["f32[2,0]", "f32[0,3]"], args: {} },
    { operands: ["f32[0,3]", "f32[3,2]"], args: {} },
  ],
});

/**
 * aᵀ · g, summed over the batch axes that b lacks. Where b is one matrix for all of the batch, rows of
 * the whole batch are contracted at once instead: the same sum, without a product per batch element.
 */
function gradientOfRight<V>(m: GradientMath<V>, a: V, b: V, g: V): V {
  if (m.rankOf(b) > 2 || m.rankOf(a) === 2) return m.sumBack(m.dot(m.swapLastTwo(a), g), b);
  const flat = (x: V): V => {
    const shape = m.shapeOf(x);
    return m.reshape(x, [product(shape.slice(0, -1)), shape.at(-1)!]);
  };
  return m.dot(m.swapLastTwo(flat(a)), flat(g));
}
