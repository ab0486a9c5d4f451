/** Element-wise operators that one operation computes together: the body of a kernel node as steps. */

import { type Node, tensorOf, type Value } from "../graph/ir.ts";
import { stepExpression } from "../graph/step-expression.ts";
import type { Expr } from "../ops/expr.ts";
import type { StepValue } from "../ops/expr-steps.ts";
import { StepEncoder } from "./encode-steps.ts";
import { emitMap, type OperatorScope } from "./operator-words.ts";

export function encodeGroup(scope: OperatorScope, kernel: Node): void {
  const [body] = kernel.regions;
  const result = kernel.results[0]!;
  const rank = rankOf(result);
  const outside = new Map(body!.params.map((p, i) => [p, kernel.operands[i]!] as const));
  const made = new Map<Value, StepValue>();
  const steps = new StepEncoder();
  for (const node of body!.nodes) {
    if (node.op === "yield") {
      steps.end(made.get(node.operands[0]!)!, tensorOf(result).dtype);
      continue;
    }
    const own = node.results[0]!;
    const value = steps.add(
      expressionOf(node),
      (i, type) => {
        const v = node.operands[i]!;
        return made.get(v) ?? steps.operand(outside.get(v)!, type);
      },
      // Shapes of lower rank stand before the last axes.
      (axis) => axis + rank - rankOf(own),
    );
    made.set(own, value);
  }
  emitMap(scope, result, steps);
}

const rankOf = (v: Value): number => tensorOf(v).shape.length;

function expressionOf(node: Node): Expr {
  const expr = stepExpression(node);
  if (!expr) throw new Error(`${node.op} is not element-wise`);
  return expr;
}
