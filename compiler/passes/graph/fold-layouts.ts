/** `layout(const @w) ⇒ const @w in that layout`: weights are packed when compiling. */

import type { Module, Node } from "../../graph/ir.ts";
import { makeNode, tensorOf } from "../../graph/ir.ts";
import { isRowMajor, printLayout } from "../../graph/layout.ts";
import { rebuildModule } from "../../graph/rebuild.ts";
import { relayout } from "../../graph/relayout.ts";
import { printType } from "../../graph/type.ts";
import { KeptTensors } from "./kept-tensors.ts";
import type { GraphPass, PassContext } from "./pass.ts";

export const foldLayouts: GraphPass = {
  name: "fold-layouts",
  doc: "Packs constants into the layouts in which they are read, each layout once.",
  run: fold,
};

function fold(m: Module, { kept = new KeptTensors() }: PassContext): Module {
  const constants = new Map(m.constants);
  const makers = new Map<object, Node>();
  const rebuilt = rebuildModule(m, (node, rewriter) => {
    for (const v of node.results) makers.set(v, node);
    const from = node.op === "layout" ? makers.get(node.operands[0]!) : undefined;
    const constant = from?.op === "const" ? constants.get(String(from.attrs.name)) : undefined;
    const result = node.results[0];
    if (!constant || !result?.layout || !isRowMajor(constant.layout)) {
      rewriter.emit(node);
      return;
    }
    const name = `${constant.name}${printLayout(result.layout)}`;
    if (!constants.has(name)) {
      const shape = tensorOf(result).shape.map(Number);
      const { type, data } = constant;
      const { layout } = result;
      const what = `layout ${printLayout(layout)} ${printType(type)}`;
      const packed = kept.of(what, [data], () => relayout(data, shape, layout));
      if (packed) constants.set(name, { name, type, layout, data: packed });
    }
    rewriter.emit(makeNode("const", [], { name }, [result], node.span));
  });
  return { ...rebuilt, constants };
}
