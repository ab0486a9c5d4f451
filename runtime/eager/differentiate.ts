/** Owns `differentiate`, which all gradients are made of: runs a function and goes back through it. */

import { opByName } from "../../compiler/ops/registry.ts";
import { isFloat, printTensorType } from "../../compiler/ops/types.ts";
import { eagerBuilder } from "./apply-op.ts";
import { contentsOf, withContents } from "./cell-contents.ts";
import { codes, GlimError } from "./glim-error.ts";
import { builtinMark, mark } from "./marks.ts";
import { recordOperation, recordWith } from "./recording.ts";
import { Tape } from "./tape.ts";
import { again, asValue, type EagerTensor, isTensor } from "./tensor.ts";
import type { AnyTensor, FloatDType } from "./tensor-types.ts";

/** What is differentiated: a tensor, or the `loss` of a record. */
export type Differentiable<D extends FloatDType = FloatDType> =
  | AnyTensor<D>
  | { readonly loss: AnyTensor<D> };

export interface Differentiated<R, D extends FloatDType> {
  readonly value: R;
  /** One for each of `inputs`, then one for each of `cells`; zeros where nothing flows. */
  readonly grads: AnyTensor<D>[];
}

/**
 * Runs `f` on `inputs` and goes back through it. `cotangent` is that of the result; without it, the
 * result must have one element, and it is 1.
 */
export function differentiate<R extends Differentiable, D extends FloatDType>(
  f: (...inputs: AnyTensor<D>[]) => R,
  inputs: readonly AnyTensor<D>[],
  cells: readonly AnyTensor<D>[],
  cotangent: AnyTensor<FloatDType> | undefined,
): Differentiated<R, D> {
  const tape = new Tape(eagerBuilder);
  const own = inputs.map((x) => aliasOf(raw(x, "differentiate")));
  const held = cells.map((c) => raw(c, "differentiate"));
  const contents = held.map((c) => [c, aliasOf(contentsOf(c))] as const);
  const followed = [...own, ...contents.map(([, x]) => x)];
  for (const x of followed) {
    if (!isFloat(x.dtype)) refuseIntegers(x);
    tape.follow(x);
  }
  const value = withContents(contents, () =>
    recordWith(tape, () => f(...own.map((x) => asValue(x) as AnyTensor<D>))),
  );
  const output = outputOf(value);
  tape.goBack(output, cotangent === undefined ? one(output) : seedFor(output, cotangent));
  const grads = followed.map((x) => asValue(tape.cotangentOf(x) ?? zeros(x)) as AnyTensor<D>);
  return { value, grads };
}

mark(differentiate, builtinMark, "differentiate");

function refuseIntegers(x: EagerTensor): never {
  const message = `grad: ${printTensorType(x)} is no tensor of floats, so there is nothing to differentiate for`;
  throw new GlimError(codes.notFloat, message);
}

export function raw(x: unknown, what: string): EagerTensor {
  if (isTensor(x)) return x;
  throw new GlimError(codes.argument, `${what}: expected a tensor, found ${typeof x}`);
}

/** The same tensor for outer tapes, another one for the tape at hand. */
export function aliasOf(x: EagerTensor): EagerTensor {
  const alias = x[again]();
  const operation = { op: opByName("reshape")!, operands: [x], attrs: { shape: x.shape } };
  recordOperation({ ...operation, result: alias });
  return alias;
}

function outputOf(value: unknown): EagerTensor {
  if (isTensor(value)) return value;
  const isRecord = typeof value === "object" && value !== null && "loss" in value;
  if (isRecord && isTensor(value.loss)) return value.loss;
  throw new GlimError(
    codes.argument,
    "grad: the function must return a tensor, or a record with a tensor `loss`",
  );
}

function one(output: EagerTensor): EagerTensor {
  if (!isFloat(output.dtype)) refuseIntegers(output);
  if (output.length !== 1) {
    const message = `grad: the result is ${printTensorType(output)}, and a gradient is that of one number`;
    throw new GlimError(codes.notScalar, message);
  }
  return eagerBuilder.apply("full", [], { shape: output.shape, value: 1, dtype: output.dtype });
}

function seedFor(output: EagerTensor, cotangent: unknown): EagerTensor {
  const seed = raw(cotangent, "vjp");
  const fits = seed.rank === output.rank && seed.shape.every((n, i) => n === output.shape[i]);
  if (fits && seed.dtype === output.dtype) return seed;
  const message = `vjp: the cotangent is ${printTensorType(seed)}, and the result ${printTensorType(output)}`;
  throw new GlimError(codes.shape, message);
}

const zeros = (x: EagerTensor): EagerTensor =>
  eagerBuilder.apply("full", [], { shape: x.shape, value: 0, dtype: x.dtype });
