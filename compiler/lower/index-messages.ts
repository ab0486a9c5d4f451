/** What is said of positions in an index tensor that are not there. */

import { attrOf, isNumber, type Node, tensorOf } from "../graph/ir.ts";
import { printTensorType } from "../ops/types.ts";

/** Of a node that reads or writes at positions of the run. */
export const outsideAxis = (node: Node): string =>
  `${node.op}: an index lies outside of axis ${attrOf(node, "axis", isNumber)} of ${printTensorType(tensorOf(node.operands[0]!))}`;
