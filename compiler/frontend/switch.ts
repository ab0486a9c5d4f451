/** Lowers `switch`: the cases are asked in order, and the statements run on until a `break`. */

import type ts from "typescript";
import { truthOf } from "./conditions.ts";
import { type Arrival, type Context, Target } from "./context.ts";
import { lowerExpression } from "./expressions.ts";
import { applyBinary } from "./operators.ts";
import { arrived, gather, lowerIf } from "./paths.ts";
import { lowerStatements } from "./statements.ts";
import { tsc } from "./typescript.ts";
import type { AbstractValue } from "./values.ts";

export function lowerSwitch(
  cx: Context,
  node: ts.SwitchStatement,
  labels: readonly string[],
): boolean {
  const value = lowerExpression(cx, node.expression);
  const breakTo = new Target("break");
  const jump = { labels, plain: true, breakTo, continueTo: undefined, beforeContinue: undefined };
  const end = gather(cx, breakTo, node, () =>
    cx.inJump(jump, () => cx.inScope(() => lowerCases(cx, node.caseBlock.clauses, value, 0))),
  );
  return end !== undefined;
}

type Clauses = readonly ts.CaseOrDefaultClause[];

/** The first case from `from` on that equals the value, else the default. */
function lowerCases(cx: Context, clauses: Clauses, value: AbstractValue, from: number): Arrival {
  for (let i = from; i < clauses.length; i++) {
    const clause = clauses[i]!;
    if (tsc.isDefaultClause(clause)) continue;
    const wanted = lowerExpression(cx, clause.expression);
    const equal = applyBinary(cx, "===", value, wanted, clause.expression);
    const truth = truthOf(cx, equal, clause.expression);
    if (truth === undefined || truth === false) continue;
    if (truth === true) return runFrom(cx, clauses, i);
    return lowerIf(
      cx,
      truth,
      clause,
      () => runFrom(cx, clauses, i),
      () => lowerCases(cx, clauses, value, i + 1),
    );
  }
  const otherwise = clauses.findIndex((clause) => tsc.isDefaultClause(clause));
  return otherwise < 0 ? arrived : runFrom(cx, clauses, otherwise);
}

const runFrom = (cx: Context, clauses: Clauses, at: number): Arrival =>
  lowerStatements(
    cx,
    clauses.slice(at).flatMap((clause) => clause.statements),
  )
    ? arrived
    : undefined;
