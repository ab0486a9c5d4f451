// A wrong gradient trains a wrong model without any error; central differences cannot be fooled.

import { describe, expect, it } from "vitest";
import type { Attrs, Op } from "#glim/compiler/ops/op.js";
import { ops } from "#glim/compiler/ops/registry.js";
import { printTensorType } from "#glim/compiler/ops/types.js";
import {
  applyOp,
  type ReferenceTensor,
  referenceBuilder,
  strictRule,
  tensor,
} from "./reference-host.ts";
import { concreteArgs, numbersFrom, sampleData } from "./sample-call.ts";
import { isFollowed, samplesOf, spacedOperands, steps, withElement } from "./spaced-operands.ts";
import { cotangentsOf } from "./traced-gradient.ts";

/** How far elements are moved, and how far differences may be off then, by the type of the result. */
const precisions = {
  f32: { step: 1 / 128, error: 3e-3 },
  f64: { step: 2 ** -13, error: 3e-6 },
} as const;

const weighted = (y: ReferenceTensor, g: ReferenceTensor): number =>
  Float64Array.from(y.data).reduce(
    (sum, v, i) => (Number.isFinite(v) ? sum + v * g.data[i]! : sum),
    0,
  );

function checkGradient(op: Op, operands: readonly ReferenceTensor[], attrs: Attrs): void {
  const next = numbersFrom(9);
  const result = applyOp(op, operands, attrs);
  const { step, error } = precisions[result.type.dtype === "f32" ? "f32" : "f64"];
  const g = { type: result.type, data: sampleData(result.type, next) };
  const cotangents = cotangentsOf(op, referenceBuilder, operands, result, g, attrs);
  operands.forEach((x, n) => {
    if (!isFollowed(x.type)) return;
    const cotangent = cotangents[n];
    if (cotangent !== undefined) {
      expect(printTensorType(cotangent.type)).toBe(printTensorType(x.type));
    }
    const length = x.data.length;
    for (let i = 0; i < length; i += Math.max(1, Math.floor(length / (length < 100 ? 12 : 4)))) {
      const loss = (by: number): number =>
        weighted(applyOp(op, operands.with(n, withElement(x, i, by)), attrs), g);
      const difference = (loss(step) - loss(-step)) / (2 * step);
      const own = cotangent?.data[i] ?? 0;
      expect(
        Math.abs(own - difference),
        `operand ${n}, element ${i}: ${own}, ${difference}`,
      ).toBeLessThanOrEqual(error * Math.max(1, Math.abs(difference)));
    }
  });
}

const differentiable = ops.filter(
  (op) => op.gradient !== "none" && op.operands.length > 0 && !steps.includes(op.name),
);

describe.each(differentiable.map((op) => [op.name, op] as const))("%s", (_name, op) => {
  const samples = samplesOf(op);

  it.each(samples.map((s) => [`${s.operands.join(", ")} ${JSON.stringify(s.args)}`, s] as const))(
    "%s",
    (_text, sample) => {
      const operands = spacedOperands(op, sample);
      const attrs = op.bind(
        concreteArgs(sample.args),
        operands.map((x) => x.type),
        strictRule,
      );
      checkGradient(op, operands, attrs);
    },
  );
});

it.each(steps)("nothing flows through %s", (name) => {
  const op = ops.find((o) => o.name === name)!;
  const x = tensor("f32", [2], [0.5, 1]);
  expect(cotangentsOf(op, referenceBuilder, [x], x, x, {})).toEqual([undefined]);
});

describe("where a function has no derivative", () => {
  const gradient = (name: string, xs: readonly ReferenceTensor[], args = {}): number[][] => {
    const op = ops.find((o) => o.name === name)!;
    const attrs = op.bind(
      args,
      xs.map((x) => x.type),
      strictRule,
    );
    const y = applyOp(op, xs, attrs);
    const g = { type: y.type, data: new Float32Array(y.data.length).fill(1) };
    return cotangentsOf(op, referenceBuilder, xs, y, g, attrs).map((c) => [...(c?.data ?? [])]);
  };
  const row = (...values: number[]): ReferenceTensor => tensor("f32", [values.length], values);

  it("the magnitude's gradient at 0 is 0", () => {
    expect(gradient("abs", [row(-2, 0, 3)])).toEqual([[-1, 0, 1]]);
  });

  it("ties of maximum and minimum halve the cotangent", () => {
    expect(gradient("maximum", [row(1, 2, 3), row(2, 2, 2)])).toEqual([
      [0, 0.5, 1],
      [1, 0.5, 0],
    ]);
    expect(gradient("minimum", [row(1, 2, 3), row(2, 2, 2)])).toEqual([
      [1, 0.5, 0],
      [0, 0.5, 1],
    ]);
  });

  it("ties of a reduction share the cotangent", () => {
    expect(gradient("max", [row(3, 1, 3)])).toEqual([[0.5, 0, 0.5]]);
    expect(gradient("min", [row(3, 1, 1)], { keepDim: true })).toEqual([[0, 0.5, 0.5]]);
  });

  it("products with zeros get the products of the others", () => {
    expect(gradient("prod", [row(2, 0, 5)])).toEqual([[0, 10, 0]]);
    expect(gradient("prod", [row(2, 0, 0)])).toEqual([[0, 0, 0]]);
  });

  it("max-pooling gives all of the cotangent to the first of ties, and to NaN", () => {
    expect(gradient("maxPool", [row(1, 1, 2, Number.NaN)], { kernel: [2] })).toEqual([
      [1, 0, 0, 1],
    ]);
    const least = Number.NEGATIVE_INFINITY;
    expect(gradient("maxPool", [row(least, least)], { kernel: [2], padding: 1 })).toEqual([[1, 1]]);
    expect(gradient("maxPool", [row(5, 0, 0)], { kernel: [3], padding: 1, stride: 1 })).toEqual([
      [2, 1, 0],
    ]);
  });
});
