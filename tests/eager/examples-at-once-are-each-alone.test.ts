// `vmap` runs an operator on all examples at once: each must get the bits that it gets alone, whichever
// operands are its own, or a model that is mapped is another model.

import { describe, expect, it } from "vitest";
import type { Attrs, Op } from "#glim/compiler/ops/op.js";
import { ops } from "#glim/compiler/ops/registry.js";
import { allocate, writeElements } from "#glim/runtime/eager/allocate.js";
import { applyOp, eagerRule } from "#glim/runtime/eager/apply-op.js";
import { mapExamples } from "#glim/runtime/eager/map-examples.js";
import { type EagerTensor, isTensor } from "#glim/runtime/eager/tensor.js";
import type { ReferenceTensor } from "../ops/reference-host.ts";
import { runSample } from "../ops/sample-call.ts";

const made = (x: ReferenceTensor): EagerTensor =>
  writeElements(allocate(x.type.dtype, x.type.shape.map(Number)), Array.from(x.data));

function together(xs: readonly EagerTensor[]): EagerTensor {
  const [{ dtype, shape }] = xs as readonly [EagerTensor];
  const elements = xs.flatMap((x) => Array.from(x.toTypedArray()));
  return writeElements(allocate(dtype, [xs.length, ...shape]), elements);
}

/** Bits, with every NaN as one: payloads are no part of the contract. */
const bitsOf = (x: EagerTensor): unknown => [
  x.dtype,
  [...x.shape],
  Array.from(x.toTypedArray(), (e) => (Object.is(e, -0) ? "-0" : String(e))),
];

const run = (op: Op, operands: readonly EagerTensor[], attrs: Attrs): EagerTensor =>
  applyOp(op, operands, attrs, op.type(operands, attrs, eagerRule));

function tensors(xs: readonly unknown[]): EagerTensor[] {
  return xs.filter(isTensor);
}

/** All ways to choose some of `count` operands. */
const choices = (count: number): readonly (readonly boolean[])[] =>
  Array.from({ length: 2 ** count - 1 }, (_, n) =>
    Array.from({ length: count }, (_, i) => (((n + 1) >> i) & 1) === 1),
  );

const mappable = ops.filter((op) => op.operands.length > 0 && op.name !== "randomWords");

describe.each(mappable.map((op) => [op.name, op] as const))("%s", (_name, op) => {
  it.each(
    op.samples.map((s) => [`${s.operands.join(", ")} ${JSON.stringify(s.args)}`, s] as const),
  )("%s", (_text, sample) => {
    for (const count of [1, 3]) {
      const each = Array.from({ length: count }, (_, i) => runSample(op, sample, i + 1));
      const own = each.map((call) => call.operands.map(made));
      const { attrs } = each[0]!;
      for (const chosen of choices(sample.operands.length)) {
        const operands = (i: number) => chosen.map((c, k) => own[c ? i : 0]![k]!);
        const wanted = together(own.map((_, i) => run(op, operands(i), attrs)));
        const given = chosen.map((c, k) => (c ? together(own.map((x) => x[k]!)) : own[0]![k]!));
        const found = mapExamples(
          (...args) => run(op, tensors(args), attrs),
          given,
          chosen.map((c) => (c ? 0 : null)),
          0,
        );
        expect(bitsOf(found), `${count} examples, ${chosen}`).toEqual(bitsOf(wanted));
      }
    }
  });
});
