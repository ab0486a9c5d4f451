/** `conv(x, w, padding = p) ⇒ conv(pad(x, p), w, padding = 0)`: tiles read a frame of zeros as data. */

import { inferResult } from "../../graph/infer.ts";
import { type Func, makeNode, type Node, tensorOf, value } from "../../graph/ir.ts";
import { type Rewriter, rebuildModule } from "../../graph/rebuild.ts";
import { opByName } from "../../ops/registry.ts";
import type { GraphPass } from "./pass.ts";

export const expandPadding: GraphPass = {
  name: "expand-padding",
  doc: "Makes the padding of convolutions an operator of its own, so that it fuses with what stands before.",
  run: (m) => rebuildModule(m, expand),
};

function expand(node: Node, rewriter: Rewriter, _func: Func): void {
  const padding = node.attrs.padding;
  if (node.op !== "conv" || !Array.isArray(padding) || padding.every((p) => p === 0)) {
    rewriter.emit(node);
    return;
  }
  const [x, w] = node.operands;
  const pad = opByName("pad");
  if (!x || !w || !pad) throw new Error("a convolution has two operands, and pad exists");
  const widths = [[0, 0], [0, 0], ...padding.map((p) => [p, p])];
  const attrs = { value: 0, widths };
  const type = inferResult(pad, [tensorOf(x)], attrs).type;
  const padded = value(type);
  rewriter.emit(makeNode("pad", [x], attrs, [padded], node.span));
  const without = { ...node.attrs, padding: padding.map(() => 0) };
  rewriter.emit({ ...node, operands: [padded, w], attrs: without });
}
