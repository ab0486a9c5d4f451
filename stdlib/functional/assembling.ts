/** Tensors made of parts of others: blocks, choices, sums to other sizes. */

import { cat, full, where } from "../../runtime/eager/primitives.ts";
import { refuse } from "../../runtime/eager/refuse.ts";
import type { AnyTensor, DType, FloatDType } from "../../runtime/eager/tensor-types.ts";
import { axisOf } from "./axis.ts";
import { meshgrid } from "./creation.ts";
import { stack } from "./join.ts";
import { norm } from "./statistics.ts";

type Floats = AnyTensor<FloatDType>;

/** Matrices along the diagonal of a matrix of zeros. Lists are rows, single values are 1 × 1. */
export function blockDiag<D extends DType>(blocks: readonly AnyTensor<D>[]): AnyTensor<D> {
  const matrices = blocks.map((x) => {
    if (x.rank > 2) refuse("shape", `blockDiag: a tensor of rank ${x.rank} is no matrix`);
    return x.rank === 2 ? x : x.reshape([1, -1]);
  });
  let columns = 0;
  for (const matrix of matrices) columns += matrix.shape[1];
  const rows: AnyTensor<D>[] = [];
  let before = 0;
  for (const matrix of matrices) {
    const after = columns - before - matrix.shape[1];
    rows.push(
      matrix.pad([
        [0, 0],
        [before, after],
      ]),
    );
    before += matrix.shape[1];
  }
  return cat(rows, 0);
}

export interface CombinationsOptions {
  /** Whether an element may be chosen several times; false by default. */
  readonly withReplacement?: boolean;
}

/** All choices of `r` elements of a list, in the order of their positions: a row each. */
export function combinations<D extends DType = "f32">(
  x: AnyTensor<D>,
  r = 2,
  { withReplacement = false }: CombinationsOptions = {},
): AnyTensor<D> {
  if (x.rank !== 1) refuse("shape", `combinations: a tensor of rank ${x.rank} is no list`);
  let choices: readonly (readonly number[])[] = [[]];
  for (let i = 0; i < r; i++) {
    const longer: (readonly number[])[] = [];
    for (const choice of choices) {
      const last = i === 0 ? 0 : choice[i - 1]! + (withReplacement ? 0 : 1);
      for (let next = last; next < x.shape[0]; next++) longer.push([...choice, next]);
    }
    choices = longer;
  }
  if (choices.length === 0) return full([0, r], 0, x.dtype);
  const rows = choices.map((choice) => stack(choice.map((i) => x.narrow(0, i, 1).reshape([]))));
  return stack(rows);
}

/** `x` with the slices along the axis `dim` whose norm is above `limit` scaled down to it. */
export function renorm<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  p: number,
  dim: number,
  limit: number,
): AnyTensor<D>;
export function renorm(x: Floats, p: number, dim: number, limit: number): Floats {
  const axis = axisOf("renorm", dim, x.rank);
  const others: number[] = [];
  for (let i = 0; i < x.rank; i++) if (i !== axis) others.push(i);
  const length = norm(x, others, { p, keepDim: true });
  // PyTorch's own bound on what is divided by.
  return x.mul(where(length.gt(limit), full([], limit).div(length.add(1e-7)), 1));
}

/** Sums over the axes along which a tensor of `shape` would be repeated to the sizes of `x`. */
export function sumToSize<D extends "f32" | "i32" = "f32">(
  x: AnyTensor<D>,
  shape: readonly number[],
): AnyTensor<D> {
  const more = x.rank - shape.length;
  if (more < 0) refuse("shape", `sumToSize: [${shape}] has more axes than [${x.shape}]`);
  const axes: number[] = [];
  for (let i = 0; i < x.rank; i++) {
    if (i < more || shape[i - more] === 1) axes.push(i);
  }
  const sum = axes.length === 0 ? x : x.sum(axes, { keepDim: true });
  return sum.reshape(shape).to(x.dtype);
}

/** All choices of an element of each list, the last list running fastest: a row each. */
export function cartesianProd<D extends DType>(lists: readonly AnyTensor<D>[]): AnyTensor<D> {
  const [first] = lists;
  if (first === undefined) return refuse("argument", "cartesianProd: there are no lists");
  if (lists.some((x) => x.rank !== 1)) {
    return refuse("shape", "cartesianProd: takes lists, not tensors of other ranks");
  }
  if (lists.length === 1) return first;
  return stack(meshgrid(lists), -1).reshape([-1, lists.length]);
}

export interface SequenceOptions {
  /** Whether sequences run along the first axis of the result; otherwise along the second. */
  readonly batchFirst?: boolean;
  /** What stands after the end of the shorter ones; 0 by default. */
  readonly value?: number;
}

/** Sequences of different lengths beside each other, filled up to the longest. */
export function padSequence<D extends DType>(
  sequences: readonly AnyTensor<D>[],
  { batchFirst = false, value = 0 }: SequenceOptions = {},
): AnyTensor<D> {
  if (sequences.length === 0) return refuse("argument", "padSequence: there are no sequences");
  if (sequences.some((x) => x.rank === 0)) {
    return refuse("shape", "padSequence: a single value is no sequence");
  }
  let longest = 0;
  for (const x of sequences) longest = Math.max(longest, x.shape[0]);
  const filled = sequences.map((x) => {
    const none = x.shape.slice(1).map((): readonly [number, number] => [0, 0]);
    return x.pad([[0, longest - x.shape[0]], ...none], { value });
  });
  return stack(filled, batchFirst ? 0 : 1);
}
