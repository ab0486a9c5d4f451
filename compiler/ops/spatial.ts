/** The geometry of convolutions and pooling: kernels that move over the spatial axes. */

import { type Arguments, isList } from "./arguments.ts";
import { demandAtMost } from "./bounds.ts";
import { addDim, type Dim, floorDim, mulDim, subDim } from "./dim.ts";
import type { Attrs, ParameterSpec } from "./op.ts";
import type { Rule } from "./types.ts";

/** How a kernel moves; each list has one entry per spatial axis. */
export interface Spatial extends Attrs {
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
}

/** A number for all spatial axes, or a list with one for each. */
export function bindPerAxis(
  given: Arguments,
  name: string,
  count: number,
  least: number,
  otherwise: readonly number[],
): readonly number[] {
  const value = given.get(name);
  if (value === undefined) return otherwise;
  if (!isList(value)) {
    const all = given.whole(name, least, value);
    return otherwise.map(() => all);
  }
  if (value.length !== count) {
    given.fail("argument", `${name} has ${value.length} entries for ${count} spatial axes`);
  }
  return value.map((v) => given.whole(name, least, v));
}

const option = (name: string, doc: string): ParameterSpec => ({
  name,
  type: "number | readonly number[]",
  optional: true,
  doc,
});
export const strideOption = option("stride", "The distance of the kernel's places.");
export const paddingOption = option("padding", "Positions added at both ends of the axis.");
export const dilationOption = option("dilation", "The distance of the kernel's elements; 1.");

/** Positions from the kernel's first element to its last, both included. */
const reach = (kernel: Dim, dilation: number): Dim =>
  addDim(mulDim(subDim(kernel, 1), dilation), 1);

/** How many places the kernel has along spatial axis `i`: `⌊(size + 2p − reach) / stride⌋ + 1`. */
export function places(
  size: Dim,
  kernel: Dim,
  { stride, padding, dilation }: Spatial,
  i: number,
  rule: Rule,
  call: () => string,
): Dim {
  const needed = reach(kernel, dilation[i]!);
  const available = addDim(size, 2 * padding[i]!);
  demandAtMost(
    needed,
    available,
    rule,
    () =>
      `${call()}: a kernel over ${needed} positions does not fit spatial axis ${i} of ${available}`,
  );
  return addDim(floorDim(subDim(available, needed), stride[i]!), 1);
}
