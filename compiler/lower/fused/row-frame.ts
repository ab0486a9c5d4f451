/**
 * The rows that several kernels compute one block after another, so that what one leaves for the next still
 * lies in the first-level cache: which kernels do, how large a block is, and where it lies in a tensor.
 */

import { canFail } from "../../graph/can-fail.ts";
import { type Node, type Region, tensorOf, type Value } from "../../graph/ir.ts";
import { isRowMajor, rowMajor, strides } from "../../graph/layout.ts";
import { loweringOf } from "../../graph/lowering-of.ts";
import { type Dim, equalDim, equalShape, product } from "../../ops/dim.ts";
import { inputsOf } from "../../ops/expr-key.ts";
import { bytesOf, type TensorType, tensorType } from "../../ops/types.ts";

export interface RowFrame {
  /** The axes of a tensor of full rows; the last one is the row. */
  readonly shape: readonly Dim[];
  /** Rows of a block, along the last axis but one. */
  readonly rows: number;
}

/** Elements of a block that stay in a first-level cache beside what is made of them. */
const blockElements = 4096;
/** Fewer are done before the calls have paid. */
const leastElements = 128;

/** Blocks of full rows of this shape; undefined where there is one block, or blocks would be small. */
export function rowFrame(shape: readonly Dim[]): RowFrame | undefined {
  const length = shape.at(-1);
  const count = shape.at(-2);
  if (count === undefined || typeof length !== "number" || length === 0) return undefined;
  const rows = typeof count === "number" ? rowsOfBlock(count, length) : 1;
  const isWhole = count === rows && shape.slice(0, -2).every((d) => d === 1);
  return isWhole || rows * length < leastElements ? undefined : { shape, rows };
}

/** The most rows that divide all and stay cached; at least one. */
function rowsOfBlock(count: number, length: number): number {
  let rows = Math.max(1, Math.min(count, Math.floor(blockElements / length)));
  while (count % rows !== 0) rows--;
  return rows;
}

/** The shape of the tensor that a kernel reduces; undefined where it reduces none. */
export function reducedShape(kernel: Node): readonly Dim[] | undefined {
  const nodes = kernel.regions[0]!.nodes;
  const reduction = nodes.find((node) => loweringOf(node)?.kind === "reduce");
  return reduction && tensorOf(reduction.operands[0]!).shape;
}

/** Whether a kernel computes each row of tensors of full rows, or one number of it, from that row alone. */
export function worksInRows(kernel: Node, shape: readonly Dim[]): boolean {
  const region = kernel.regions[0]!;
  const result = tensorOf(kernel.results[0]!).shape;
  return (
    !canFail(kernel) &&
    equalShape(result.slice(0, -1), shape.slice(0, -1)) &&
    region.params.every((v) => isOfRows(v, shape)) &&
    region.nodes.every((node) => node.op === "yield" || computesRows(node, shape))
  );
}

function computesRows(node: Node, shape: readonly Dim[]): boolean {
  if (!node.results.every((v) => isOfRows(v, shape))) return false;
  const result = tensorOf(node.results[0]!);
  if (node.op === "full") return result.shape.length === 0;
  const lowering = loweringOf(node);
  const row = shape.length - 1;
  if (lowering?.kind === "map") {
    const { axes } = inputsOf(lowering.expr);
    return axes.every((axis) => axis === row && result.shape.length === shape.length);
  }
  if (lowering?.kind !== "reduce" || !lowering.keepDim) return false;
  return equalShape(lowering.axes, [row]) && equalShape(tensorOf(node.operands[0]!).shape, shape);
}

/** Whether a value lies row-major, and each of its axes is 1 or one of the full rows. */
function isOfRows(v: Value, shape: readonly Dim[]): boolean {
  if (v.type.kind !== "tensor" || !isRowMajor(v.layout)) return false;
  const own = v.type.shape;
  const skip = shape.length - own.length;
  return skip >= 0 && own.every((d, i) => d === 1 || equalDim(d, shape[i + skip]!));
}

/** The type of one block of a tensor. */
export function blockType(type: TensorType, { shape, rows }: RowFrame): TensorType {
  const skip = shape.length - type.shape.length;
  const cut = type.shape.map((d, i) => {
    if (d === 1 || i + skip === shape.length - 1) return d;
    return i + skip === shape.length - 2 ? rows : 1;
  });
  return tensorType(type.dtype, cut);
}

/** How far the positions of each axis of full rows, but the last, are apart in a tensor; 0 where it has none. */
export function rowSteps(type: TensorType, { shape }: RowFrame): readonly Dim[] {
  const skip = shape.length - type.shape.length;
  const steps = strides(rowMajor(type.shape.length), type.shape);
  return shape.slice(0, -1).map((_, axis) => {
    const own = axis - skip;
    return own < 0 || type.shape[own] === 1 ? 0 : steps[own]!;
  });
}

/** The kernels inside of one that computes blocks of rows; none in others. */
export const kernelsIn = (region: Region): readonly Node[] =>
  region.nodes.filter((node) => node.op === "kernel");

export function frameOfKernels(inner: readonly Node[]): RowFrame {
  const full = inner.map(reducedShape).find((shape) => shape !== undefined);
  const frame = full && rowFrame(full);
  if (!frame) throw new Error("kernels of rows have no rows");
  return frame;
}

/** Vectors at the end of a block may write beyond it. */
const overrun = 16;
const align = 16;

/** Where a block of each value lies that only the kernels see, in bytes. */
export function scratchPlaces(
  inner: readonly Node[],
  frame: RowFrame,
): { readonly at: ReadonlyMap<Value, number>; readonly bytes: number } {
  const at = new Map<Value, number>();
  let bytes = 0;
  for (const node of inner.slice(0, -1)) {
    const v = node.results[0]!;
    const type = blockType(tensorOf(v), frame);
    at.set(v, bytes);
    const size = Number(product(type.shape)) * bytesOf[type.dtype] + overrun;
    bytes += Math.ceil(size / align) * align;
  }
  return { at, bytes };
}

/** Bytes of scratch memory that a kernel of rows needs. */
export function rowScratch(region: Region): Dim {
  const inner = kernelsIn(region);
  return scratchPlaces(inner, frameOfKernels(inner)).bytes;
}
