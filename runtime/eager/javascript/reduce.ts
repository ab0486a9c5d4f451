/** Reductions and scans, in the order of rule 4 of docs/numerics.md. */

import { evaluateExpr } from "../../../compiler/ops/evaluate-expr.ts";
import type { ReduceLowering, ScanLowering } from "../../../compiler/ops/lowering.ts";
import { type DType, rangeOf } from "../../../compiler/ops/types.ts";
import type { Elements } from "../elements.ts";
import type { Kernels } from "../kernels.ts";
import type { Plan } from "../plans/plan.ts";
import { lengthOf } from "../strided.ts";
import { locate, placesIn, placesOf } from "./places.ts";

const blockLength = 4096;

type Combine = (a: number, b: number) => number;
type Combined = Exclude<ReduceLowering["combine"], "argmax" | "argmin">;

/** Dtypes that are reduced here need no rounding: f64 has none, extremes have none. */
const combines: Readonly<Record<Combined, Combine>> = {
  sum: (a, b) => a + b,
  sumBack: (a, b) => a + b,
  prod: (a, b) => a * b,
  max: Math.max,
  min: Math.min,
};

function startOf(combine: Combined, dtype: DType): number {
  switch (combine) {
    case "sum":
      return 0;
    case "sumBack":
      return -0;
    case "prod":
      return 1;
    case "max":
      return rangeOf(dtype)[0];
    case "min":
      return rangeOf(dtype)[1];
  }
}

/** One reduced row: the places of its elements are `at + steps[i]`. */
type Row = (data: Elements, at: number, steps: Int32Array) => number;

function rowOf({ combine, lanes }: ReduceLowering, dtype: DType): Row {
  if (combine === "argmax" || combine === "argmin") return positionOf(combine);
  const f = combines[combine];
  const start = startOf(combine, dtype);
  const partials = new Float64Array(lanes);
  const lane = (l: number): number =>
    f(f(partials[l]!, partials[4 + l]!), f(partials[8 + l]!, partials[12 + l]!));
  return (data, at, steps) => {
    let total = start;
    for (let from = 0; from < steps.length; from += blockLength) {
      const end = Math.min(from + blockLength, steps.length);
      partials.fill(start);
      for (let i = from; i < end; i++) {
        const l = lanes === 1 ? 0 : i & 15;
        partials[l] = f(partials[l]!, data[at + steps[i]!]!);
      }
      const sum = lanes === 1 ? partials[0]! : f(f(lane(0), lane(2)), f(lane(1), lane(3)));
      total = from === 0 ? sum : f(total, sum);
    }
    return total;
  };
}

/** Whether `x` is strictly better than the best so far, or the first NaN. */
const beats = (combine: "argmax" | "argmin", x: number, best: number): boolean =>
  (combine === "argmax" ? x > best : x < best) || (Number.isNaN(x) && !Number.isNaN(best));

const positionOf =
  (combine: "argmax" | "argmin"): Row =>
  (data, at, steps) => {
    let where = 0;
    let best = data[at]!;
    for (let i = 1; i < steps.length; i++) {
      const x = data[at + steps[i]!]!;
      if (!beats(combine, x, best)) continue;
      best = x;
      where = i;
    }
    return where;
  };

export function planReduce(k: Kernels, lowering: ReduceLowering): Plan {
  const { axes, finish } = lowering;
  return ([operand], out) => {
    const x = locate(k, operand!);
    const to = locate(k, out);
    const kept = operand!.shape.map((_, i) => i).filter((i) => !axes.includes(i));
    const sizes = (of: readonly number[]): number[] => of.map((axis) => x.shape[axis]!);
    const strides = (of: readonly number[]): number[] => of.map((axis) => x.strides[axis]!);
    const starts = placesOf(sizes(kept), strides(kept), x.first);
    const steps = placesOf(sizes(axes), strides(axes), 0);
    const row = rowOf(lowering, operand!.dtype);
    for (let i = 0; i < starts.length; i++) {
      const value = row(x.data, starts[i]!, steps);
      to.data[to.first + i] = finish ? Number(evaluateExpr(finish, [value, steps.length])) : value;
    }
  };
}

/** Slabs of `length` positions along the axis, `lag` elements apart. */
export function planScan(k: Kernels, { combine, axis }: ScanLowering): Plan {
  return (operands, out) => {
    const to = locate(k, out);
    const [x, factor] = [operands.at(-1)!, operands[0]!].map((v) => {
      const source = locate(k, v);
      return { data: source.data, places: placesIn(source) };
    });
    const length = out.shape[axis]!;
    const lag = lengthOf(out.shape.slice(axis + 1));
    const slab = length * lag;
    const step = scanStep(combine, operands[0]!.dtype);
    for (let first = 0; first < lengthOf(out.shape); first += slab) {
      for (let column = 0; column < lag; column++) {
        const next = step();
        for (let i = 0; i < length; i++) {
          const at = first + i * lag + column;
          const [a, b] = [x!.data[x!.places[at]!]!, factor!.data[factor!.places[at]!]!];
          to.data[to.first + at] = next(i, a, b);
        }
      }
    }
  };
}

/** Begins a pass along the axis; gives what takes in the element at each position, and the factor. */
function scanStep(
  combine: ScanLowering["combine"],
  dtype: DType,
): () => (i: number, x: number, factor: number) => number {
  if (combine === "linear") {
    return () => {
      let so = 0;
      return (_, x, factor) => (so = factor * so + x);
    };
  }
  if (combine === "argmax" || combine === "argmin") {
    return () => {
      let [best, where] = [0, 0];
      return (i, x) => {
        if (i === 0 || beats(combine, x, best)) [best, where] = [x, i];
        return where;
      };
    };
  }
  const f = combines[combine];
  return () => {
    let so = startOf(combine, dtype);
    return (_, x) => (so = f(so, x));
  };
}
