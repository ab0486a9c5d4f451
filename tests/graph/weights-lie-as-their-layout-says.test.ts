// Kernels read packed weights at places that they compute from the layout alone: one element that lies elsewhere,
// or a block that is not filled up with zeros, gives wrong numbers and no error.

import { expect, it } from "vitest";
import { type Layout, parseLayout, strides } from "#glim/compiler/graph/layout.js";
import { relayout } from "#glim/compiler/graph/relayout.js";

/** Where the element of an index belongs: the sum over the physical dimensions. */
function placeOf(index: readonly number[], layout: Layout, shape: readonly number[]): number {
  const steps = strides(layout, shape).map(Number);
  return layout.reduce((place, p, i) => {
    const at = index[p.axis]!;
    const part =
      p.part === "whole" ? at : p.part === "outer" ? Math.floor(at / p.size) : at % p.size;
    return place + part * steps[i]!;
  }, 0);
}

function indexOf(element: number, shape: readonly number[]): readonly number[] {
  let rest = element;
  return shape.reduceRight<number[]>((index, size) => {
    index.unshift(rest % size);
    rest = Math.floor(rest / size);
    return index;
  }, []);
}

const cases: readonly (readonly [layout: string, shape: readonly number[]])[] = [
  ["{}", []],
  ["{1,0}", [3, 5]],
  ["{1/8,0,1%8}", [5, 19]],
  ["{0/8,1,0%8}", [19, 5]],
  ["{0/4,2,3,1,0%4}", [6, 3, 2, 2]],
  ["{0,2,3,1^4}", [2, 3, 2, 2]],
  ["{1%4,0,1/4}", [3, 10]],
  ["{0/8,0%8}", [0]],
];

it.each(cases)("%s of %j", (text, shape) => {
  const layout = parseLayout(text);
  const length = shape.reduce((n, d) => n * d, 1);
  const data = Float32Array.from({ length }, (_, i) => i + 1);
  const moved = relayout(data, shape, layout);
  const expected = new Float32Array(moved.length);
  data.forEach((x, i) => {
    expected[placeOf(indexOf(i, shape), layout, shape)] = x;
  });
  expect(moved).toEqual(expected);
});
