/**
 * Finds the convolutions that are faster as they stand in row-major order: those of few products for each
 * output that neither follow nor precede one with channels last, so that turning their images around
 * would take longer than what it saves.
 */

import { type Func, type Node, tensorOf, type Value } from "../../graph/ir.ts";
import { isRowMajor } from "../../graph/layout.ts";
import { loweringOf } from "../../graph/lowering-of.ts";
import { forEachNode, readersIn } from "../../graph/walk.ts";
import { planContract, segmentsOf } from "../../lower/fused/contract-plan.ts";
import { product } from "../../ops/dim.ts";
import type { Lowering } from "../../ops/lowering.ts";

/**
 * Products of an output, where output channels share what they read. Measured on Node 20: 24 products, 56²
 * pixels: 1.2 times as fast as with channels last; 27, 128² pixels: 1.1; 64, 64² pixels: 0.9, because each
 * channel's rows lie on pages of their own.
 */
const mostProducts = 32;
/** The same for channels by themselves: 9 products, 56² pixels: 1.2; 25, 100² pixels: 0.9. */
const mostOfOneChannel = 16;
/** Pixels in a row, from which on most of a tile's lanes are full. */
const leastWidth = 16;

export class RowMajorConvolutions {
  private readonly readers: ReadonlyMap<Value, readonly Node[]>;
  private readonly known = new Map<Value, boolean>();
  /** The convolutions as they were found, by their results. */
  private readonly found = new Map<Value, Node>();

  constructor(func: Func) {
    this.readers = readersIn(func.body);
    forEachNode(func.body, (node) => {
      if (node.op === "conv") this.found.set(node.results[0]!, node);
    });
  }

  /** Whether this convolution, with its operands where they have been placed, is one of them. */
  has(node: Node): boolean {
    const [input] = this.found.get(node.results[0]!)?.operands ?? [];
    return (
      input !== undefined &&
      node.operands.every((v) => isRowMajor(v.layout)) &&
      this.couldBe(node) &&
      // Such as the gradient of another convolution: then they are turned around anyway.
      !this.meetsImages(input)
    );
  }

  private couldBe(node: Node): boolean {
    return isSmall(node) && !this.meetsImages(node.results[0]!);
  }

  /** Whether something that works with channels last reads this value, or what is computed of it in place. */
  private meetsImages(v: Value): boolean {
    const known = this.known.get(v);
    if (known !== undefined) return known;
    const meets = (this.readers.get(v) ?? []).some((node) => {
      if (node.op === "conv") return !this.couldBe(node);
      const lowering = loweringOf(node);
      if (!lowering || node.op === "dot") return false;
      if (lowering.kind === "window" || lowering.kind === "contract") return true;
      const isInPlace = lowering.kind === "map" || keepsAxes(lowering);
      return isInPlace && this.meetsImages(node.results[0]!);
    });
    this.known.set(v, meets);
    return meets;
  }
}

function isSmall(node: Node): boolean {
  const lowering = loweringOf(node);
  const result = node.results[0]!;
  const width = tensorOf(result).shape.at(-1);
  if (lowering?.kind !== "contract" || typeof width !== "number" || width < leastWidth)
    return false;
  const products = product(lowering.reduce);
  if (typeof products !== "number") return false;
  const [x, w] = node.operands.map((v): Value => ({ ...v, layout: undefined }));
  const plan = planContract(lowering, [x!, w!], result);
  if (!plan || segmentsOf(plan) === undefined) return false;
  return products <= (plan.row === undefined ? mostOfOneChannel : mostProducts);
}

/** Whether each axis of the result takes its positions from the same axis of the operands: padding, slices, concatenation. */
export const keepsAxes = (lowering: Lowering): boolean =>
  lowering.kind === "move" &&
  lowering.form === "pieces" &&
  lowering.pieces.length > 0 &&
  lowering.pieces.every(({ index, from }) => {
    return (
      index.length === from.length &&
      index.every((at, axis) => at.terms.every((term) => term.axis === axis))
    );
  });
