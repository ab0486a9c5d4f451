/** `conv(x, w, padding = p) ⇒ conv(pad(x, p), w, padding = 0)`: tiles read a frame of zeros as data. */

import { inferResult } from "../../graph/infer.ts";
import { type Func, makeNode, type Node, tensorOf, type Value, value } from "../../graph/ir.ts";
import { type Rewriter, rebuildModule } from "../../graph/rebuild.ts";
import { opByName } from "../../ops/registry.ts";
import type { GraphPass } from "./pass.ts";

export const expandPadding: GraphPass = {
  name: "expand-padding",
  doc: "Makes the padding of convolutions and of their gradients an operator of its own, so that it fuses with what stands before.",
  run: (m) => rebuildModule(m, expand),
};

function expand(node: Node, rewriter: Rewriter, _func: Func): void {
  if (node.op === "conv" || node.op === "convWeightGrad") expandInput(node, rewriter);
  else if (node.op === "convInputGrad") expandCotangent(node, rewriter);
  else rewriter.emit(node);
}

const numbersOf = (attr: unknown): readonly number[] =>
  Array.isArray(attr) && attr.every((n) => typeof n === "number") ? attr : [];

/** Both read the convolution's input where the kernel's elements are. */
function expandInput(node: Node, rewriter: Rewriter): void {
  const padding = numbersOf(node.attrs.padding);
  if (padding.every((p) => p === 0)) {
    rewriter.emit(node);
    return;
  }
  const [x, other] = node.operands;
  if (!x || !other) throw new Error("a convolution has two operands");
  const attrs = { ...node.attrs, padding: padding.map(() => 0) };
  rewriter.emit({ ...node, operands: [padded(x, padding, node, rewriter), other], attrs });
}

/**
 * `convInputGrad(g, w, padding = p) ⇒ convInputGrad(pad(g, q), w, padding = p + q × stride)`: the frame
 * holds what the kernel's elements find beyond the ends of g.
 */
function expandCotangent(node: Node, rewriter: Rewriter): void {
  const [g, w] = node.operands;
  if (!g || !w) throw new Error("a gradient of a convolution has two operands");
  const [padding, stride, dilation, inputSize] = [
    node.attrs.padding,
    node.attrs.stride,
    node.attrs.dilation,
    node.attrs.inputSize,
  ].map(numbersOf);
  const places = numbersOf(tensorOf(g).shape.slice(2));
  const kernel = numbersOf(tensorOf(w).shape.slice(2));
  // Sizes that only a run tells: the plain loops test each position.
  if (places.length === 0 || kernel.length === 0 || inputSize!.length === 0) {
    rewriter.emit(node);
    return;
  }
  const frame = places.map((size, i) => {
    const [p, s] = [padding![i]!, stride![i]!];
    const before = Math.ceil(((kernel[i]! - 1) * dilation![i]! - p) / s);
    const after = Math.floor((inputSize![i]! - 1 + p) / s) - (size - 1);
    return Math.max(0, before, after);
  });
  if (frame.every((q) => q === 0)) {
    rewriter.emit(node);
    return;
  }
  const attrs = { ...node.attrs, padding: padding!.map((p, i) => p + frame[i]! * stride![i]!) };
  rewriter.emit({ ...node, operands: [padded(g, frame, node, rewriter), w], attrs });
}

/** An image with a frame of zeros. */
function padded(x: Value, frame: readonly number[], node: Node, rewriter: Rewriter): Value {
  const pad = opByName("pad");
  if (!pad) throw new Error("there is an operator pad");
  const widths = [[0, 0], [0, 0], ...frame.map((p) => [p, p])];
  const attrs = { value: 0, widths };
  const result = value(inferResult(pad, [tensorOf(x)], attrs).type);
  rewriter.emit(makeNode("pad", [x], attrs, [result], node.span));
  return result;
}
