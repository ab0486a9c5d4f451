/** What `grad` means, apart from how it is compiled: a tape of what a run computes, gone back through. */

import type { Attrs, OpBuilder } from "#glim/compiler/ops/op.js";
import {
  addContribution,
  contributionsOf,
  isDifferentiable,
  type Operation,
} from "#glim/compiler/ops/reverse.js";
import type { RunValue, TensorValue } from "./interpret-graph.ts";

/** The program reads a number from what is differentiated, or puts it where tapes do not follow. */
export class NotFollowed extends Error {}

export class GraphTape {
  readonly #operations: Operation<TensorValue>[] = [];
  readonly #active = new Set<RunValue>();
  readonly #cotangents = new Map<TensorValue, TensorValue>();

  follow(x: TensorValue): void {
    this.#active.add(x);
  }

  isActive(x: RunValue): boolean {
    return this.#active.has(x);
  }

  record(operation: Operation<TensorValue>): void {
    const { op, operands, result } = operation;
    if (!isDifferentiable(op, result.type.dtype) || !operands.some((x) => this.isActive(x))) return;
    this.#active.add(result);
    this.#operations.push(operation);
  }

  goBack(build: OpBuilder<TensorValue>, output: TensorValue, seed: TensorValue): void {
    const add = (x: TensorValue, c: TensorValue): void => {
      this.#cotangents.set(x, addContribution(build, this.#cotangents.get(x), c));
    };
    if (this.isActive(output)) add(output, seed);
    for (const operation of this.#operations.toReversed()) {
      const cotangent = this.#cotangents.get(operation.result);
      if (cotangent === undefined) continue;
      const { operands } = operation;
      const wanted = operands.map((x) => this.isActive(x));
      contributionsOf(build, operation, cotangent, wanted).forEach((c, i) => {
        if (c !== undefined) add(operands[i]!, c);
      });
    }
  }

  cotangentOf(x: TensorValue): TensorValue | undefined {
    return this.#cotangents.get(x);
  }
}

export type ApplyByName = (
  name: string,
  operands: readonly TensorValue[],
  attrs: Attrs,
) => TensorValue;
