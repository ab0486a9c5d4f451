/** Owns where the windows of pooling lie when they may end outside the tensor. */

import type { AnyTensor } from "../../runtime/eager/tensor-types.ts";

export interface PoolOptionsOver<Sizes> {
  /** The distance of windows; as large as the window by default. */
  readonly stride?: Sizes | undefined;
  readonly padding?: Sizes;
  /** Whether a window may begin in the tensor and end outside. */
  readonly ceilMode?: boolean;
}

interface WindowForm {
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
}

/** How many positions the last axes lack, so that windows that begin in the tensor end in it. */
export function surplus(
  x: AnyTensor,
  kernel: readonly number[],
  { stride, padding, dilation }: WindowForm,
): readonly number[] {
  return kernel.map((k, i) => {
    const step = stride[i]!;
    const margin = padding[i]!;
    const reach = dilation[i]! * (k - 1) + 1;
    // Every window begins before the end, whatever the size: no size needs to be known.
    if (step + margin <= reach) return step - 1;
    const size = x.shape[x.rank - kernel.length + i]!;
    const last = Math.ceil((size + 2 * margin - reach) / step) * step;
    const begins = last >= size + margin ? last - step : last;
    return Math.max(0, begins + reach - size - 2 * margin);
  });
}

/** Widths for `pad` that frame the last axes, one entry of `before` and `after` for each. */
export function frame(
  x: AnyTensor,
  before: readonly number[],
  after: readonly number[],
): readonly (readonly [number, number])[] {
  const leading = x.rank - before.length;
  return x.shape.map((_, i): readonly [number, number] =>
    i < leading ? [0, 0] : [before[i - leading]!, after[i - leading]!],
  );
}
