/** Reductions over axes: what their records have in common. */

import { Arguments } from "./arguments.ts";
import type { Dim } from "./dim.ts";
import { lanesOf } from "./gradient-math.ts";
import type { Attrs, Op, ParameterSpec, Sample } from "./op.ts";
import { type DType, printTensorType, type Rule, type TensorType } from "./types.ts";

export interface ReductionAttrs extends Attrs {
  /** Ascending. */
  readonly axes: readonly number[];
  readonly keepDim: boolean;
  /** Partial sums kept: fixed here, so that no later change of layout or rank changes the bits. */
  readonly lanes: 1 | 16;
}

export const dimParameter: ParameterSpec = {
  name: "dim",
  type: "number | readonly number[]",
  optional: true,
  doc: "The axis or axes to reduce; all of them when left out. Negative ones count from the end.",
};

export const keepDimOption: ParameterSpec = {
  name: "keepDim",
  type: "boolean",
  optional: true,
  doc: "Keeps each reduced axis with size 1.",
};

/** What all reductions over any axes share. */
export const reductionCall = {
  variadic: false,
  parameters: [dimParameter],
  parametersAfter: 1,
  options: [keepDimOption],
} satisfies Partial<Op>;

export const bindReduction =
  (op: string) =>
  (args: Parameters<Op["bind"]>[0], [x]: readonly TensorType[], rule: Rule): ReductionAttrs => {
    const given = new Arguments(op, args, rule);
    const rank = x!.shape.length;
    const axes = given.axes("dim", rank);
    return { axes, keepDim: given.flag("keepDim", false), lanes: lanesOf(rank, axes) };
  };

/** The shape that is left when `axes` are reduced. */
export const reducedShape = (
  shape: readonly Dim[],
  axes: readonly number[],
  keepDim: boolean,
): readonly Dim[] =>
  keepDim
    ? shape.map((d, i) => (axes.includes(i) ? 1 : d))
    : shape.filter((_, i) => !axes.includes(i));

export const typeReduction =
  (op: string, takes: readonly DType[]) =>
  (
    [x]: readonly TensorType[],
    { axes, keepDim }: { readonly axes: readonly number[]; readonly keepDim: boolean },
    rule: Rule,
  ): TensorType => {
    if (!takes.includes(x!.dtype)) {
      rule.fail(
        "dtype",
        `${op} does not take ${x!.dtype}: x is ${printTensorType(x!)}; convert it with to("f32")`,
      );
    }
    const rank = x!.shape.length;
    if (axes.some((a, i) => a < 0 || a >= rank || (i > 0 && a <= axes[i - 1]!))) {
      rule.fail("axis", `${op}: axes [${axes}] do not fit ${printTensorType(x!)}`);
    }
    return { kind: "tensor", dtype: x!.dtype, shape: reducedShape(x!.shape, axes, keepDim) };
  };

/** Over all axes, one, several, kept; symbolic, scalar and empty operands. */
export const reductionSamples = (...dtypes: readonly DType[]): readonly Sample[] =>
  dtypes.flatMap((d) => [
    { operands: [`${d}[2,3]`], args: {} },
    { operands: [`${d}[B,3]`], args: { dim: -1 } },
    { operands: [`${d}[B,3]`], args: { dim: 0, keepDim: true } },
    { operands: [`${d}[2,3,4,5]`], args: { dim: [1, 3] } },
    { operands: [`${d}[3,1,4]`], args: { dim: [1, 0], keepDim: true } },
    { operands: [`${d}[]`], args: {} },
    { operands: [`${d}[0,3]`], args: { dim: 0 } },
  ]);
