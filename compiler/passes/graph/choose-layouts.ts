/**
 * Decides how tensors lie in memory. Convolutions work on channels-last images, contractions read
 * their right operand in panels of eight columns; everything else keeps row-major order or takes
 * its operands' layout. A `layout` node converts; for constants it is folded later.
 */

import type { Func, Node, Value } from "../../graph/ir.ts";
import { makeNode, tensorOf, value } from "../../graph/ir.ts";
import { equalLayout, isRowMajor, type Layout, whole } from "../../graph/layout.ts";
import { type Rewriter, rebuildFunc } from "../../graph/rebuild.ts";
import type { Dim } from "../../ops/dim.ts";
import { equalShape } from "../../ops/dim.ts";
import { opByName } from "../../ops/registry.ts";
import { isFloat } from "../../ops/types.ts";
import type { GraphPass } from "./pass.ts";
import { keepsAxes, RowMajorConvolutions } from "./row-major-convolutions.ts";

export const chooseLayouts: GraphPass = {
  name: "choose-layouts",
  doc: "Channels last for convolutions and what follows them, panels for contractions.",
  run: (m) => ({ ...m, funcs: m.funcs.map(placeAll) }),
};

function placeAll(func: Func): Func {
  const rowMajor = new RowMajorConvolutions(func);
  return rebuildFunc(func, (node, rewriter) => place(node, rewriter, rowMajor));
}

const panelWidth = 8;

/** Batch, spatial axes, channels: how images lie around convolutions. */
const channelsLast = (rank: number): Layout => [
  whole(0),
  ...Array.from({ length: rank - 2 }, (_, i) => whole(i + 2)),
  whole(1),
];

function place(node: Node, rewriter: Rewriter, rowMajor: RowMajorConvolutions): void {
  const op = opByName(node.op);
  const result = node.results[0];
  if (node.op === "barrier") {
    emitWith(node, node.operands, node.operands[0]!.layout, rewriter);
    return;
  }
  if (!op || !result || result.type.kind !== "tensor") {
    // State, yields and everything the host sees is row-major.
    if (node.op === "kernel" || node.op === "layout") rewriter.emit(node);
    else
      rewriter.emit({
        ...node,
        operands: node.operands.map((v) => inLayout(v, undefined, rewriter)),
      });
    return;
  }
  const types = node.operands.map(tensorOf);
  const lowering = op.lower(types, node.attrs, result.type);
  const { kind } = lowering;
  if (node.op === "conv" && !rowMajor.has(node)) placeConvolution(node, rewriter);
  else if (node.op === "convInputGrad") placeInputGrad(node, rewriter);
  else if (node.op === "convWeightGrad") placeWeightGrad(node, rewriter);
  else if (node.op === "dot") placeDot(node, rewriter);
  else if (kind === "window") emitWith(node, node.operands, node.operands[0]!.layout, rewriter);
  else if (kind === "map") placeMap(node, rewriter);
  else if (keepsAxes(lowering)) placeMove(node, rewriter);
  else {
    const operands = node.operands.map((v) => inLayout(v, undefined, rewriter));
    emitWith(node, operands, undefined, rewriter);
  }
}

/** The tensor in another layout; the same value where it lies so already. */
function inLayout(v: Value, layout: Layout | undefined, rewriter: Rewriter): Value {
  if (v.type.kind !== "tensor" || equalLayout(v.layout, layout)) return v;
  const moved = value(v.type, v.hint, isRowMajor(layout) ? undefined : layout);
  rewriter.emit(makeNode("layout", [v], {}, [moved]));
  return moved;
}

/** The node with these operands and its result in `layout`. */
function emitWith(
  node: Node,
  operands: readonly Value[],
  layout: Layout | undefined,
  rewriter: Rewriter,
): void {
  const before = node.results[0]!;
  const after = value(before.type, before.hint, isRowMajor(layout) ? undefined : layout);
  rewriter.emit({ ...node, operands, results: [after] });
  rewriter.replace(before, after);
}

function placeConvolution(node: Node, rewriter: Rewriter): void {
  const [x, w] = node.operands;
  if (!x || !w) throw new Error("a convolution has two operands");
  const rank = tensorOf(x).shape.length;
  const images = channelsLast(rank);
  const operands = [
    inLayout(x, images, rewriter),
    inLayout(w, weightLayout(rank, node.attrs.groups, tensorOf(w).shape), rewriter),
  ];
  emitWith(node, operands, images, rewriter);
}

/** Panels of eight output channels, or output channels last where groups would cut through panels. */
function weightLayout(rank: number, groups: unknown, shape: readonly Dim[]): Layout {
  const own = typeof shape[0] === "number" ? shape[0] / Number(groups) : 1;
  const isCut = groups !== 1 && own % panelWidth !== 0;
  if (isCut || shape[0] === 1) return [...kernelAxes(rank), whole(1), whole(0)];
  return [
    { part: "outer", axis: 0, size: panelWidth },
    ...kernelAxes(rank),
    whole(1),
    { part: "inner", axis: 0, size: panelWidth },
  ];
}

const kernelAxes = (rank: number): Layout =>
  Array.from({ length: rank - 2 }, (_, i) => whole(i + 2));

/** The gradient by the input is a convolution whose columns are the input channels. */
function placeInputGrad(node: Node, rewriter: Rewriter): void {
  const [g, w] = node.operands;
  if (!g || !w) throw new Error("a gradient of a convolution has two operands");
  const { shape } = tensorOf(w);
  const rank = shape.length;
  const images = channelsLast(rank);
  const isPlain = node.attrs.groups !== 1 || shape[1] === 1;
  // Without panels the channels of a group lie side by side, or those of all groups where each has one.
  const order = shape[1] === 1 ? [whole(1), whole(0)] : [whole(0), whole(1)];
  const weights: Layout = isPlain
    ? [...kernelAxes(rank), ...order]
    : [
        { part: "outer", axis: 1, size: panelWidth },
        ...kernelAxes(rank),
        whole(0),
        { part: "inner", axis: 1, size: panelWidth },
      ];
  const operands = [inLayout(g, images, rewriter), inLayout(w, weights, rewriter)];
  emitWith(node, operands, images, rewriter);
}

/** The gradient by the weights has output channels as columns, which lie side by side in its operand. */
function placeWeightGrad(node: Node, rewriter: Rewriter): void {
  const rank = tensorOf(node.operands[0]!).shape.length;
  const operands = node.operands.map((v) => inLayout(v, channelsLast(rank), rewriter));
  emitWith(node, operands, [...kernelAxes(rank), whole(1), whole(0)], rewriter);
}

function placeDot(node: Node, rewriter: Rewriter): void {
  const [a, b] = node.operands;
  if (!a || !b) throw new Error("a product has two operands");
  const { dtype, shape } = tensorOf(b);
  const rank = shape.length;
  const columns = shape[rank - 1];
  const left = inLayout(a, undefined, rewriter);
  const packs = isFloat(dtype) && columns !== 1;
  const panels: Layout = [
    ...Array.from({ length: rank - 2 }, (_, i) => whole(i)),
    { part: "outer", axis: rank - 1, size: panelWidth },
    whole(rank - 2),
    { part: "inner", axis: rank - 1, size: panelWidth },
  ];
  const right = inLayout(b, packs ? panels : undefined, rewriter);
  emitWith(node, [left, right], undefined, rewriter);
}

/** The result lies as the first operand does that is not row-major, and the others do, too. */
function placeMove(node: Node, rewriter: Rewriter): void {
  const layout = node.operands.find((v) => !isRowMajor(v.layout))?.layout;
  const operands = node.operands.map((v) => inLayout(v, layout, rewriter));
  emitWith(node, operands, layout, rewriter);
}

/** The result lies as its first full-sized operand does; the other full-sized ones follow. */
function placeMap(node: Node, rewriter: Rewriter): void {
  const shape = tensorOf(node.results[0]!).shape;
  const isFull = (v: Value): boolean => equalShape(tensorOf(v).shape, shape);
  const leader = node.operands.find((v) => isFull(v) && !isRowMajor(v.layout));
  const layout = leader?.layout;
  const operands = node.operands.map((v) => inLayout(v, isFull(v) ? layout : undefined, rewriter));
  emitWith(node, operands, layout, rewriter);
}
