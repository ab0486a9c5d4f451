/** `y = barrier x ⇒ x for y`, once nothing is merged any more. */

import { rebuildModule } from "../../graph/rebuild.ts";
import type { GraphPass } from "./pass.ts";

export const removeBarriers: GraphPass = {
  name: "remove-barriers",
  doc: "Removes what keeps apart the two times that a checkpoint is computed.",
  run: (m) =>
    rebuildModule(m, (node, rewriter) => {
      if (node.op === "barrier") rewriter.replace(node.results[0]!, node.operands[0]!);
      else rewriter.emit(node);
    }),
};
