/** Finds which values depend on what is differentiated for, in a way that gradients follow. */

import { gradientOfRunSizes, numberFromActive } from "../../../diagnostics/catalog/gradients.ts";
import { type HeapType, isOpen } from "../../../graph/heap-types.ts";
import type { Node, Region, Type, Value } from "../../../graph/ir.ts";
import { opByName } from "../../../ops/registry.ts";
import { isDifferentiable } from "../../../ops/reverse.ts";
import { isFloat } from "../../../ops/types.ts";
import { Flow } from "../flow.ts";
import type { CalledFunctions } from "./called-functions.ts";
import { RefusedGradient } from "./refused-gradient.ts";

type HeapTypes = ReadonlyMap<string, HeapType>;

/** Boxes, too: what one of a type holds, any of that type may. */
const carries = ({ type }: Value): boolean =>
  type.kind === "ref" || (type.kind === "tensor" && isFloat(type.dtype));

export class Activity extends Flow {
  /** Looks through `region`, in which `sources` are differentiated for. */
  readonly #calls: CalledFunctions;

  constructor(region: Region, sources: readonly Value[], heap: HeapTypes, calls: CalledFunctions) {
    const boxes = new Set<string>();
    super(region, sources, {
      carries,
      passes: (node, has) => calls.of(node) !== undefined || followed(node, has, heap, boxes),
      enters: false,
    });
    this.#calls = calls;
    refuseLosses(region, this);
  }

  /** What is called is gone back through, whether or not it depends on the variables. */
  override isIn(node: Node): boolean {
    return this.#calls.of(node) !== undefined || super.isIn(node);
  }
}

/** `boxes` are the types of those in which such values lie; it grows. */
function followed(
  node: Node,
  has: (v: Value) => boolean,
  heap: HeapTypes,
  boxes: Set<string>,
): boolean {
  switch (node.op) {
    case "customGrad":
      return node.operands.slice(1).some(has);
    case "box":
      if (!has(node.operands[0]!)) return false;
      refuseOpen(node, heap);
      boxes.add(nameOf(node.results[0]!.type));
      return true;
    case "unbox":
      return boxes.has(nameOf(node.operands[0]!.type));
    case "list.stack": {
      const list = heap.get(nameOf(node.operands[0]!.type));
      const [only] = list?.kind === "list" ? list.element : [];
      return only?.kind === "ref" && boxes.has(only.name);
    }
  }
  const op = opByName(node.op);
  const type = node.results[0]?.type;
  if (op === undefined || type?.kind !== "tensor") return false;
  return isDifferentiable(op, type.dtype) && node.operands.some(has);
}

/** Sums have the sizes of their tensors, which boxes that say their own sizes do not tell. */
function refuseOpen(node: Node, heap: HeapTypes): void {
  const held = heap.get(nameOf(node.results[0]!.type));
  if (held?.kind !== "box" || !held.tensor.shape.some(isOpen)) return;
  throw new RefusedGradient(gradientOfRunSizes(), node.span);
}

const nameOf = (type: Type): string => (type.kind === "ref" ? type.name : "");

/** What a gradient cannot follow may not be given what depends on the variables. */
function refuseLosses(region: Region, activity: Activity): void {
  for (const node of region.nodes) {
    const isGiven = node.operands.some((v) => activity.has(v));
    if (isGiven && (node.op === "item" || node.op === "list.ofTensor"))
      throw new RefusedGradient(numberFromActive(), node.span);
    if (node.op === "customGrad") continue;
    for (const inner of node.regions) refuseLosses(inner, activity);
  }
}
