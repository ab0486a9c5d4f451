/** Frames around tensors. */

import { cat, pad as padConstant } from "../../runtime/eager/primitives.ts";
import { demand, refuse } from "../../runtime/eager/refuse.ts";
import type { AnyTensor, DType } from "../../runtime/eager/tensor-types.ts";
import { whenKnown } from "../../runtime/eager/when-known.ts";

/** Positions before and after the elements of an axis; negative ones leave elements out. */
export type Widths = readonly (readonly [before: number, after: number])[];

export interface PadOptions {
  /** What a `constant` frame holds; 0 by default. */
  readonly value?: number;
  /**
   * `constant`; `reflect`: the elements beside the edge, mirrored; `replicate`: those at the edge; `circular`:
   * those at the other end.
   */
  readonly mode?: "constant" | "reflect" | "replicate" | "circular";
}

/** The tensor in a frame: one pair of widths for each axis, in the order of the axes. */
export function pad<D extends DType = "f32">(
  x: AnyTensor<D>,
  widths: Widths,
  { value = 0, mode = "constant" }: PadOptions = {},
): AnyTensor<D> {
  if (widths.length !== x.rank) {
    return refuse(
      "argument",
      `pad: widths needs one pair per axis: ${widths.length} for ${x.rank}`,
    );
  }
  const inner = crop(x, widths);
  if (mode === "constant") return padConstant(inner, widths.map(grown), { value });
  inner.shape.forEach((size, axis) => {
    for (const width of grown(widths[axis]!)) demandElements(mode, width, size);
  });
  let result = inner;
  for (let axis = 0; axis < x.rank; axis++) {
    const [before, after] = grown(widths[axis]!);
    if (before !== 0 || after !== 0) result = extend(result, axis, [before, after], mode);
  }
  return result;
}

/** Frames of the elements beside them need as many; no frame needs none. */
function demandElements(mode: string, width: number, size: number): void {
  if (whenKnown(width) === "compiling" && width === 0) return;
  if (mode === "reflect") demand(width < size, `pad: reflects ${width} of ${size} positions`);
  if (mode === "circular") demand(width <= size, `pad: repeats ${width} of ${size} positions`);
}

const grown = ([before, after]: readonly [number, number]): readonly [number, number] => [
  isNegative(before) ? 0 : before,
  isNegative(after) ? 0 : after,
];

/** Sizes that are not known yet are never negative. */
const isNegative = (n: number): boolean => whenKnown(n) === "compiling" && n < 0;

/** Leaves out what negative widths take away. */
function crop<D extends DType>(x: AnyTensor<D>, widths: Widths): AnyTensor<D> {
  let result = x;
  for (let axis = 0; axis < x.rank; axis++) {
    const [before, after] = widths[axis]!;
    const first = isNegative(before) ? -before : 0;
    const last = isNegative(after) ? -after : 0;
    if (first !== 0 || last !== 0) {
      result = result.narrow(axis, first, result.shape[axis]! - first - last);
    }
  }
  return result;
}

function extend<D extends DType>(
  x: AnyTensor<D>,
  axis: number,
  [before, after]: readonly [number, number],
  mode: "reflect" | "replicate" | "circular",
): AnyTensor<D> {
  const size = x.shape[axis]!;
  switch (mode) {
    case "reflect":
      return cat(
        [
          x.narrow(axis, 1, before).flip(axis),
          x,
          x.narrow(axis, size - 1 - after, after).flip(axis),
        ],
        axis,
      );
    case "replicate": {
      const repeated = (start: number, count: number): AnyTensor<D> =>
        x
          .narrow(axis, start, 1)
          .expand([...x.shape.slice(0, axis), count, ...x.shape.slice(axis + 1)]);
      return cat([repeated(0, before), x, repeated(size - 1, after)], axis);
    }
    case "circular":
      return cat([x.narrow(axis, size - before, before), x, x.narrow(axis, 0, after)], axis);
    default:
      return refuse("argument", `pad: there is no mode ${mode}`);
  }
}
