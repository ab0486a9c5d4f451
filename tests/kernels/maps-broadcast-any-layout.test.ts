// Element-wise kernels see operands in place, splatted or copied in blocks; all must give rule 1's bits.

import fc from "fast-check";
import { describe, it } from "vitest";
import { kernelDTypes } from "#glim/compiler/ops/kernel-abi.js";
import { noAttrs, type Op } from "#glim/compiler/ops/op.js";
import { ops } from "#glim/compiler/ops/registry.js";
import { type DType, tensorType } from "#glim/compiler/ops/types.js";
import { kernels } from "#glim/runtime/eager/kernels.js";
import { Refused, strictRule } from "../ops/reference-host.ts";
import { denseLayout, KernelHost, layoutOf, layoutWithin } from "./kernel-host.ts";
import { randomTensor, seeds, shapes, specialShares } from "./values.ts";

const host = new KernelHost(kernels());

/** The kernels' dtypes with which a record takes scalars and lowers them to a map. */
function mapDTypes(op: Op): (readonly DType[])[] {
  let all: (readonly DType[])[] = [[]];
  for (const _ of op.operands) all = all.flatMap((c) => kernelDTypes.map((d) => [...c, d]));
  return all.filter((choice) => {
    try {
      const types = choice.map((d) => tensorType(d, []));
      const attrs = op.bind({}, types, strictRule);
      return op.lower(types, attrs, op.type(types, attrs, strictRule)).kind === "map";
    } catch (error) {
      if (error instanceof Refused) return false;
      throw error;
    }
  });
}

const mapOps = ops
  .filter((op) => op.operands.length > 0 && op.parameters.length === 0 && !op.variadic)
  .flatMap((op) => mapDTypes(op).map((choice) => ({ name: `${op.name} ${choice}`, op, choice })));

/** A shape that broadcasts to `shape`: axes left out in front, others of size 1. */
const broadcastable = (shape: readonly number[]): fc.Arbitrary<number[]> =>
  fc
    .tuple(
      fc.integer({ min: 0, max: shape.length }),
      fc.array(fc.boolean(), { minLength: shape.length, maxLength: shape.length }),
      fc.boolean(),
    )
    .map(([left, ones, isWhole]) =>
      isWhole ? [...shape] : shape.map((d, i) => (ones[i] ? 1 : d)).slice(left),
    );

describe.each(mapOps)("$name", ({ op, choice }) => {
  it("gives the oracle's bits", () => {
    fc.assert(
      fc.property(
        shapes(4, 700).chain((shape) =>
          fc.record({
            shape: fc.constant(shape),
            others: fc.tuple(...choice.slice(1).map(() => broadcastable(shape))),
            first: fc.integer({ min: 0, max: choice.length - 1 }),
            layouts: fc.option(fc.tuple(...choice.map(() => layoutOf(shape.length)))),
            seed: seeds,
            specials: specialShares,
          }),
        ),
        ({ shape, others, first, layouts, seed, specials }) => {
          const given: number[][] = [...others];
          given.splice(first, 0, shape);
          const operands = choice.map((d, i) => randomTensor(d, given[i]!, seed + i, specials));
          const types = operands.map((x) => x.type);
          const attrs = op.bind({}, types, strictRule);
          const placed = operands.map((x, i) =>
            layoutWithin(layouts?.[i] ?? denseLayout, x.type.shape.length),
          );
          host.check(op, operands, attrs, op.type(types, attrs, strictRule), placed);
        },
      ),
      { numRuns: 15 },
    );
  });
});

it.each(["add", "lt", "logicalNot", "where"])("%s goes on through long runs", (name) => {
  const { op, choice } = mapOps.find((m) => m.op.name === name)!;
  const operands = choice.map((d, i) => randomTensor(d, [33_003], i + 1, 5));
  const types = operands.map((x) => x.type);
  host.check(op, operands, noAttrs, op.type(types, noAttrs, strictRule));
});

it.each(["add", "lt", "logicalNot", "where"])("%s reads large transposed operands", (name) => {
  const { op, choice } = mapOps.find((m) => m.op.name === name)!;
  for (const order of [
    [0, 2, 1],
    [2, 0, 1],
    [1, 2, 0],
  ]) {
    const operands = choice.map((d, i) => randomTensor(d, [3, 67, 80], i + 1, 5));
    const types = operands.map((x) => x.type);
    const layouts = operands.map((_, i) => (i === 1 ? denseLayout : { ...denseLayout, order }));
    host.check(op, operands, noAttrs, op.type(types, noAttrs, strictRule), layouts);
  }
});
