// A product that underflows takes some processors a hundred times as long as another. Attention takes e^−∞ of what it masks,
// so no product on the way to such a 0 may underflow.

import { expect, it } from "vitest";
import { evaluateExpr } from "#glim/compiler/ops/evaluate-expr.js";
import { arg, childrenOf, type Expr } from "#glim/compiler/ops/expr.js";
import { exp, expOfNegative } from "#glim/compiler/ops/math/exp.js";
import { exp2 } from "#glim/compiler/ops/math/exp2.js";

const smallestNormal = { f32: 2 ** -126, f64: 2 ** -1022 };

/** The products in `e` that come out too small for a normal number, at `x`. */
function underflows(e: Expr, type: "f32" | "f64", x: number): number {
  const seen = new Set<Expr>();
  let found = 0;
  const visit = (node: Expr): void => {
    if (seen.has(node)) return;
    seen.add(node);
    childrenOf(node).forEach(visit);
    if (node.op !== "mul" || node.type !== type) return;
    const [a, b, product] = [node.a, node.b, node].map((n) => Number(evaluateExpr(n, [x])));
    if (a !== 0 && b !== 0 && Math.abs(product!) < smallestNormal[type]) found++;
  };
  visit(e);
  return found;
}

const functions = { exp, expOfNegative, exp2 };

it.each(["f32", "f64"] as const)("in %s", (type) => {
  const low = type === "f32" ? -152 : -1077;
  for (const [name, f] of Object.entries(functions)) {
    const e = f(arg(0, type));
    for (const x of [low, -1e4, -1e9, -3e38, Number.NEGATIVE_INFINITY]) {
      expect([name, x, underflows(e, type, x)]).toEqual([name, x, 0]);
      expect(evaluateExpr(e, [x])).toBe(0);
    }
  }
  // What lies between the smallest normal number and 0 does not become 0.
  const last = type === "f32" ? -103 : -744;
  for (const f of [exp, expOfNegative])
    expect(evaluateExpr(f(arg(0, type)), [last])).toBeGreaterThan(0);
});
