/** Max pooling that says where the greatest elements lie, and its inverse. */

import { arange, full } from "../../runtime/eager/primitives.ts";
import { demand, refuse } from "../../runtime/eager/refuse.ts";
import type { AnyTensor, Tensor } from "../../runtime/eager/tensor-types.ts";
import { withGradient } from "../../runtime/eager/with-gradient.ts";
import type { MaxPool1dOptions, MaxPool2dOptions, MaxPool3dOptions } from "./max-pooling.ts";
import { frame, surplus } from "./pool-windows.ts";
import { type Pair, type PerAxis, perAxis, type Single, type Triple } from "./spatial.ts";

export interface PooledWithIndices {
  readonly values: Tensor;
  /** Positions in the pooled axes, as if they were one. */
  readonly indices: AnyTensor<"i32">;
}

/** `maxPool1d`, and where the greatest elements lie. */
export function maxPool1dWithIndices(
  x: Tensor,
  kernel: Single,
  options: MaxPool1dOptions = {},
): PooledWithIndices {
  return pooled(x, perAxis(kernel, 1), options);
}

/** `maxPool2d`, and where the greatest elements lie. */
export function maxPool2dWithIndices(
  x: Tensor,
  kernel: Pair,
  options: MaxPool2dOptions = {},
): PooledWithIndices {
  return pooled(x, perAxis(kernel, 2), options);
}

/** `maxPool3d`, and where the greatest elements lie. */
export function maxPool3dWithIndices(
  x: Tensor,
  kernel: Triple,
  options: MaxPool3dOptions = {},
): PooledWithIndices {
  return pooled(x, perAxis(kernel, 3), options);
}

interface AnyPoolOptions {
  readonly stride?: PerAxis | undefined;
  readonly padding?: PerAxis;
  readonly dilation?: PerAxis;
  readonly ceilMode?: boolean;
}

function pooled(
  x: Tensor,
  kernel: readonly number[],
  { stride = kernel, padding = 0, dilation = 1, ceilMode = false }: AnyPoolOptions,
): PooledWithIndices {
  const count = kernel.length;
  const leading = x.rank - count;
  const form = {
    stride: perAxis(stride, count),
    padding: perAxis(padding, count),
    dilation: perAxis(dilation, count),
  };
  const missing = ceilMode ? surplus(x, kernel, form) : kernel.map(() => 0);
  const after = form.padding.map((m, i) => m + missing[i]!);
  const whole = x.pad(frame(x, form.padding, after), { value: Number.NEGATIVE_INFINITY });
  let windows: Tensor = whole;
  let flat: AnyTensor<"i32"> | undefined;
  for (let i = 0; i < count; i++) {
    const reach = form.dilation[i]! * (kernel[i]! - 1) + 1;
    const places = Math.floor((whole.shape[leading + i]! - reach) / form.stride[i]!) + 1;
    const starts = arange(places).mul(form.stride[i]!).unsqueeze(-1);
    const elements = starts.add(arange(kernel[i]!).mul(form.dilation[i]!));
    windows = windows.take(elements, leading + 2 * i);
    const inside = elements.sub(form.padding[i]!);
    // [places of the axes before, the places, …, kernel of the axes before, the kernel]
    flat = flat === undefined ? inside : crossed(flat.mul(x.shape[leading + i]!), inside, i);
  }
  const first = Array.from({ length: leading }, (_, i) => i);
  const places = kernel.map((_, i) => leading + 2 * i);
  const together = windows
    .permute([...first, ...places, ...places.map((axis) => axis + 1)])
    .flatten(leading + count);
  const chosen = together.argmax(-1, { keepDim: true });
  const table = flat!.flatten(count).expand(together.shape);
  return {
    values: together.gather(-1, chosen).squeeze(-1),
    indices: table.gather(-1, chosen).squeeze(-1),
  };
}

/** Sums of each position of `axes` axes so far and each of a new one: places first, then kernels. */
function crossed(before: AnyTensor<"i32">, next: AnyTensor<"i32">, axes: number): AnyTensor<"i32"> {
  const places = before.shape.slice(0, axes);
  const kernels = before.shape.slice(axes);
  const none = places.map(() => 1);
  return before
    .reshape([...places, 1, ...kernels, 1])
    .add(next.reshape([...none, next.shape[0], ...none, next.shape[1]]));
}

interface UnpoolOptionsOver<Sizes> {
  readonly stride?: Sizes | undefined;
  readonly padding?: Sizes;
  /** The sizes of the result's pooled axes; by default what the windows need. */
  readonly outputSize?: readonly number[] | undefined;
}
export type MaxUnpool1dOptions = UnpoolOptionsOver<Single>;
export type MaxUnpool2dOptions = UnpoolOptionsOver<Pair>;
export type MaxUnpool3dOptions = UnpoolOptionsOver<Triple>;

/** Zeros, with the values at the positions that `maxPool1dWithIndices` gave. */
export function maxUnpool1d(
  x: Tensor,
  indices: AnyTensor<"i32">,
  kernel: Single,
  options: MaxUnpool1dOptions = {},
): Tensor {
  return unpooled("maxUnpool1d", x, indices, perAxis(kernel, 1), options);
}

/** Zeros, with the values at the positions that `maxPool2dWithIndices` gave. */
export function maxUnpool2d(
  x: Tensor,
  indices: AnyTensor<"i32">,
  kernel: Pair,
  options: MaxUnpool2dOptions = {},
): Tensor {
  return unpooled("maxUnpool2d", x, indices, perAxis(kernel, 2), options);
}

/** Zeros, with the values at the positions that `maxPool3dWithIndices` gave. */
export function maxUnpool3d(
  x: Tensor,
  indices: AnyTensor<"i32">,
  kernel: Triple,
  options: MaxUnpool3dOptions = {},
): Tensor {
  return unpooled("maxUnpool3d", x, indices, perAxis(kernel, 3), options);
}

function unpooled(
  f: string,
  x: Tensor,
  indices: AnyTensor<"i32">,
  kernel: readonly number[],
  { stride = kernel, padding = 0, outputSize }: UnpoolOptionsOver<PerAxis>,
): Tensor {
  const count = kernel.length;
  const leading = x.rank - count;
  if (leading < 0) return refuse("shape", `${f}: takes ${count} axes or more, not ${x.rank}`);
  const [step, margin] = [perAxis(stride, count), perAxis(padding, count)];
  const sizes =
    outputSize === undefined
      ? kernel.map((k, i) => x.shape[leading + i]! * step[i]! + (k - step[i]! - 2 * margin[i]!))
      : outputSize.slice(outputSize.length - count);
  demand(sizes.length === count, `${f}: outputSize has ${sizes.length} sizes, not ${count}`);
  const before = x.shape.slice(0, leading);
  const places = sizes.reduce((a, b) => a * b, 1);
  const zeros = full([...before, places], 0);
  const at = indices.flatten(leading);
  // Windows that overlap have an element in common: each has the gradient of its place.
  const flat = withGradient(
    (values: Tensor) => ({ value: zeros.scatter(-1, at, values), saved: undefined }),
    (_, g) => [g.gather(-1, at)],
    [x.flatten(leading)],
  );
  return flat.reshape([...before, ...sizes]);
}
