/**
 * Contractions on many examples at once. Matrix products have batch axes. Convolutions take examples as
 * images where they share the weights, and else as groups of channels.
 */

import type { Batch, BatchOperand } from "./batch.ts";
import { mulDim } from "./dim.ts";
import { range } from "./gradient-math.ts";

export function batchContraction<V>(batch: Batch<V>): V {
  switch (batch.op.name) {
    case "dot": {
      const rank = batch.result.shape.length;
      const [a, b] = batch.operands.map((x) => batch.aligned(x, rank));
      return batch.math.dot(a!, b!);
    }
    case "conv":
    case "convInputGrad":
      return batch.operands[1]!.each ? withOwnWeights(batch) : asImages(batch);
    case "convWeightGrad":
      return weightGradients(batch);
    default:
      return batch.build.refuse(batch.op.name);
  }
}

/** All images of all examples in one call. */
function asImages<V>({ build, math, op, operands, attrs, result, count }: Batch<V>): V {
  const [x, w] = [operands[0]!, operands[1]!];
  const [images, ...rest] = x.type.shape;
  const all = math.reshape(x.value, [mulDim(count, images!), ...rest]);
  return math.reshape(build.apply(op.name, [all, w.value], attrs), [count, ...result.shape]);
}

/** The examples' channels one after another, each example being a group, or several. */
function withOwnWeights<V>(batch: Batch<V>): V {
  const { build, math, op, operands, result, count } = batch;
  const [x, w] = [operands[0]!, operands[1]!];
  const grouped = groupsOf(batch);
  if (grouped === undefined) return math.full([count, ...result.shape], 0, result.dtype);
  const [outputs, ...kernel] = w.type.shape;
  const weights = math.reshape(w.value, [mulDim(count, outputs!), ...kernel]);
  const made = build.apply(op.name, [asChannels(batch, x), weights], grouped);
  const [images, ...channels] = result.shape;
  const apart = math.reshape(made, [images!, count, ...channels]);
  return math.permute(apart, exchanged(result.shape.length + 1));
}

function weightGradients<V>(batch: Batch<V>): V {
  const { build, math, op, operands, result, count } = batch;
  const grouped = groupsOf(batch);
  if (grouped === undefined) return math.full([count, ...result.shape], 0, result.dtype);
  const both = operands.map((x) => asChannels(batch, x));
  return math.reshape(build.apply(op.name, both, grouped), [count, ...result.shape]);
}

/** Undefined where there is no example. */
function groupsOf<V>({ build, op, attrs, count }: Batch<V>) {
  if (typeof count !== "number") {
    return build.refuse(
      `${op.name} with weights of each example, where the number of examples is not known when compiling`,
    );
  }
  return count === 0 ? undefined : { ...attrs, groups: count * Number(attrs.groups) };
}

/** `[examples, images, channels, …]` as `[images, examples · channels, …]`. */
function asChannels<V>(batch: Batch<V>, x: BatchOperand<V>): V {
  const { math, count } = batch;
  const [images, channels, ...rest] = x.type.shape;
  const exchange = math.permute(batch.spread(x), exchanged(x.type.shape.length + 1));
  return math.reshape(exchange, [images!, mulDim(count, channels!), ...rest]);
}

/** The first two axes in each other's place. */
const exchanged = (rank: number): readonly number[] => [1, 0, ...range(rank).slice(2)];
