// A gradient rule that uses an operator without one of its own loses the second derivative, silently.

import { describe, expect, it } from "vitest";
import type { Attrs, Op, OpBuilder } from "#glim/compiler/ops/op.js";
import { ops } from "#glim/compiler/ops/registry.js";
import { GraphTape } from "../compiled/graph-tape.ts";
import {
  applyOp,
  type ReferenceTensor,
  recordOf,
  referenceBuilder,
  strictRule,
  tensor,
} from "./reference-host.ts";
import { concreteArgs, numbersFrom, sampleData } from "./sample-call.ts";
import { isFollowed, samplesOf, spacedOperands, steps, withElement } from "./spaced-operands.ts";
import { cotangentsOf } from "./traced-gradient.ts";

const step = 2 ** -13;
const tolerance = 3e-6;

/** Records what it computes. */
const recording = (tape: GraphTape): OpBuilder<ReferenceTensor> => ({
  ...referenceBuilder,
  apply(name, operands, attrs) {
    const result = referenceBuilder.apply(name, operands, attrs);
    tape.record({ op: recordOf(name), operands, attrs, result });
    return result;
  },
});

const total = (build: OpBuilder<ReferenceTensor>, x: ReferenceTensor): ReferenceTensor =>
  x.type.shape.length === 0
    ? x
    : build.apply("sum", [x], {
        ...{ axes: x.type.shape.map((_, i) => i), keepDim: false, lanes: 16 },
      });

/** The sum of an operator's gradients, each element with a weight of its own; undefined where none flows. */
function slopeOf(
  build: OpBuilder<ReferenceTensor>,
  op: Op,
  operands: readonly ReferenceTensor[],
  cotangent: ReferenceTensor,
  attrs: Attrs,
): ReferenceTensor | undefined {
  const result = build.apply(op.name, operands, attrs);
  const next = numbersFrom(11);
  return cotangentsOf(op, build, operands, result, cotangent, attrs)
    .filter((c) => c !== undefined)
    .map((c) => {
      const weights = { type: c.type, data: sampleData(c.type, next) };
      return total(build, build.apply("mul", [c, weights], {}));
    })
    .reduce<ReferenceTensor | undefined>(
      (sum, term) => (sum === undefined ? term : build.apply("add", [sum, term], {})),
      undefined,
    );
}

function checkSecond(op: Op, operands: readonly ReferenceTensor[], attrs: Attrs): void {
  const result = applyOp(op, operands, attrs);
  const cotangent = { type: result.type, data: sampleData(result.type, numbersFrom(9)) };
  const tape = new GraphTape();
  // The gradient is linear in the cotangent, which is one more variable.
  const variables = [...operands, cotangent];
  for (const x of variables) if (isFollowed(x.type)) tape.follow(x);
  const slope = slopeOf(recording(tape), op, operands, cotangent, attrs);
  if (slope === undefined) return;
  tape.goBack(referenceBuilder, slope, tensor(slope.type.dtype, [], [1]));
  variables.forEach((x, n) => {
    if (!isFollowed(x.type)) return;
    const { length } = x.data;
    for (let i = 0; i < length; i += Math.max(1, Math.floor(length / 3))) {
      const at = (by: number): number => {
        const moved = variables.with(n, withElement(x, i, by));
        return slopeOf(referenceBuilder, op, moved.slice(0, -1), moved.at(-1)!, attrs)!.data[0]!;
      };
      const difference = (at(step) - at(-step)) / (2 * step);
      const own = tape.cotangentOf(x)?.data[i] ?? 0;
      expect(
        Math.abs(own - difference),
        `variable ${n}, element ${i}: ${own}, ${difference}`,
      ).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(difference)));
    }
  });
}

/** The second derivatives of a product, row by row. */
function curvesOfProduct(numbers: readonly number[]): readonly (readonly number[])[] {
  const prod = recordOf("prod");
  const attrs = { axes: [0], keepDim: false, lanes: 16 };
  const { length } = numbers;
  return numbers.map((_, row) => {
    const x = tensor("f64", [length], [...numbers]);
    const tape = new GraphTape();
    tape.follow(x);
    const build = recording(tape);
    const y = build.apply("prod", [x], attrs);
    const [slope] = cotangentsOf(prod, build, [x], y, tensor("f64", [], [1]), attrs);
    const seed = tensor(
      "f64",
      [length],
      numbers.map((_, i) => Number(i === row)),
    );
    tape.goBack(referenceBuilder, slope!, seed);
    return [...tape.cotangentOf(x)!.data];
  });
}

describe("a product with zeros has the products of all others but two", () => {
  it.each([[[2, 0, 5]], [[0, 0, 5]], [[0, -0, 5, -3]], [[0, 7, 0, 0]]])("%j", (numbers) => {
    const wanted = numbers.map((_, i) =>
      numbers.map((_, j) =>
        i === j ? 0 : numbers.reduce((p, x, k) => (k === i || k === j ? p : p * x), 1),
      ),
    );
    expect(curvesOfProduct(numbers).map((row) => row.map((v) => v + 0))).toEqual(
      wanted.map((row) => row.map((v) => v + 0)),
    );
  });
});

const differentiable = ops.filter(
  (op) => op.gradient !== "none" && op.operands.length > 0 && !steps.includes(op.name),
);

describe.each(differentiable.map((op) => [op.name, op] as const))("%s", (_name, op) => {
  it.each(
    samplesOf(op, 120).map(
      (s) => [`${s.operands.join(", ")} ${JSON.stringify(s.args)}`, s] as const,
    ),
  )("%s", (_text, sample) => {
    const operands = spacedOperands(op, sample);
    const types = operands.map((x) => x.type);
    const attrs = op.bind(concreteArgs(sample.args), types, strictRule);
    if (operands.some((x) => x.data.length === 0)) return;
    // What is rounded to f32 is too coarse for differences of gradients.
    if (op.type(types, attrs, strictRule).dtype === "f64") checkSecond(op, operands, attrs);
  });
});
