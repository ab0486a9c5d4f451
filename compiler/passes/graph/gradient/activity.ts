/** Finds which values depend on what is differentiated for, in a way that gradients follow. */

import { gradientThrough, numberFromActive } from "../../../diagnostics/catalog/gradients.ts";
import type { Node, Region, Value } from "../../../graph/ir.ts";
import { opByName } from "../../../ops/registry.ts";
import { isDifferentiable } from "../../../ops/reverse.ts";
import { Flow } from "../flow.ts";
import { RefusedGradient } from "./refused-gradient.ts";

const isFloat = (v: Value): boolean => v.type.kind === "tensor" && v.type.dtype === "f32";

export class Activity extends Flow {
  /** Looks through `region`, in which `sources` are differentiated for. */
  constructor(region: Region, sources: readonly Value[]) {
    super(region, sources, { carries: isFloat, passes: followed, enters: false });
    refuseLosses(region, this);
  }
}

function followed(node: Node, has: (v: Value) => boolean): boolean {
  if (node.op === "customGrad") return node.operands.slice(1).some(has);
  const op = opByName(node.op);
  const type = node.results[0]?.type;
  if (op === undefined || type?.kind !== "tensor") return false;
  return isDifferentiable(op, type.dtype) && node.operands.some(has);
}

/** What a gradient cannot follow may not be given what depends on the variables. */
function refuseLosses(region: Region, activity: Activity): void {
  for (const node of region.nodes) {
    const isGiven = node.operands.some((v) => activity.has(v));
    if (isGiven && node.op === "item") throw new RefusedGradient(numberFromActive(), node.span);
    if (isGiven && (node.op === "box" || node.op === "call" || node.op === "list.ofTensor")) {
      const what =
        node.op === "call" ? "a function that calls itself" : "a list or record of a run";
      throw new RefusedGradient(gradientThrough(what), node.span);
    }
    if (node.op === "customGrad") continue;
    for (const inner of node.regions) refuseLosses(inner, activity);
  }
}
