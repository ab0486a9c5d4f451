/** Where this language gives something else than TorchScript, and what; docs/torchscript.md says why. */

export interface Difference {
  /** What runs give here, by their numbers. */
  readonly results?: Readonly<Record<number, unknown>>;
  /** Numbers that TorchScript computed with another library: equal but for the last places. */
  readonly isClose?: boolean;
  /** A plain run checks nothing where the program's types promise. */
  readonly onlyCompiled?: boolean;
}

export const differences: Readonly<Record<string, Difference>> = {
  loop_carried_type_error: {},
  optional_attr_not_refined: {},
  empty_list_is_tensor_list: {},
  sorted_key_rejected: {},
  kwonly_default_rejected: {},
  dict_expansion_rejected: {},
  union_bad_arg: { onlyCompiled: true },
  dict_missing_key: { onlyCompiled: true },
  raise_custom_message: { onlyCompiled: true },
  named_tuple: { results: { 0: { 0: 4, 1: 2.5, 2: { x: 1, y: 0.5 } } } },
  int64_wrap: { results: { 0: { 0: 2 ** 63, 1: 2 ** 62 } } },
  float_math: { isClose: true },
  tensor_index_mix: {
    results: {
      0: {
        0: { data: [0, 4, 8, 12, 16, 20], shape: [2, 3, 1] },
        1: { data: [4, 6, 8, 10, 16, 18, 20, 22], shape: [2, 2, 2] },
        2: { data: [12, 16, 20], shape: [3] },
        4: { data: [0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 15, 20, 21, 22, 23], shape: [2, 2, 4] },
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
