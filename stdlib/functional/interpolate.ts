/** Images, signals and volumes in other sizes. */

import { arange } from "../../runtime/eager/primitives.ts";
import { refuse } from "../../runtime/eager/refuse.ts";
import type { AnyTensor, FloatDType } from "../../runtime/eager/tensor-types.ts";
import { adaptiveAvgPool1d, adaptiveAvgPool2d, adaptiveAvgPool3d } from "./adaptive-pooling.ts";
import { clamp } from "./clamp.ts";
import { cubicWeights } from "./cubic-weights.ts";
import { repeatInterleave } from "./repeat.ts";
import { type PerAxis, perAxis } from "./spatial.ts";

type Floats = AnyTensor<FloatDType>;

export type InterpolationMode =
  | "nearest"
  | "nearest-exact"
  | "linear"
  | "bilinear"
  | "bicubic"
  | "trilinear"
  | "area";

export interface InterpolateOptions {
  /** The new sizes; or else `scaleFactor`. */
  readonly size?: PerAxis | undefined;
  /** What the sizes are multiplied by, rounded down. */
  readonly scaleFactor?: PerAxis | undefined;
  /** `nearest` by default. */
  readonly mode?: InterpolationMode;
  /** Whether the outermost elements keep their places, and not the outer edges. */
  readonly alignCorners?: boolean;
}

/** How positions of an axis of the result lie in `x`. */
interface Axis {
  readonly axis: number;
  readonly size: number;
  readonly alignCorners: boolean;
  /** The distance of two neighbours. */
  readonly step: number;
  /** The factor, where it is given. */
  readonly factor: number | undefined;
}

/** `x: [batch, channels, …]` with other sizes on the last axes, one after the other from the last on. */
export function interpolate<D extends FloatDType = "f32">(
  x: AnyTensor<D>,
  options: InterpolateOptions,
): AnyTensor<D>;
export function interpolate(
  x: Floats,
  { size, scaleFactor, mode = "nearest", alignCorners = false }: InterpolateOptions,
): Floats {
  const count = spatialCount(x, mode);
  if ((size === undefined) === (scaleFactor === undefined)) {
    return refuse("argument", "interpolate: give either size or scaleFactor");
  }
  const axes = Array.from({ length: count }, (_, i): Axis => {
    const old = x.shape[i + 2]!;
    const factor = scaleFactor === undefined ? undefined : perAxis(scaleFactor, count)[i]!;
    const wanted =
      factor === undefined ? perAxis(size as PerAxis, count)[i]! : Math.floor(old * factor);
    const step = factor === undefined ? old / wanted : 1 / factor;
    return { axis: i + 2, size: wanted, alignCorners, step, factor };
  });
  if (mode === "area") return means(x, axes);
  let result = x;
  for (let i = count - 1; i >= 0; i--) result = along(result, axes[i]!, mode);
  return result;
}

/** How many spatial axes there are; refuses modes that are for other numbers of them. */
function spatialCount(x: Floats, mode: InterpolationMode): number {
  const count = x.rank - 2;
  const fitting = { linear: 1, bilinear: 2, bicubic: 2, trilinear: 3 };
  const wanted =
    mode === "nearest" || mode === "nearest-exact" || mode === "area" ? count : fitting[mode];
  if (count < 1 || count > 3 || wanted !== count) {
    return refuse("shape", `interpolate: mode ${mode} does not fit a tensor of rank ${x.rank}`);
  }
  return count;
}

function means(x: Floats, axes: readonly Axis[]): Floats {
  const [a, b, c] = axes.map(({ size }) => size);
  if (b === undefined) return adaptiveAvgPool1d(x, a!);
  return c === undefined ? adaptiveAvgPool2d(x, [a!, b]) : adaptiveAvgPool3d(x, [a!, b, c]);
}

function along(x: Floats, axis: Axis, mode: InterpolationMode): Floats {
  if (mode === "nearest" || mode === "nearest-exact") return nearest(x, axis, mode);
  return mode === "bicubic" ? cubic(x, axis) : linear(x, axis);
}

function nearest(x: Floats, { axis, size, step, factor }: Axis, mode: InterpolationMode): Floats {
  const isWhole = factor !== undefined && Number.isInteger(factor);
  if (isWhole) return repeatInterleave(x, factor, axis);
  const places = arange(size).to("f32");
  const centers = mode === "nearest" ? places : places.add(0.5);
  return x.take(limited(centers.mul(step).floor(), x.shape[axis]!), axis);
}

/** Positions as whole numbers, moved into the axis. */
const limited = (places: Floats, size: number): AnyTensor<"i32"> =>
  clamp(places.to("i32"), 0, size - 1);

/** Where the positions of the result lie: the centres of cells, or from end to end. */
function sources(x: Floats, { axis, size, alignCorners, step }: Axis): Floats {
  const places = arange(size).to("f32");
  if (!alignCorners) return places.add(0.5).mul(step).sub(0.5);
  return places.mul((x.shape[axis]! - 1) / Math.max(1, size - 1));
}

/** Values for the positions of an axis, shaped to meet `x`. */
const onAxis = (x: Floats, axis: number, values: Floats): Floats =>
  values.reshape([values.shape[0], ...x.shape.slice(axis + 1).map(() => 1)]);

function linear(x: Floats, form: Axis): Floats {
  const { axis } = form;
  const size = x.shape[axis]!;
  const places = clamp(sources(x, form), 0);
  const low = places.floor();
  const weight = onAxis(x, axis, places.sub(low));
  const before = x.take(limited(low, size), axis);
  const after = x.take(limited(low.add(1), size), axis);
  return before.mul(weight.neg().add(1)).add(after.mul(weight));
}

function cubic(x: Floats, form: Axis): Floats {
  const { axis } = form;
  const places = sources(x, form);
  const low = places.floor();
  const parts = cubicWeights(places.sub(low)).map((weight, i) => {
    const taken = x.take(limited(low.add(i - 1), x.shape[axis]!), axis);
    return taken.mul(onAxis(x, axis, weight));
  });
  return parts.slice(1).reduce((sum, part) => sum.add(part), parts[0]!);
}
