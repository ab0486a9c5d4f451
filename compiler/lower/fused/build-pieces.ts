/** Results put together from rectangles: padding, concatenation; each piece is a nest of its own. */

import type { Node } from "../../graph/ir.ts";
import { tensorOf } from "../../graph/ir.ts";
import { extents, rowMajor, strides } from "../../graph/layout.ts";
import { FuncBuilder } from "../../loop/build.ts";
import type { Dim } from "../../ops/dim.ts";
import { addDim, equalDim, mulDim, subDim } from "../../ops/dim.ts";
import * as ex from "../../ops/expr.ts";
import type { Affine, MovePiece } from "../../ops/lowering.ts";
import { scalarOf } from "../../ops/types.ts";
import { denseForm, writeNest } from "./build-map.ts";
import type { Kernel, LoweredKernel } from "./kernel.ts";
import { kernelParams } from "./kernel.ts";
import { composeAffine } from "./linear-form.ts";
import type { Nest } from "./nest.ts";
import { type Pulled, pull } from "./pull.ts";

export function buildPieces(
  kernel: Kernel,
  anchor: Node,
  pieces: readonly MovePiece[],
  fill: Dim | undefined,
): LoweredKernel {
  const b = new FuncBuilder();
  const params = kernelParams(b, kernel);
  if (fill !== undefined) {
    const [only] = pieces;
    const nests =
      pieces.length === 1 && only ? frameNests(kernel, only, fill) : [fillNest(kernel, fill)];
    for (const nest of nests) writeNest(b, params, nest);
  }
  for (const piece of pieces) writeNest(b, params, pieceNest(kernel, anchor, piece));
  return { funcs: [b.finish(kernel.name)], data: [] };
}

function fillNest(kernel: Kernel, fill: Dim): Nest {
  const type = tensorOf(kernel.result);
  const physical = extents(kernel.result.layout ?? rowMajor(type.shape.length), type.shape);
  return boxOf(kernel, fill, [], physical);
}

/** What is around one piece: for each axis, as it lies in memory, the positions before and after. */
export function frameNests(kernel: Kernel, piece: MovePiece, fill: Dim): Nest[] {
  const { shape } = tensorOf(kernel.result);
  const layout = kernel.result.layout ?? rowMajor(shape.length);
  return layout.flatMap((p, i) => {
    // Outer axes stay inside the piece, which the boxes of those axes leave out; inner ones are whole.
    const from = layout.map((q, k) => (k < i ? piece.from[q.axis]! : 0));
    const to = layout.map((q, k) => (k < i ? piece.to[q.axis]! : shape[q.axis]!));
    const box = (first: Dim, end: Dim): Nest[] => {
      if (equalDim(first, end)) return [];
      const start = from.map((d, k) => (k === i ? first : d));
      const sizes = to.map((d, k) => subDim(k === i ? end : d, start[k]!));
      return [boxOf(kernel, fill, start, sizes)];
    };
    return [...box(0, piece.from[p.axis]!), ...box(piece.to[p.axis]!, shape[p.axis]!)];
  });
}

/** A box of the result, beginning at `start` along its physical axes, filled with a number. */
function boxOf(kernel: Kernel, fill: Dim, start: readonly Dim[], sizes: readonly Dim[]): Nest {
  const type = tensorOf(kernel.result);
  const layout = kernel.result.layout ?? rowMajor(type.shape.length);
  const { by } = denseForm(extents(layout, type.shape));
  const offset = start.reduce<Dim>((sum, d, i) => addDim(sum, mulDim(d, by[i]!)), 0);
  return {
    extents: sizes,
    pulled: fillValue(fill, scalarOf(type.dtype)),
    out: { by, offset },
    dtype: type.dtype,
    covers: start.length === 0,
  };
}

/** A number, or a size read where the code runs. */
function fillValue(fill: Dim, type: ex.ScalarType): Pulled {
  if (typeof fill === "number") return { expr: ex.constant(type, fill), args: [] };
  const args = [{ kind: "position", at: { terms: [], offset: fill } }] as const;
  return { expr: ex.convert(ex.arg(0, "i32"), type), args };
}

/** One rectangle, in the order in which the result lies in memory. */
function pieceNest(kernel: Kernel, anchor: Node, piece: MovePiece): Nest {
  const type = tensorOf(kernel.result);
  const layout = kernel.result.layout ?? rowMajor(type.shape.length);
  const steps = strides(layout, type.shape);
  const at: Affine[] = type.shape.map((_, axis) => ({
    terms: [{ axis: layout.findIndex((p) => p.axis === axis), by: 1 }],
    offset: piece.from[axis]!,
  }));
  const offset = layout.reduce<Dim>(
    (sum, p, i) => addDim(sum, mulDim(piece.from[p.axis]!, steps[i]!)),
    0,
  );
  const operand = anchor.operands[piece.operand]!;
  const index = piece.index.map((a) => composeAffine(a, at));
  return {
    extents: layout.map((p) => subDim(piece.to[p.axis]!, piece.from[p.axis]!)),
    pulled: pull({ region: kernel.region, axes: layout.length, anchor }, operand, index),
    out: { by: steps, offset },
    dtype: type.dtype,
    covers: false,
  };
}
