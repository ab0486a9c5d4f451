/** Puts tensors into the kernels' memory in any layout, launches operators, compares with the oracle. */

import fc from "fast-check";
import { expect } from "vitest";
import type { Attrs, Op } from "#glim/compiler/ops/op.js";
import { bytesOf, type TensorType } from "#glim/compiler/ops/types.js";
import type { Kernels } from "#glim/runtime/eager/kernels.js";
import { Launcher } from "#glim/runtime/eager/launch.js";
import { denseStrides, lengthOf, type Strided } from "#glim/runtime/eager/strided.js";
import { newData, positions, type TypedArray } from "../ops/reference-elements.ts";
import type { ReferenceTensor } from "../ops/reference-host.ts";
import { referenceResult } from "../ops/reference-lowering.ts";

/** How an operand lies in memory. Axes of `repeated` have stride 0: their elements are all the first. */
export interface Layout {
  /** Axes from the outermost in memory to the innermost. */
  readonly order: readonly number[];
  /** Axes that run backwards. */
  readonly reversed: readonly number[];
  readonly repeated: readonly number[];
  /** Elements between neighbours along the innermost axis in memory. */
  readonly gap: number;
  /** Elements before the first. */
  readonly offset: number;
}

export const denseLayout: Layout = { order: [], reversed: [], repeated: [], gap: 1, offset: 0 };

export const layoutOf = (rank: number): fc.Arbitrary<Layout> => {
  const axes = Array.from({ length: rank }, (_, i) => i);
  return fc.record({
    order: fc.shuffledSubarray(axes, { minLength: rank, maxLength: rank }),
    reversed: fc.subarray(axes),
    repeated: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.subarray(axes) },
    ),
    gap: fc.constantFrom(1, 1, 2, 3),
    offset: fc.constantFrom(0, 0, 1, 5),
  });
};

/** A layout of more axes, for the first `rank` of them. */
export function layoutWithin(layout: Layout, rank: number): Layout {
  const some = (axes: readonly number[]): number[] => axes.filter((a) => a < rank);
  return {
    ...layout,
    order: some(layout.order),
    reversed: some(layout.reversed),
    repeated: some(layout.repeated),
  };
}

const isDense = (layout: Layout): boolean =>
  layout.reversed.length + layout.repeated.length === 0 &&
  layout.gap === 1 &&
  layout.order.every((axis, i) => axis === i);

/** A host with its own launcher on `kernels`. Everything it allocates stays. */
export class KernelHost {
  readonly kernels: Kernels;
  readonly launcher: Launcher;
  private readonly base: number;
  private next: number;
  private readonly end: number;

  constructor(kernels: Kernels, options: { bytes?: number; mostPadding?: number } = {}) {
    const { bytes = 1 << 24, ...launching } = options;
    this.kernels = kernels;
    this.launcher = new Launcher(kernels, launching);
    this.base = kernels.allocateStatic(bytes);
    this.next = this.base;
    this.end = this.base + bytes;
  }

  /** Forgets all tensors; what is allocated next holds garbage. */
  reset(): void {
    this.kernels.u8.fill(0xff, this.base, this.next);
    this.next = this.base;
  }

  private allocate(bytes: number): number {
    const address = this.next;
    this.next += Math.ceil(bytes / 64) * 64;
    if (this.next > this.end) throw new Error("the test needs more memory");
    return address;
  }

  /** `x` in memory; with repeated axes its elements become those of position 0 there. */
  place(
    x: ReferenceTensor,
    layout: Layout = denseLayout,
  ): { strided: Strided; seen: ReferenceTensor } {
    const shape = x.type.shape.map(Number);
    const { dtype } = x.type;
    const order = layout.order.length === shape.length ? layout.order : shape.map((_, i) => i);
    const strides = shape.map(() => 0);
    let step = layout.gap;
    let start = layout.offset;
    for (const axis of [...order].reverse()) {
      if (layout.repeated.includes(axis)) continue;
      const isReversed = layout.reversed.includes(axis);
      strides[axis] = isReversed ? -step : step;
      if (isReversed) start += step * Math.max(0, shape[axis]! - 1);
      step *= Math.max(1, shape[axis]!);
    }
    const size = bytesOf[dtype];
    const address = this.allocate((step + layout.offset + 1) * size) + start * size;
    const seen = newData(dtype, x.data.length);
    const own = denseStrides(shape);
    let n = 0;
    for (const at of positions(shape)) {
      const source = at.reduce(
        (sum, p, i) => sum + (layout.repeated.includes(i) ? 0 : p * own[i]!),
        0,
      );
      const to = at.reduce((sum, p, i) => sum + p * strides[i]!, 0);
      seen[n++] = x.data[source]!;
      this.write(address + to * size, dtype, x.data[source]!);
    }
    const strided = { address, dtype, shape, strides, dense: isDense({ ...layout, order }) };
    return { strided, seen: { type: x.type, data: seen } };
  }

  private write(address: number, dtype: TensorType["dtype"], value: number): void {
    if (dtype === "f32") this.kernels.f32[address >> 2] = value;
    else if (dtype === "i32") this.kernels.i32[address >> 2] = value;
    else this.kernels.u8[address] = value;
  }

  emptyResult(type: TensorType): Strided {
    const shape = type.shape.map(Number);
    const address = this.allocate(lengthOf(shape) * bytesOf[type.dtype]);
    this.kernels.u8.fill(0xff, address, this.next);
    return { address, dtype: type.dtype, shape, strides: denseStrides(shape), dense: true };
  }

  read({ address, dtype, shape }: Strided): TypedArray {
    const length = lengthOf(shape);
    const { f32, i32, u8 } = this.kernels;
    if (dtype === "bool") return u8.slice(address, address + length);
    const views = dtype === "f32" ? f32 : i32;
    return views.slice(address >> 2, (address >> 2) + length);
  }

  /** What `op` gives by its kernels, and what it should give. */
  run(
    op: Op,
    operands: readonly ReferenceTensor[],
    attrs: Attrs,
    type: TensorType,
    layouts: readonly Layout[] = [],
  ): { actual: TypedArray; wanted: TypedArray } {
    this.reset();
    const placed = operands.map((x, i) => this.place(x, layouts[i]));
    const out = this.emptyResult(type);
    const outEnd = this.next;
    const after = this.allocate(256);
    const before = this.kernels.u8.slice(this.base, this.next);
    this.launcher.launch(
      op,
      placed.map((p) => p.strided),
      attrs,
      out,
    );
    this.expectUntouched(before, this.base, out.address, op.name);
    this.expectUntouched(before, outEnd, after + 256, op.name);
    const seen = placed.map((p) => p.seen);
    const wanted = referenceResult(
      op,
      seen.map((x) => x.type),
      seen.map((x) => x.data),
      attrs,
      type,
    );
    return { actual: this.read(out), wanted };
  }

  /** Kernels write into the result's own storage and nowhere else. */
  private expectUntouched(before: Uint8Array, from: number, to: number, what: string): void {
    const was = before.subarray(from - this.base, to - this.base);
    const is = this.kernels.u8.subarray(from, to);
    const at = was.findIndex((byte, i) => byte !== is[i]);
    if (at >= 0) expect.fail(`${what} wrote ${from + at - to} bytes from its result`);
  }

  check(
    op: Op,
    operands: readonly ReferenceTensor[],
    attrs: Attrs,
    type: TensorType,
    layouts: readonly Layout[] = [],
  ): void {
    const { actual, wanted } = this.run(op, operands, attrs, type, layouts);
    expectSameBits(actual, wanted, op.name);
  }
}

/** Bits of each element; every NaN as 0x7fc00000 and bools as 0 or 1. */
function bitsOf(data: TypedArray): ArrayLike<number> {
  if (!(data instanceof Float32Array)) return data;
  const canonical = data.map((v) => (Number.isNaN(v) ? Number.NaN : v));
  return new Int32Array(canonical.buffer);
}

export function firstDifference(actual: TypedArray, wanted: TypedArray): number {
  const [a, w] = [bitsOf(actual), bitsOf(wanted)];
  if (a.length !== w.length) return Math.min(a.length, w.length);
  return Array.from(a).findIndex((bits, i) => !Object.is(bits, w[i]));
}

export function expectSameBits(actual: TypedArray, wanted: TypedArray, what: string): void {
  const at = firstDifference(actual, wanted);
  if (at >= 0) {
    expect.fail(`${what}: element ${at} of ${wanted.length} is ${actual[at]}, not ${wanted[at]}`);
  }
}
