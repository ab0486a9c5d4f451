/** How a tensor's elements lie in memory: an order of axes, some of them split into blocks. */

import type { Dim } from "../ops/dim.ts";
import { addDim, floorDim, mulDim } from "../ops/dim.ts";

/**
 * One physical dimension, outermost first. `whole` is an axis as it is; `pad` rounds its extent up to
 * a multiple (the extra elements are not the tensor's; those of constants are zero). `outer`/`inner` are the block number and the position in
 * the block of an axis split into blocks of `size`, the last block filled up with zeros.
 */
export type PhysicalAxis =
  | { readonly part: "whole"; readonly axis: number; readonly pad: number }
  | {
      readonly part: "outer" | "inner";
      readonly axis: number;
      readonly size: number;
    };

export type Layout = readonly PhysicalAxis[];

export const whole = (axis: number, pad = 1): PhysicalAxis => ({
  part: "whole",
  axis,
  pad,
});

export const rowMajor = (rank: number): Layout => Array.from({ length: rank }, (_, i) => whole(i));

/** `a` rounded up to a multiple of `by`. */
export const roundUp = (a: Dim, by: number): Dim =>
  by === 1 ? a : mulDim(floorDim(addDim(a, by - 1), by), by);

/** The extent of each physical dimension. */
export function extents(layout: Layout, shape: readonly Dim[]): Dim[] {
  return layout.map((p) => {
    const size = shape[p.axis]!;
    if (p.part === "whole") return roundUp(size, p.pad);
    return p.part === "inner" ? p.size : floorDim(addDim(size, p.size - 1), p.size);
  });
}

/** Elements that a tensor of this shape takes in memory, padding included. */
export const storageSize = (layout: Layout | undefined, shape: readonly Dim[]): Dim =>
  extents(layout ?? rowMajor(shape.length), shape).reduce<Dim>(mulDim, 1);

/** The stride of each physical dimension, in elements. */
export function strides(layout: Layout, shape: readonly Dim[]): Dim[] {
  const sizes = extents(layout, shape);
  const result: Dim[] = [];
  let stride: Dim = 1;
  for (let i = layout.length - 1; i >= 0; i--) {
    result[i] = stride;
    stride = mulDim(stride, sizes[i]!);
  }
  return result;
}

export function printLayout(layout: Layout): string {
  const part = (p: PhysicalAxis): string => {
    if (p.part === "whole") return p.pad === 1 ? `${p.axis}` : `${p.axis}^${p.pad}`;
    return p.part === "outer" ? `${p.axis}/${p.size}` : `${p.axis}%${p.size}`;
  };
  return `{${layout.map(part).join(",")}}`;
}

export function parseLayout(text: string): Layout {
  if (text === "{}") return [];
  return text
    .slice(1, -1)
    .split(",")
    .map((part): PhysicalAxis => {
      const m = /^(\d+)(?:([\^/%])(\d+))?$/.exec(part);
      if (!m) throw new SyntaxError(`not a layout: ${text}`);
      const [axis, size] = [Number(m[1]), Number(m[3] ?? 1)];
      if (m[2] === "/") return { part: "outer", axis, size };
      if (m[2] === "%") return { part: "inner", axis, size };
      return whole(axis, size);
    });
}

export const isRowMajor = (layout: Layout | undefined): boolean =>
  layout === undefined || layout.every((p, i) => p.part === "whole" && p.axis === i && p.pad === 1);

export const equalLayout = (a: Layout | undefined, b: Layout | undefined): boolean =>
  (isRowMajor(a) && isRowMajor(b)) ||
  (a !== undefined && b !== undefined && printLayout(a) === printLayout(b));
