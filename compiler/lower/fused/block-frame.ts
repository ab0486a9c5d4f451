/**
 * The blocks that several kernels compute one after another, so that what one leaves for the next still lies
 * in the first-level cache: which kernels do, how large a block is, and where it lies in a tensor.
 */

import { canFail } from "../../graph/can-fail.ts";
import { type Node, type Region, tensorOf, type Value } from "../../graph/ir.ts";
import { isRowMajor, rowMajor, strides } from "../../graph/layout.ts";
import { loweringOf } from "../../graph/lowering-of.ts";
import { type Dim, equalDim, equalShape, product } from "../../ops/dim.ts";
import { inputsOf } from "../../ops/expr-key.ts";
import { bytesOf, type TensorType, tensorType } from "../../ops/types.ts";
import { overrunOf } from "../overrun.ts";

/**
 * What blocks of a tensor are: they run over the first axes of full tensors, of which each block has one
 * position, along the last of them some; the other axes, such as a row or the plane of an image, are whole.
 */
export interface BlockFrame {
  /** The extents of the axes that blocks run over. */
  readonly around: readonly Dim[];
  /** The rank of full tensors; others are aligned with their last axes. */
  readonly rank: number;
  /** Positions of a block along the last axis around it. */
  readonly count: number;
}

/** Elements of a block of rows that stay in a first-level cache beside what is made of them. */
const blockElements = 4096;
/** Fewer are done before the calls have paid. */
const leastElements = 128;
/** Larger blocks stay in no cache of a processor's own. */
const mostElements = 65_536;

/** The blocks that a kernel asks for: of the rows that it reduces, or of its channels' planes. */
export function frameOf(kernel: Node): BlockFrame | undefined {
  for (const node of kernel.regions[0]!.nodes) {
    const axes = wholeAxes(node);
    if (axes !== undefined) return frameFor(tensorOf(node.operands[0]!).shape, axes);
  }
  return undefined;
}

/** How many of its last axes a node reads as a whole; undefined where it asks for no blocks. */
function wholeAxes(node: Node): number | undefined {
  if (isByChannel(node)) return tensorOf(node.results[0]!).shape.length - 2;
  return loweringOf(node)?.kind === "reduce" ? 1 : undefined;
}

/** Blocks of tensors of this shape; undefined where there is one block, or blocks would be small or large. */
function frameFor(shape: readonly Dim[], whole: number): BlockFrame | undefined {
  const around = shape.slice(0, shape.length - whole);
  const extent = around.at(-1);
  const elements = product(shape.slice(around.length));
  if (extent === undefined || typeof elements !== "number" || elements === 0) return undefined;
  const count = typeof extent === "number" ? positionsOfBlock(extent, elements) : 1;
  const isWhole = extent === count && around.slice(0, -1).every((d) => d === 1);
  if (isWhole || count * elements < leastElements) return undefined;
  if (whole > 1 && count * elements > mostElements) return undefined;
  return { around, rank: shape.length, count };
}

/** The most positions that divide all and stay cached; at least one. */
function positionsOfBlock(extent: number, elements: number): number {
  let count = Math.max(1, Math.min(extent, Math.floor(blockElements / elements)));
  while (extent % count !== 0) count--;
  return count;
}

/** Whether a node computes each channel of a batch of images from that channel alone. */
function isByChannel(node: Node): boolean {
  if (node.op !== "conv") return false;
  const [x, w] = node.operands.map((v) => tensorOf(v).shape);
  const { groups } = node.attrs;
  return groups !== 1 && x![1] === groups && w![0] === groups && w!.length === x!.length;
}

/** Whether a kernel computes each block of full tensors, or of what it reduces them to, from that block alone. */
export function worksInBlocks(kernel: Node, frame: BlockFrame): boolean {
  const region = kernel.regions[0]!;
  const axes = axesAround(region, frame);
  return (
    !canFail(kernel) &&
    isFull(kernel.results[0]!, frame) &&
    region.params.every((v) => axes.has(v)) &&
    region.nodes.every((node) => node.op === "yield" || computesBlocks(node, frame))
  );
}

/** Whether a tensor has all the axes around blocks. */
function isFull(v: Value, { around, rank }: BlockFrame): boolean {
  const { shape } = tensorOf(v);
  return shape.length === rank && equalShape(shape.slice(0, around.length), around);
}

function computesBlocks(node: Node, frame: BlockFrame): boolean {
  const result = node.results[0]!;
  if (!alignedAxes(result, frame)) return false;
  if (node.op === "full") return tensorOf(result).shape.length === 0;
  const first = frame.around.length;
  const lowering = loweringOf(node);
  if (lowering?.kind === "map") {
    const { axes } = inputsOf(lowering.expr);
    const { shape } = tensorOf(result);
    return axes.every((axis) => axis >= first && shape.length === frame.rank);
  }
  if (!isFull(node.operands[0]!, frame)) return false;
  if (isByChannel(node)) return first === 2;
  if (node.op === "pad") return isFull(result, frame);
  if (lowering?.kind !== "reduce" || !lowering.keepDim) return false;
  // Rows only: of several axes, the order of adding would be that of another loop.
  return equalShape(lowering.axes, [frame.rank - 1]) && first === frame.rank - 1;
}

/** For each axis of a value the axis around blocks that it runs along, undefined where a block has it whole. */
export type AxesAround = readonly (number | undefined)[];

/** The axes of all that a kernel's region reads and makes; a value that does not lie in blocks is missing. */
export function axesAround(region: Region, frame: BlockFrame): ReadonlyMap<Value, AxesAround> {
  const weights = new Set<Value>();
  const others = new Set<Value>();
  for (const node of region.nodes) {
    node.operands.forEach((v, i) => (isByChannel(node) && i === 1 ? weights : others).add(v));
  }
  const all = new Map<Value, AxesAround>();
  for (const v of [...region.params, ...region.nodes.flatMap((node) => node.results)]) {
    const isBoth = weights.has(v) && others.has(v);
    const axes = weights.has(v) ? channelAxes(v, frame) : alignedAxes(v, frame);
    if (axes && !isBoth) all.set(v, axes);
  }
  return all;
}

/** A value lies row-major, and each of its axes is 1 or one of the full tensors. */
function alignedAxes(v: Value, { around, rank }: BlockFrame): AxesAround | undefined {
  if (v.type.kind !== "tensor" || !isRowMajor(v.layout)) return undefined;
  const own = v.type.shape;
  const skip = rank - own.length;
  const fits = (d: Dim, i: number): boolean =>
    i + skip >= around.length || d === 1 || equalDim(d, around[i + skip]!);
  if (skip < 0 || !own.every(fits)) return undefined;
  return own.map((_, i) => (i + skip < around.length ? i + skip : undefined));
}

/** The weights of a convolution of each channel by itself: their first axis is that of channels. */
function channelAxes(v: Value, { around }: BlockFrame): AxesAround | undefined {
  if (v.type.kind !== "tensor" || !isRowMajor(v.layout)) return undefined;
  const { shape } = v.type;
  if (!equalDim(shape[0]!, around.at(-1)!)) return undefined;
  return shape.map((_, i) => (i === 0 ? around.length - 1 : undefined));
}

/** The type of one block of a tensor. */
export function blockType(type: TensorType, axes: AxesAround, frame: BlockFrame): TensorType {
  const last = frame.around.length - 1;
  const cut = type.shape.map((d, i) => {
    if (d === 1 || axes[i] === undefined) return d;
    return axes[i] === last ? frame.count : 1;
  });
  return tensorType(type.dtype, cut);
}

/** A node as it stands for one block. */
export const nodeOfBlock = (node: Node, { count }: BlockFrame): Node =>
  node.op === "conv" ? { ...node, attrs: { ...node.attrs, groups: count } } : node;

/** How far the positions of each axis around blocks are apart in a tensor; 0 where it has none. */
export function stepsAround(
  type: TensorType,
  axes: AxesAround,
  { around }: BlockFrame,
): readonly Dim[] {
  const steps = strides(rowMajor(type.shape.length), type.shape);
  return around.map((_, axis) => {
    const own = axes.indexOf(axis);
    return own < 0 || type.shape[own] === 1 ? 0 : steps[own]!;
  });
}

/** The kernels inside of one that computes blocks; none in others. */
export const kernelsIn = (region: Region): readonly Node[] =>
  region.nodes.filter((node) => node.op === "kernel");

export function frameOfKernels(inner: readonly Node[]): BlockFrame {
  const frame = inner.map(frameOf).find((own) => own !== undefined);
  if (!frame) throw new Error("kernels of blocks have no blocks");
  return frame;
}

const align = 16;

/** Where a block of each value lies that only the kernels see, in bytes. */
export function scratchPlaces(
  inner: readonly Node[],
  frame: BlockFrame,
): { readonly at: ReadonlyMap<Value, number>; readonly bytes: number } {
  const at = new Map<Value, number>();
  let bytes = 0;
  for (const node of inner.slice(0, -1)) {
    const v = node.results[0]!;
    const axes = alignedAxes(v, frame);
    if (!axes) throw new Error("what lies between kernels of blocks has no blocks");
    const type = blockType(tensorOf(v), axes, frame);
    at.set(v, bytes);
    const size = Number(product(type.shape)) * bytesOf[type.dtype] + overrunOf(type.dtype);
    bytes += Math.ceil(size / align) * align;
  }
  return { at, bytes };
}

/** Bytes of scratch memory that a kernel of blocks needs. */
export function blockScratch(region: Region): Dim {
  const inner = kernelsIn(region);
  return scratchPlaces(inner, frameOfKernels(inner)).bytes;
}
