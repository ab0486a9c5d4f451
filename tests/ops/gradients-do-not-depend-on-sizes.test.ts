// Eager code sees the number 1 where compiled code sees B; the bits of a gradient must not tell them apart.

import { describe, expect, it } from "vitest";
import { GraphRule } from "#glim/compiler/graph/infer.js";
import type { Op, Sample } from "#glim/compiler/ops/op.js";
import { opByName, ops } from "#glim/compiler/ops/registry.js";
import { printTensorType, type TensorType } from "#glim/compiler/ops/types.js";
import { lengthOf, newData } from "./reference-elements.ts";
import { applyOp, type ReferenceTensor, referenceBuilder, strictRule } from "./reference-host.ts";
import {
  concreteArgs,
  concreteType,
  isIndex,
  isSymbolic,
  numbersFrom,
  parseTensor,
  samplePositions,
} from "./sample-call.ts";
import { cotangentsOf, tracedLeaf, tracingBuilder } from "./traced-gradient.ts";

/** Few distinct values with both zeros, whose signs a needless sum would lose. */
function roughData(type: TensorType, next: () => number): ReferenceTensor {
  const data = newData(type.dtype, lengthOf(type.shape));
  const choices = type.dtype === "f32" ? [-0, 0, 1.5, -2.25, 1 / 3] : [0, 1, 0];
  for (let i = 0; i < data.length; i++) data[i] = choices[Math.floor(next() * choices.length)]!;
  return { type, data };
}

const bitsOf = (x: ReferenceTensor | undefined): string =>
  x === undefined
    ? "none"
    : Array.from(x.data, (v) => (Object.is(v, -0) ? "-0" : String(v))).join();

function compare(op: Op, sample: Sample, sizes: ReadonlyMap<string, number>): void {
  const types = sample.operands.map(parseTensor);
  const next = numbersFrom(3);
  const numbers = types.map((t) => concreteType(t, sizes));
  const attrs = op.bind(concreteArgs(sample.args, sizes), numbers, strictRule);
  const operands = numbers.map((t, i) => {
    const x = roughData(t, next);
    if (isIndex(op, i)) x.data.set(samplePositions(numbers, attrs, x.data.length, next));
    return x;
  });
  const result = applyOp(op, operands, attrs);
  if (result.type.dtype !== "f32") return;
  const g = roughData(result.type, next);
  const eager = cotangentsOf(op, referenceBuilder, operands, result, g, attrs);

  const build = tracingBuilder(sizes);
  const leaves = types.map(tracedLeaf);
  const symbolicAttrs = op.bind(sample.args, types, new GraphRule());
  const type = op.type(types, symbolicAttrs, new GraphRule());
  const [y, cotangent] = [tracedLeaf(type), tracedLeaf(type)];
  const traced = cotangentsOf(op, build, leaves, y, cotangent, symbolicAttrs);
  for (const name of build.applied) expect(opByName(name), name).toBeDefined();

  const values = new Map([
    [y, result],
    [cotangent, g],
    ...leaves.map((l, i) => [l, operands[i]!] as const),
  ]);
  traced.forEach((t, i) => {
    if (t !== undefined) expect(printTensorType(t.type)).toBe(printTensorType(types[i]!));
    expect(bitsOf(t?.compute(values))).toBe(bitsOf(eager[i]));
  });
}

const isTraced = (s: Sample): boolean => {
  const types = s.operands.map(parseTensor);
  return types.some(isSymbolic) && types.some((t) => t.dtype === "f32");
};
const differentiable = ops.filter((op) => op.gradient !== "none" && op.samples.some(isTraced));

describe.each(differentiable.map((op) => [op.name, op] as const))("%s", (_name, op) => {
  it.each(
    op.samples
      .filter(isTraced)
      .map((s) => [`${s.operands.join(", ")} ${JSON.stringify(s.args)}`, s] as const),
  )("%s", (_text, sample) => {
    for (const [b, t] of [
      [1, 1],
      [3, 2],
      [1, 4],
    ] as const) {
      compare(
        op,
        sample,
        new Map([
          ["B", b],
          ["T", t],
          ["H", 5],
        ]),
      );
    }
  });
});
