/** Owns `withGradient`: functions whose gradient the program states. */

import { printTensorType } from "../../compiler/ops/types.ts";
import { eagerBuilder } from "./apply-op.ts";
import { contentsOf } from "./cell-contents.ts";
import { aliasOf, raw } from "./differentiate.ts";
import { ExampleTensor, type Level, levelOf, outsideOf, within } from "./examples.ts";
import { codes, GlimError } from "./glim-error.ts";
import { builtinMark, mark } from "./marks.ts";
import { innermostFollowing, noteOwnGradient, noteStatedGradient } from "./recording.ts";
import { Tape } from "./tape.ts";
import { asValue, type EagerTensor, isTensor } from "./tensor.ts";
import type { AnyTensor, FloatDType } from "./tensor-types.ts";

/** What a function with a gradient of its own computes, and what its way back needs of that. */
export interface Forward<S, D extends FloatDType = "f32"> {
  readonly value: AnyTensor<D>;
  readonly saved: S;
}

/**
 * Runs `forward`; whoever goes back through it asks `backward` for the cotangents of the arguments, in
 * order, given that of the value.
 */
export function withGradient<A extends readonly unknown[], S, D extends FloatDType = "f32">(
  forward: (...args: A) => Forward<S, D>,
  backward: (saved: S, cotangent: AnyTensor<D>) => readonly (AnyTensor | undefined)[],
  args: A,
): AnyTensor<D> {
  const tensors = args.filter(isTensor);
  const level = levelOf(tensors);
  const tape = innermostFollowing(tensors, level?.recorders ?? 0);
  if (!(tape instanceof Tape)) {
    if (level !== undefined) return ofExamples(level, forward, backward, args);
    noteStatedGradient();
    return forward(...args).value;
  }
  noteOwnGradient();
  const { value, saved } = tape.pause(() => forward(...args));
  const result = aliasOf(raw(value, "customGrad"));
  const operands = args.map((x) => (isTensor(x) ? contentsOf(x) : undefined));
  tape.add({
    name: "customGrad",
    results: [result],
    reverse([cotangent], own) {
      if (cotangent === undefined) return;
      const given = listed(backward(saved, asValue(cotangent) as AnyTensor<D>));
      operands.forEach((x, i) => {
        const c = given[i];
        if (x === undefined || c === undefined || !own.isActive(x)) return;
        own.contribute(x, fittingCotangent(c, x, i));
      });
    },
  });
  return asValue(result) as AnyTensor<D>;
}

mark(withGradient, builtinMark, "withGradient");

/** What differentiates all examples together must take their gradient from the program, too. */
function ofExamples<A extends readonly unknown[], S, D extends FloatDType>(
  level: Level,
  forward: (...args: A) => Forward<S, D>,
  backward: (saved: S, cotangent: AnyTensor<D>) => readonly (AnyTensor | undefined)[],
  args: A,
): AnyTensor<D> {
  const example = (all: unknown): AnyTensor<D> =>
    asValue(new ExampleTensor(level, raw(all, "customGrad"))) as AnyTensor<D>;
  const all = args.map((x) => (isTensor(x) ? asValue(examplesOf(level, x)) : x));
  const result = outsideOf(level, () =>
    withGradient(
      (...given: readonly unknown[]) =>
        within(level, () => {
          const own = given.map((x) => (isTensor(x) ? example(x) : x));
          const { value, saved } = forward(...(own as unknown as A));
          return {
            value: asValue(examplesOf(level, raw(value, "customGrad"))) as AnyTensor<D>,
            saved,
          };
        }),
      (saved: S, cotangent) =>
        within(level, () =>
          backward(saved, example(cotangent)).map((c) =>
            c === undefined ? undefined : asValue(examplesOf(level, raw(c, "customGrad"))),
          ),
        ),
      all,
    ),
  );
  return example(result);
}

/** A tensor of each example, with the examples along its first axis. */
function examplesOf(level: Level, x: EagerTensor): EagerTensor {
  if (x instanceof ExampleTensor && x.level === level) return x.all;
  return outsideOf(level, () =>
    eagerBuilder.apply("expand", [x], { shape: [level.count, ...x.shape] }),
  );
}

/** A tensor alone would be taken for a list without entries. */
function listed<T>(given: readonly T[]): readonly T[] {
  if (Array.isArray(given)) return given;
  const due = "a list with a gradient, or undefined, for each argument";
  const found = isTensor(given) ? "a tensor" : typeof given;
  throw new GlimError(codes.argument, `customGrad: backward gives ${found}, not ${due}`);
}

function fittingCotangent(given: unknown, x: EagerTensor, index: number): EagerTensor {
  const cotangent = raw(given, "customGrad");
  const fits =
    cotangent.dtype === x.dtype &&
    cotangent.rank === x.rank &&
    cotangent.shape.every((n, i) => n === x.shape[i]);
  if (fits) return cotangent;
  const message = `customGrad: the gradient of argument ${index + 1} is ${printTensorType(cotangent)}, and the argument ${printTensorType(x)}`;
  throw new GlimError(codes.shape, message);
}
