/** Runs functions of one example on many at once: what `vmap` is made of. */

import { printTensorType } from "../../compiler/ops/types.ts";
import { eagerBuilder } from "./apply-op.ts";
import { contentsOf } from "./cell-contents.ts";
import { ExampleTensor, type Level, levelOf, onLevel } from "./examples.ts";
import { codes, GlimError } from "./glim-error.ts";
import { builtinMark, mark } from "./marks.ts";
import { asValue, type EagerTensor, isTensor } from "./tensor.ts";

/**
 * Runs `f` once, for many examples: each argument has them along its axis of `axes`, or is the same for
 * all where that is null. The tensors that it returns have them along `outAxis`.
 */
export function mapExamples<R>(
  f: (...args: unknown[]) => R,
  args: readonly unknown[],
  axes: readonly (number | null | undefined)[],
  outAxis: number,
): R {
  const all = args.map((x, i) => (axes[i] === null ? undefined : examplesIn(x, axes[i], i)));
  return onLevel(countOf(all), (level) => {
    const own = all.map((x, i) =>
      x === undefined ? args[i] : asValue(new ExampleTensor(level, x)),
    );
    return together(level, f(...own), outAxis) as R;
  });
}

mark(mapExamples, builtinMark, "mapExamples");

/** The argument with its examples along the first axis. */
function examplesIn(x: unknown, axis: number | undefined, index: number): EagerTensor {
  const place = `vmap: argument ${index + 1}`;
  if (axis === undefined) {
    throw new GlimError(codes.argument, `${place} has no entry in inAxes`);
  }
  if (!isTensor(x)) {
    throw new GlimError(codes.argument, `${place} is no tensor: write null for it in inAxes`);
  }
  const from = axis < 0 ? axis + x.rank : axis;
  if (from < 0 || from >= x.rank) {
    const message = `${place} is ${printTensorType(x)}, which has no examples along axis ${axis}`;
    throw new GlimError(codes.axis, message);
  }
  const own = contentsOf(x);
  if (from === 0) return own;
  return eagerBuilder.apply("permute", [own], { dims: [from, ...axesBut(x.rank, from)] });
}

const axesBut = (rank: number, axis: number): readonly number[] =>
  Array.from({ length: rank }, (_, i) => i).filter((i) => i !== axis);

function countOf(all: readonly (EagerTensor | undefined)[]): number {
  const counts = all.map((x) => x?.shape[0]);
  const first = counts.findIndex((n) => n !== undefined);
  const count = counts[first];
  if (count === undefined) {
    throw new GlimError(codes.argument, "vmap: no argument has examples");
  }
  const other = counts.findIndex((n) => n !== undefined && n !== count);
  if (other < 0) return count;
  const message = `vmap: argument ${first + 1} has ${count} examples, argument ${other + 1} has ${counts[other]}`;
  throw new GlimError(codes.shape, message);
}

/** What a function returned for one example, for all of them. */
function together(level: Level, result: unknown, outAxis: number): unknown {
  if (isTensor(result)) return asValue(joined(level, result, outAxis));
  if (Array.isArray(result)) return result.map((x) => together(level, x, outAxis));
  if (typeof result !== "object" || result === null) return result;
  return Object.fromEntries(
    Object.entries(result).map(([key, x]) => [key, together(level, x, outAxis)]),
  );
}

function joined(level: Level, x: EagerTensor, outAxis: number): EagerTensor {
  const all =
    x instanceof ExampleTensor && levelOf([x]) === level
      ? x.all
      : eagerBuilder.apply("expand", [x], { shape: [level.count, ...x.shape] });
  const axis = outAxis < 0 ? outAxis + all.rank : outAxis;
  if (axis < 0 || axis >= all.rank) {
    const message = `vmap: outAxes is ${outAxis}, and the result ${printTensorType(all)}`;
    throw new GlimError(codes.axis, message);
  }
  if (axis === 0) return all;
  return eagerBuilder.apply("permute", [all], { dims: axesBut(all.rank, 0).toSpliced(axis, 0, 0) });
}
