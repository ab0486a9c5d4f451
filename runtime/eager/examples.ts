/**
 * Owns tensors that stand for one example among many: a function that is written for one runs on all of
 * them at once. Such functions nest; every run is a level.
 */

import { batchOperation } from "../../compiler/ops/batch.ts";
import type { Attrs, Op, OpBuilder } from "../../compiler/ops/op.ts";
import { printTensorType, type TensorType } from "../../compiler/ops/types.ts";
import { codes, GlimError } from "./glim-error.ts";
import { recorderCount, withOuterRecorders } from "./recording.ts";
import { again, EagerTensor, refuseReading } from "./tensor.ts";

export interface Level {
  readonly count: number;
  readonly depth: number;
  /** How many recorders were there before: they see what is done with all examples at once. */
  readonly recorders: number;
}

/** The levels at work, outermost first. */
const levels: Level[] = [];
let wasUsed = false;

/** Runs `f` on a new level of so many examples. */
export function onLevel<R>(count: number, f: (level: Level) => R): R {
  const level = { count, depth: levels.length, recorders: recorderCount() };
  levels.push(level);
  wasUsed = true;
  try {
    return f(level);
  } finally {
    levels.splice(level.depth);
  }
}

/** Whether there may be tensors of examples; those of levels that were left are refused. */
export const isMapping = (): boolean => wasUsed;

/** Whether the function of one example that runs is being differentiated from outside of it. */
export const isMappedWithin = (): boolean => (levels.at(-1)?.recorders ?? 0) > 0;

/** Runs `f` as if outside of a level: on all of its examples. */
export function outsideOf<R>(level: Level, f: () => R): R {
  const inner = levels.splice(level.depth);
  try {
    return withOuterRecorders(level.recorders, f);
  } finally {
    levels.push(...inner);
  }
}

/** Runs `f` on a level that was left. */
export function within<R>(level: Level, f: () => R): R {
  const inner = levels.splice(level.depth);
  levels.push(level);
  try {
    return f();
  } finally {
    levels.splice(level.depth, 1, ...inner);
  }
}

/** One example's tensor; `all` has the examples along a first axis. */
export class ExampleTensor extends EagerTensor {
  readonly level: Level;
  readonly all: EagerTensor;

  constructor(level: Level, all: EagerTensor) {
    super(all.storage, all.dtype, all.shape.slice(1), all.strides.slice(1), all.offset, all.lease);
    this.level = level;
    this.all = all;
  }

  override [again](): ExampleTensor {
    return new ExampleTensor(this.level, this.all);
  }

  override toString(): string {
    return this[refuseReading]("the text");
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return `${printTensorType(this)} of each of ${this.level.count} examples`;
  }

  override [refuseReading](method: string): never {
    return refuseExamples(
      `${method} of ${printTensorType(this)}, which is another one for each example`,
    );
  }
}

export function refuseExamples(what: string): never {
  throw new GlimError(codes.examples, `vmap: the examples cannot part: ${what}`);
}

/** The innermost level that any of the tensors is an example of. */
export function levelOf(xs: readonly EagerTensor[]): Level | undefined {
  let found: Level | undefined;
  for (const x of xs) {
    if (x instanceof ExampleTensor && (found === undefined || x.level.depth > found.depth)) {
      found = x.level;
    }
  }
  if (found !== undefined && levels[found.depth] !== found) {
    refuseExamples("a tensor of one example is used outside of its function");
  }
  return found;
}

/** An operator on all examples of a level at once. */
export function applyToExamples(
  level: Level,
  build: OpBuilder<EagerTensor>,
  op: Op,
  operands: readonly EagerTensor[],
  attrs: Attrs,
  type: TensorType,
): EagerTensor {
  const given = operands.map((x) => {
    const each = x instanceof ExampleTensor && x.level === level;
    return { value: each ? x.all : x, each, type: x };
  });
  return withOuterRecorders(level.recorders, () => {
    const refuse = (what: string): never => {
      const message = `vmap: ${what} is not done for many examples at once yet`;
      throw new GlimError(codes.examplesThrough, message);
    };
    const builder = { ...build, refuse };
    return new ExampleTensor(level, batchOperation(builder, op, given, attrs, type, level.count));
  });
}
