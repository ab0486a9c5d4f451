/** Tensors one after another along an axis. */

import { Arguments } from "./arguments.ts";
import { addDim, type Dim, mulDim } from "./dim.ts";
import { GradientMath } from "./gradient-math.ts";
import { affine, type MovePiece } from "./lowering.ts";
import { type Attrs, defineOp } from "./op.ts";
import { printTensorType, type Rule, type TensorType, tensorType } from "./types.ts";

export interface AxisAttrs extends Attrs {
  readonly axis: number;
}

function typeCat(types: readonly TensorType[], axis: number, rule: Rule): TensorType {
  const first = types[0]!;
  const rank = first.shape.length;
  if (axis < 0 || axis >= rank) {
    rule.fail("axis", `cat: axis ${axis} does not fit ${printTensorType(first)}`);
  }
  let shape: readonly Dim[] = first.shape;
  for (const t of types.slice(1)) {
    const both = (): string => `${printTensorType(first)}, ${printTensorType(t)}`;
    if (t.dtype !== first.dtype) rule.fail("dtype", `cat: dtypes differ: ${both()}`);
    if (t.shape.length !== rank) rule.fail("shape", `cat: ranks differ: ${both()}`);
    shape = shape.map((size, i) =>
      i === axis
        ? addDim(size, t.shape[i]!)
        : rule.equal(
            size,
            t.shape[i]!,
            () => `cat: sizes ${size} and ${t.shape[i]} of axis ${i} differ: ${both()}`,
          ),
    );
  }
  return tensorType(first.dtype, shape);
}

/** Where each operand starts along the axis. */
function startsOf(shapes: readonly (readonly Dim[])[], axis: number): Dim[] {
  let at: Dim = 0;
  return shapes.map((shape) => {
    const start = at;
    at = addDim(at, shape[axis]!);
    return start;
  });
}

export const cat = defineOp<AxisAttrs>({
  name: "cat",
  summary: "The tensors one after another along an axis.",
  notes: "All sizes but that of the axis must be equal; dtypes are promoted to one.",
  operands: [{ name: "tensors", doc: "At least one, of equal rank.", dtype: "same" }],
  variadic: true,
  parameters: [{ name: "dim", type: "number", optional: true, doc: "The axis; 0 by default." }],
  parametersAfter: 1,
  options: [],
  exposed: "function",
  torch: "cat",
  bind(args, types, rule) {
    const given = new Arguments("cat", args, rule);
    return { axis: given.axis("dim", types[0]!.shape.length, given.get("dim") ?? 0) };
  },
  type: (types, { axis }, rule) => typeCat(types, axis, rule),
  gradient({ build, operands, cotangent, wanted, attrs: { axis } }) {
    const m = new GradientMath(build);
    const shapes = operands.map((x) => m.shapeOf(x));
    const starts = startsOf(shapes, axis);
    return shapes.map((shape, n) =>
      wanted[n]
        ? m.slice(
            cotangent,
            shape.map((_, i) => (i === axis ? starts[n]! : 0)),
            shape,
            shape.map(() => 1),
          )
        : undefined,
    );
  },
  lower(types, { axis }, result) {
    const shapes = types.map((t) => t.shape);
    const starts = startsOf(shapes, axis);
    const pieces = shapes.map((shape, operand): MovePiece => {
      const start = starts[operand]!;
      return {
        operand,
        from: shape.map((_, i) => (i === axis ? start : 0)),
        to: result.shape.map((size, i) => (i === axis ? addDim(start, shape[i]!) : size)),
        index: shape.map((_, i) => (i === axis ? affine(i, 1, mulDim(start, -1)) : affine(i))),
      };
    });
    return { kind: "move", form: "pieces", pieces, fill: undefined };
  },
  samples: [
    { operands: ["f32[2,3]", "f32[4,3]"], args: {} },
    { operands: ["f32[B,3]", "f32[B,1]", "f32[B,2]"], args: { dim: -1 } },
    { operands: ["i32[2]"], args: { dim: 0 } },
    { operands: ["bool[2]", "bool[0]"], args: { dim: 0 } },
    { operands: ["f32[B,2]", "f32[T,2]"], args: { dim: 0 } },
  ],
});
