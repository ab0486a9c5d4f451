/** Where this language gives something else than TorchScript, and what; docs/torchscript.md says why. */

import { expect } from "vitest";

/** A tensor as the programs of TorchScript have it. */
export interface TensorText {
  readonly tensor: unknown;
  readonly dtype: string;
  readonly shape: readonly number[];
}
export type Given =
  | number
  | string
  | null
  | boolean
  | readonly Given[]
  | TensorText
  | { [k: string]: Given };

/** A run of a program that TorchScript refuses. */
export interface OwnRun {
  readonly args: readonly Given[];
  readonly gives: unknown;
}

export interface Difference {
  readonly own?: readonly OwnRun[];
  /** What runs give here, by their numbers. */
  readonly results?: Readonly<Record<number, unknown>>;
  /** Numbers that TorchScript computed with another library: equal but for the last places. */
  readonly isClose?: boolean;
  /** A plain run checks nothing where the program's types promise. */
  readonly onlyCompiled?: boolean;
}

export const differences: Readonly<Record<string, Difference>> = {
  loop_carried_type_error: {
    own: [{ args: [{ tensor: 2, dtype: "float32", shape: [] }], gives: 1 }],
  },
  optional_attr_not_refined: {
    own: [
      {
        args: [{ tensor: [2], dtype: "float32", shape: [1] }],
        gives: { data: [2], shape: [1] },
      },
    ],
  },
  empty_list_is_tensor_list: { own: [{ args: [], gives: [1] }] },
  sorted_key_rejected: {
    own: [
      { args: [[2, 10, -1, 2.5]], gives: [10, 2.5, 2, -1] },
      { args: [[]], gives: [] },
    ],
  },
  kwonly_default_rejected: {
    own: [
      { args: [1], gives: 6 },
      { args: [1, { k: 2 }], gives: 3 },
    ],
  },
  dict_expansion_rejected: { own: [{ args: [], gives: { a: 1 } }] },
  union_bad_arg: { onlyCompiled: true },
  dict_missing_key: { onlyCompiled: true },
  named_tuple: { results: { 0: { 0: 4, 1: 2.5, 2: { x: 1, y: 0.5 } } } },
  int64_wrap: { results: { 0: { 0: 2 ** 63, 1: 2 ** 62 } } },
  float_math: { isClose: true },
  /** With the gradients, which TorchScript's are beside the result. */
  grad_through_loop_and_if: {
    results: {
      0: {
        value: { data: [1.1042228937149048], shape: [] },
        slope: {
          data: [expect.closeTo(5.615577697753906, 5), expect.closeTo(0.5868037343025208, 5)],
          shape: [2],
        },
      },
    },
  },
};

export interface Refused {
  readonly source: string;
  readonly code: string;
}

const model = (body: string): string => `import { script, type Tensor } from "glim";\n${body}\n`;

export const refused: Readonly<Record<string, Refused>> = {
  optional_refine_or_error: {
    code: "GLIM2001",
    source: model(`export const f = script((x: number | null, y: number | null) => {
  if (x === null || y === null) return x + y;
  return 0;
});`),
  },
  tuple_assign_rejected: {
    code: "GLIM2001",
    source: model(`export const f = script((n: number) => {
  const a: readonly [number, number] = [n, n];
  a[0] = 3;
  return a[0];
});`),
  },
  recursion_error_stack: {
    code: "GLIM1109",
    source: model(`const bad2 = (x: Tensor): Tensor => x.nope();
const bad1 = (x: Tensor): Tensor => bad2(x);
export const f = script((x: Tensor<[2]>) => bad1(x));`),
  },
  try_rejected: {
    code: "GLIM1006",
    source: model(`export const f = script((x: Tensor<[2]>) => {
  try {
    return x;
  } catch {
    return x;
  }
});`),
  },
};
