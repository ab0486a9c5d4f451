// A kernel can be right and its use wrong: tensors reach the kernels as objects with getters, views and
// offsets of their own. (argmax once lost its address on the way.)
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Attrs, Op } from "#glim/compiler/ops/op.js";
import { ops } from "#glim/compiler/ops/registry.js";
import { allocate, writeElements } from "#glim/runtime/eager/allocate.js";
import { applyOp } from "#glim/runtime/eager/apply-op.js";
import { EagerTensor } from "#glim/runtime/eager/tensor.js";
import type { ReferenceTensor } from "../ops/reference-host.ts";
import { runSample } from "../ops/sample-call.ts";

/** How a tensor came to be: as a view of a larger one, with its axes in another order in memory. */
interface Origin {
  readonly order: readonly number[];
  readonly offset: number;
}

const originOf = (rank: number): fc.Arbitrary<Origin> =>
  fc.record({
    order: fc.shuffledSubarray(
      Array.from({ length: rank }, (_, i) => i),
      { minLength: rank, maxLength: rank },
    ),
    offset: fc.constantFrom(0, 0, 1, 7),
  });

/** The tensor `x`, as a view where its origin says so. */
function toTensor(x: ReferenceTensor, { order, offset }: Origin): EagerTensor {
  const shape = x.type.shape.map(Number);
  const strides = shape.map(() => 0);
  let step = 1;
  for (const axis of order.toReversed()) {
    strides[axis] = step;
    step *= Math.max(1, shape[axis]!);
  }
  const whole = allocate(x.type.dtype, [offset + x.data.length]);
  const view = new EagerTensor(whole.storage, whole.dtype, shape, strides, offset);
  const values = new Array<number>(offset + x.data.length).fill(1);
  const index = shape.map(() => 0);
  for (const value of x.data) {
    values[index.reduce((at, i, axis) => at + i * strides[axis]!, offset)] = value;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]!++;
      if (index[axis]! < shape[axis]!) break;
      index[axis] = 0;
    }
  }
  writeElements(whole, values);
  return view;
}

/** Bits, with every NaN as one: payloads are no part of the contract. */
const bitsOf = (data: ArrayLike<number>): number[] =>
  Array.from(new Int32Array(Float32Array.from(data, (x) => x).buffer), (bits, i) =>
    Number.isNaN(data[i]) ? 0x7fc00000 : bits,
  );

function check(op: Op, attrs: Attrs, operands: readonly EagerTensor[], wanted: ReferenceTensor) {
  const found = applyOp(op, operands, attrs, wanted.type);
  expect(found.dtype).toBe(wanted.type.dtype);
  expect(found.shape).toEqual(wanted.type.shape);
  const elements = found.toTypedArray();
  if (found.dtype === "f32") expect(bitsOf(elements)).toEqual(bitsOf(wanted.data));
  else expect(Array.from(elements)).toEqual(Array.from(wanted.data));
}

describe.each(ops.map((op) => [op.name, op] as const))("%s", (_name, op) => {
  it.each(
    op.samples.map((s) => [`${s.operands.join(", ")} ${JSON.stringify(s.args)}`, s] as const),
  )("%s", (_text, sample) => {
    const ranks = runSample(op, sample).operands.map((x) => x.type.shape.length);
    const origins = fc.tuple(...ranks.map(originOf));
    fc.assert(
      fc.property(origins, fc.integer({ min: 1, max: 999 }), (given, seed) => {
        const { operands, attrs, result } = runSample(op, sample, seed);
        const tensors = operands.map((x, i) => toTensor(x, given[i]!));
        check(op, attrs, tensors, result);
      }),
      { numRuns: 4 },
    );
  });
});
