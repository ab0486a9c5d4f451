/** Element-wise operators: what their records have in common. */

import { broadcastShapes } from "./broadcast.ts";
import { arg, type Expr } from "./expr.ts";
import { GradientMath } from "./gradient-math.ts";
import { defineOp, type Gradient, noAttrs, type Op, type OperandSpec, type Sample } from "./op.ts";
import { type DType, printTensorType, type Rule, scalarOf, type TensorType } from "./types.ts";

/** An operand's cotangent before it is summed back: from the result's `g`, the result `y`, the operands. */
export type OperandGradient = <V>(m: GradientMath<V>, g: V, y: V, ...operands: readonly V[]) => V;

export interface Elementwise {
  readonly name: string;
  readonly summary: string;
  readonly notes: string;
  readonly operands: readonly OperandSpec[];
  readonly exposed: Op["exposed"];
  readonly torch: string;
  /** What the operands of one dtype may be, after promotion. */
  readonly takes: readonly DType[];
  /** The result's dtype, or `same` as the last operand's. */
  readonly result: DType | "same";
  /** The value of one element. */
  expr(...operands: readonly Expr[]): Expr;
  /** One rule per operand; undefined where no cotangent flows. */
  readonly gradient: "none" | readonly (OperandGradient | undefined)[];
  readonly samples: readonly Sample[];
}

/** The record of an operator that computes each element of its result from one of each operand. */
export function elementwise(spec: Elementwise): Op {
  return defineOp({
    name: spec.name,
    summary: spec.summary,
    notes: spec.notes,
    operands: spec.operands,
    variadic: false,
    parameters: [],
    parametersAfter: spec.operands.length,
    options: [],
    exposed: spec.exposed,
    torch: spec.torch,
    bind: () => noAttrs,
    type(types, _attrs, rule) {
      checkDTypes(spec, types, rule);
      const shape = broadcastShapes(spec.name, types, rule);
      const last = types[types.length - 1]!;
      const dtype = spec.result === "same" ? last.dtype : spec.result;
      if (shape === last.shape && dtype === last.dtype) return last;
      return { kind: "tensor", dtype, shape };
    },
    gradient: spec.gradient === "none" ? "none" : gradientOf(spec.gradient),
    lower: (types) => ({
      kind: "map",
      expr: spec.expr(...types.map((t, i) => arg(i, scalarOf(t.dtype)))),
    }),
    samples: spec.samples,
  });
}

const gradientOf =
  (rules: readonly (OperandGradient | undefined)[]): Gradient<typeof noAttrs> =>
  ({ build, operands, result, cotangent, wanted }) => {
    const m = new GradientMath(build);
    return operands.map((x, i) => {
      const rule = rules[i];
      if (rule === undefined || !wanted[i]) return undefined;
      return m.sumBack(rule(m, cotangent, result, ...operands), x);
    });
  };

function checkDTypes(spec: Elementwise, types: readonly TensorType[], rule: Rule): void {
  let common: DType | undefined;
  for (let i = 0; i < types.length; i++) {
    const { name, dtype: mode } = spec.operands[i]!;
    const type = types[i]!;
    if (mode === "bool" || mode === "i32" || mode === "f32") {
      if (type.dtype !== mode) {
        rule.fail("dtype", `${spec.name}: ${name} must be ${mode}, not ${printTensorType(type)}`);
      }
      continue;
    }
    if (!spec.takes.includes(type.dtype)) {
      rule.fail(
        "dtype",
        `${spec.name} does not take ${type.dtype}: ${name} is ${printTensorType(type)}${adviceFor(type.dtype)}`,
      );
    }
    if (common !== undefined && type.dtype !== common) {
      rule.fail(
        "dtype",
        `${spec.name}: dtypes differ: ${types.map(printTensorType).join(", ")}; convert one with to()`,
      );
    }
    common = type.dtype;
  }
}

const adviceFor = (dtype: DType): string =>
  dtype === "bool" ? '; convert it with to("i32") or to("f32")' : "";

/** Operand lists that most element-wise operators share. */
export const operandX = (dtype: OperandSpec["dtype"]): readonly OperandSpec[] => [
  { name: "x", doc: "Any shape.", dtype },
];
export const operandsAB = (dtype: OperandSpec["dtype"]): readonly OperandSpec[] => [
  { name: "a", doc: "Broadcast with `b`.", dtype },
  { name: "b", doc: "Broadcast with `a`.", dtype },
];

/** Samples of operators with one operand: plain, symbolic, scalar, empty. */
export const unarySamples = (...dtypes: readonly DType[]): readonly Sample[] =>
  dtypes.flatMap((d) =>
    ["[2,3]", "[B,3]", "[]", "[0,3]"].map((shape) => ({ operands: [d + shape], args: {} })),
  );

/** Samples of operators with two operands: equal, symbolic, broadcast both ways, scalar, empty. */
export const binarySamples = (...dtypes: readonly DType[]): readonly Sample[] =>
  dtypes.flatMap((d) =>
    [
      ["[2,3]", "[2,3]"],
      ["[B,3]", "[3]"],
      ["[B,1]", "[B,4]"],
      ["[1,3]", "[B,1]"],
      ["[2,1]", "[4,1,3]"],
      ["[2,3]", "[]"],
      ["[0,3]", "[1,3]"],
    ].map((shapes) => ({ operands: shapes.map((s) => d + s), args: {} })),
  );
