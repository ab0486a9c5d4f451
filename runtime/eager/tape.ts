/**
 * Owns the tape: what is computed while a function is being differentiated, and the way back through
 * it. Tapes nest: the operations of a way back are recorded by the tapes around it.
 */

import type { OpBuilder } from "../../compiler/ops/op.ts";
import {
  addContribution,
  contributionsOf,
  isDifferentiable,
  type Operation,
} from "../../compiler/ops/reverse.ts";
import { contentsOf } from "./cell-contents.ts";
import type { Recorder } from "./recording.ts";
import type { EagerTensor } from "./tensor.ts";

/** Something that was computed, and what it contributes once its cotangent is known. */
export interface Entry {
  readonly result: EagerTensor;
  /** Contributes to what it was computed from. */
  reverse(cotangent: EagerTensor, tape: Tape): void;
}

export class Tape implements Recorder {
  readonly #build: OpBuilder<EagerTensor>;
  readonly #entries: Entry[] = [];
  readonly #active = new Set<EagerTensor>();
  readonly #cotangents = new Map<EagerTensor, EagerTensor>();
  #paused = 0;

  constructor(build: OpBuilder<EagerTensor>) {
    this.#build = build;
  }

  /** Follows a tensor: what is computed from it is recorded. */
  follow(x: EagerTensor): void {
    this.#active.add(x);
  }

  isActive(x: EagerTensor): boolean {
    return this.#active.has(contentsOf(x));
  }

  record({ op, operands, attrs, result }: Operation<EagerTensor>): void {
    if (this.#paused > 0 || !isDifferentiable(op, result.dtype)) return;
    if (!operands.some((x) => this.isActive(x))) return;
    this.add(
      new OperationEntry(this.#build, { op, operands: operands.map(contentsOf), attrs, result }),
    );
  }

  add(entry: Entry): void {
    this.#active.add(entry.result);
    this.#entries.push(entry);
  }

  /** Runs `f` without recording what it computes. */
  pause<R>(f: () => R): R {
    this.#paused++;
    try {
      return f();
    } finally {
      this.#paused--;
    }
  }

  contribute(x: EagerTensor, cotangent: EagerTensor): void {
    this.#cotangents.set(x, addContribution(this.#build, this.#cotangents.get(x), cotangent));
  }

  /** Goes back through everything that was recorded, from a tensor whose cotangent is given. */
  goBack(from: EagerTensor, cotangent: EagerTensor): void {
    const start = contentsOf(from);
    if (this.#active.has(start)) this.contribute(start, cotangent);
    // Entries are dropped on the way, so that the memory of what they hold can be used again.
    for (let entry = this.#entries.pop(); entry !== undefined; entry = this.#entries.pop()) {
      const own = this.#cotangents.get(entry.result);
      if (own === undefined) continue;
      this.#cotangents.delete(entry.result);
      entry.reverse(own, this);
    }
  }

  /** What was contributed to a tensor that is followed. */
  cotangentOf(x: EagerTensor): EagerTensor | undefined {
    return this.#cotangents.get(x);
  }
}

class OperationEntry implements Entry {
  readonly #build: OpBuilder<EagerTensor>;
  readonly #operation: Operation<EagerTensor>;

  constructor(build: OpBuilder<EagerTensor>, operation: Operation<EagerTensor>) {
    this.#build = build;
    this.#operation = operation;
  }

  get result(): EagerTensor {
    return this.#operation.result;
  }

  reverse(cotangent: EagerTensor, tape: Tape): void {
    const { operands } = this.#operation;
    const wanted = operands.map((x) => tape.isActive(x));
    const own = contributionsOf(this.#build, this.#operation, cotangent, wanted);
    own.forEach((c, i) => {
      if (c !== undefined) tape.contribute(operands[i]!, c);
    });
  }
}
