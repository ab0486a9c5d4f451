/** Parts of a tensor along its axes: `slice` with strides, and `narrow`, its strict form for users. */

import { Arguments } from "./arguments.ts";
import { demandAtMost } from "./bounds.ts";
import { addDim, type Dim, floorDim, mulDim, subDim } from "./dim.ts";
import { GradientMath } from "./gradient-math.ts";
import { affine, type MoveLowering } from "./lowering.ts";
import { type Argument, type Attrs, defineOp } from "./op.ts";
import { printTensorType, type Rule, type TensorType, tensorType } from "./types.ts";
import { wholePiece } from "./view.ts";

/** `length` positions from `start` on, `step` apart, on every axis. */
export interface SliceAttrs extends Attrs {
  readonly start: readonly Dim[];
  readonly length: readonly Dim[];
  readonly step: readonly number[];
}

interface AxisSlice {
  readonly start: Dim;
  readonly length: Dim;
}

/** Python's meaning of `start:stop:step`. Only numbers are clamped; symbolic bounds must fit. */
function sliceAxis(size: Dim, start: Dim, stop: Dim, step: number): AxisSlice {
  const fromEnd = (d: Dim): Dim => (typeof d === "number" && d < 0 ? addDim(size, d) : d);
  const clamp = (d: Dim): Dim =>
    typeof d === "number" && typeof size === "number" ? Math.min(Math.max(d, 0), size) : d;
  const [from, to] = [clamp(fromEnd(start)), clamp(fromEnd(stop))];
  const length = floorDim(addDim(subDim(to, from), step - 1), step);
  return { start: from, length: typeof length === "number" ? Math.max(length, 0) : length };
}

function bindSlice(
  args: Readonly<Record<string, Argument>>,
  { shape }: TensorType,
  rule: Rule,
): SliceAttrs {
  const given = new Arguments("slice", args, rule);
  const [starts, stops] = [given.list("start"), given.list("stop")];
  const steps = given.has("step") ? given.list("step") : [];
  for (const [name, list] of Object.entries({ start: starts, stop: stops, step: steps })) {
    if (list.length > shape.length) {
      given.fail("argument", `${name} has ${list.length} entries for ${shape.length} axes`);
    }
  }
  const step = shape.map((_, i) => given.whole("step", 1, steps[i] ?? 1));
  const parts = shape.map((size, i) =>
    sliceAxis(
      size,
      given.position("start", starts[i] ?? 0),
      given.position("stop", stops[i] ?? size),
      step[i]!,
    ),
  );
  return { start: parts.map((p) => p.start), length: parts.map((p) => p.length), step };
}

function typeSlice(x: TensorType, { start, length, step }: SliceAttrs, rule: Rule): TensorType {
  const rank = x.shape.length;
  if (start.length !== rank || length.length !== rank || step.length !== rank) {
    rule.fail("argument", `slice: start, length and step need ${rank} entries each`);
  }
  x.shape.forEach((size, i) => {
    const part = (): string =>
      `slice: ${length[i]} positions from ${start[i]} on, ${step[i]} apart, do not fit axis ${i} of ${printTensorType(x)}`;
    demandAtMost(0, start[i]!, rule, part);
    demandAtMost(0, length[i]!, rule, part);
    const last = addDim(start[i]!, mulDim(subDim(length[i]!, 1), step[i]!));
    demandAtMost(addDim(last, 1), size, rule, part);
  });
  return tensorType(x.dtype, length);
}

const lowerSlice = (
  shape: readonly Dim[],
  start: readonly Dim[],
  step: readonly number[],
): MoveLowering =>
  wholePiece(
    shape,
    shape.map((_, i) => affine(i, step[i]!, start[i]!)),
  );

export const slice = defineOp<SliceAttrs>({
  name: "slice",
  summary: "Every `step`-th position from `start` up to `stop` on each axis.",
  notes:
    "As Python's slices with positive steps: negative bounds count from the end, and bounds outside are clamped where sizes are numbers. Where they are symbols the bounds must fit.",
  operands: [{ name: "x", doc: "Any shape and dtype.", dtype: "any" }],
  variadic: false,
  parameters: [
    {
      name: "start",
      type: "readonly (number | null)[]",
      optional: false,
      doc: "The first position on each axis; null for 0. Axes left out are taken whole.",
    },
    {
      name: "stop",
      type: "readonly (number | null)[]",
      optional: false,
      doc: "The position after the last on each axis; null for the end.",
    },
    {
      name: "step",
      type: "readonly (number | null)[]",
      optional: true,
      doc: "The distance of positions on each axis; null for 1.",
    },
  ],
  parametersAfter: 1,
  options: [],
  exposed: "internal",
  torch: "slice",
  bind: (args, [x], rule) => bindSlice(args, x!, rule),
  type: ([x], attrs, rule) => typeSlice(x!, attrs, rule),
  gradient({ build, operands: [x], cotangent, attrs: { start, step } }) {
    const m = new GradientMath(build);
    return [m.unslice(cotangent, start, step, m.shapeOf(x!))];
  },
  lower: (_types, { start, step }, result) => lowerSlice(result.shape, start, step),
  samples: [
    { operands: ["f32[5,6]"], args: { start: [1, 0], stop: [4, 6], step: [1, 2] } },
    { operands: ["f32[B,6]"], args: { start: [null, -3], stop: [null, -1] } },
    { operands: ["i32[7,4]"], args: { start: [1], stop: [100], step: [3] } },
    { operands: ["f32[8]"], args: { start: [1], stop: [6], step: [4] } },
    { operands: ["bool[]"], args: { start: [], stop: [] } },
    { operands: ["f32[5]"], args: { start: [4], stop: [2] } },
  ],
});

export interface NarrowAttrs extends Attrs {
  readonly axis: number;
  readonly start: Dim;
  readonly length: Dim;
}

const startOn = (x: TensorType, { axis, start }: NarrowAttrs): readonly Dim[] =>
  x.shape.map((_, i) => (i === axis ? start : 0));

export const narrow = defineOp<NarrowAttrs>({
  name: "narrow",
  summary: "`length` positions from `start` on along one axis.",
  notes: "Strict: what does not fit is refused, not clamped.",
  operands: [{ name: "x", doc: "Any shape and dtype.", dtype: "any" }],
  variadic: false,
  parameters: [
    { name: "dim", type: "number", optional: false, doc: "The axis." },
    {
      name: "start",
      type: "number",
      optional: false,
      doc: "The first position; a negative one counts from the end.",
      isSize: true,
    },
    { name: "length", type: "number", optional: false, doc: "How many positions.", isSize: true },
  ],
  parametersAfter: 1,
  options: [],
  exposed: "method",
  torch: "narrow",
  bind(args, [x], rule) {
    const given = new Arguments("narrow", args, rule);
    const axis = given.axis("dim", x!.shape.length);
    const start = given.position("start");
    const isFromEnd = typeof start === "number" && start < 0;
    return {
      axis,
      start: isFromEnd ? addDim(x!.shape[axis]!, start) : start,
      length: given.size("length"),
    };
  },
  type([x], { axis, start, length }, rule) {
    const part = (): string =>
      `narrow: ${length} positions from ${start} on do not fit axis ${axis} of ${printTensorType(x!)}`;
    if (axis < 0 || axis >= x!.shape.length) rule.fail("axis", part());
    demandAtMost(0, start, rule, part);
    demandAtMost(0, length, rule, part);
    demandAtMost(addDim(start, length), x!.shape[axis]!, rule, part);
    return tensorType(x!.dtype, x!.shape.with(axis, length));
  },
  gradient({ build, operands, cotangent, attrs }) {
    const m = new GradientMath(build);
    const x = m.typeOf(operands[0]!);
    return [
      m.unslice(
        cotangent,
        startOn(x, attrs),
        x.shape.map(() => 1),
        x.shape,
      ),
    ];
  },
  lower: ([x], attrs, result) =>
    lowerSlice(
      result.shape,
      startOn(x!, attrs),
      x!.shape.map(() => 1),
    ),
  samples: [
    { operands: ["f32[5,6]"], args: { dim: 1, start: 2, length: 3 } },
    { operands: ["f32[B,6]"], args: { dim: -1, start: -2, length: 2 } },
    { operands: ["i32[B,6]"], args: { dim: 1, start: 0, length: 6 } },
    { operands: ["bool[3]"], args: { dim: 0, start: 3, length: 0 } },
  ],
});
