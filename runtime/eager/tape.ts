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
import { codes, GlimError } from "./glim-error.ts";
import { goingBackThrough, isWatching, type Origin, originOf } from "./nan-stop.ts";
import type { Recorder } from "./recording.ts";
import type { EagerTensor } from "./tensor.ts";

/** Something that was computed, and what it contributes once its cotangents are known. */
export interface Entry {
  /** What computed it. */
  readonly name: string;
  readonly results: readonly EagerTensor[];
  /** Contributes to what they were computed from; at least one of the cotangents is there. */
  reverse(cotangents: readonly (EagerTensor | undefined)[], tape: Tape): void;
}

export class Tape implements Recorder {
  readonly #build: OpBuilder<EagerTensor>;
  readonly #entries: Entry[] = [];
  /** Whoever holds a tensor keeps it alive, not its being followed. */
  readonly #active = new WeakSet<EagerTensor>();
  readonly #forgotten = new WeakSet<EagerTensor>();
  /** Where entries come from, while NaN is looked for. */
  readonly #origins = new WeakMap<Entry, Origin>();
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
    for (const x of entry.results) {
      this.#active.add(x);
      this.#forgotten.delete(x);
    }
    this.#entries.push(entry);
    if (isWatching()) this.#origins.set(entry, originOf(entry.name));
  }

  /** How much was recorded so far. */
  get length(): number {
    return this.#entries.length;
  }

  /** Drops what was recorded since `length`; a way back that reaches any of it is refused. */
  forget(length: number): void {
    for (const entry of this.#entries.splice(length)) {
      for (const x of entry.results) this.#forgotten.add(x);
    }
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
    if (this.#forgotten.has(x)) {
      const message =
        "checkpoint: a tensor that was computed inside is used outside: let the function return it";
      throw new GlimError(codes.argument, message);
    }
    this.#cotangents.set(x, addContribution(this.#build, this.#cotangents.get(x), cotangent));
  }

  /** Goes back through everything that was recorded, from a tensor whose cotangent is given. */
  goBack(from: EagerTensor, cotangent: EagerTensor): void {
    const start = contentsOf(from);
    if (this.#active.has(start)) this.contribute(start, cotangent);
    // Entries are dropped on the way, so that the memory of what they hold can be used again.
    for (let entry = this.#entries.pop(); entry !== undefined; entry = this.#entries.pop()) {
      const own = entry.results.map((x) => this.#cotangents.get(x));
      if (own.every((c) => c === undefined)) continue;
      for (const x of entry.results) this.#cotangents.delete(x);
      const origin = this.#origins.get(entry);
      if (origin === undefined) entry.reverse(own, this);
      else goingBackThrough(origin, () => entry.reverse(own, this));
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

  get name(): string {
    return this.#operation.op.name;
  }

  get results(): readonly EagerTensor[] {
    return [this.#operation.result];
  }

  reverse([cotangent]: readonly (EagerTensor | undefined)[], tape: Tape): void {
    if (cotangent === undefined) return;
    const { operands } = this.#operation;
    const wanted = operands.map((x) => tape.isActive(x));
    const own = contributionsOf(this.#build, this.#operation, cotangent, wanted);
    own.forEach((c, i) => {
      if (c !== undefined) tape.contribute(operands[i]!, c);
    });
  }
}
