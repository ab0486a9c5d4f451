/** Runs an operator's type rule on types whose sizes may be named. */

import { type Dim, equalDim } from "../ops/dim.ts";
import type { Attrs, Op } from "../ops/op.ts";
import type { Refusal, Rule, TensorType } from "../ops/types.ts";

/** Something that must hold of sizes that are known only when running. */
export interface SizeDemand {
  readonly relation: "equal" | "atMost";
  readonly left: Dim;
  readonly right: Dim;
  readonly message: string;
}

/** Thrown by `GraphRule.fail`: the call is refused. */
export class RefusedCall extends Error {
  readonly kind: Refusal;

  constructor(kind: Refusal, message: string) {
    super(message);
    this.name = "RefusedCall";
    this.kind = kind;
  }
}

/** Refuses by throwing RefusedCall, and collects what must be checked at run time. */
export class GraphRule implements Rule {
  readonly demands: SizeDemand[] = [];

  fail(kind: Refusal, message: string): never {
    throw new RefusedCall(kind, message);
  }

  /** Of two sizes that must be equal, the number is returned, else the left one. */
  equal(left: Dim, right: Dim, message: () => string): Dim {
    if (equalDim(left, right)) return left;
    const [l, r] = [typeof left === "number", typeof right === "number"];
    if (l && r) this.fail("shape", message());
    this.demands.push({ relation: "equal", left, right, message: message() });
    return r ? right : left;
  }

  atMost(left: Dim, right: Dim, message: () => string): void {
    if (equalDim(left, right)) return;
    if (typeof left === "number" && typeof right === "number") {
      if (left > right) this.fail("shape", message());
      return;
    }
    this.demands.push({ relation: "atMost", left, right, message: message() });
  }
}

export interface Inferred {
  readonly type: TensorType;
  readonly demands: readonly SizeDemand[];
}

/** The result's type, and what must be checked when running. Throws RefusedCall. */
export function inferResult(op: Op, operands: readonly TensorType[], attrs: Attrs): Inferred {
  const rule = new GraphRule();
  const type = op.type(operands, attrs, rule);
  return { type, demands: rule.demands };
}
