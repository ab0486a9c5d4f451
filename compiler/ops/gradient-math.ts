/** What gradient rules are written with: the operators by name, numbers as scalars, sums back. */

import { addDim, type Dim, mulDim, product, subDim } from "./dim.ts";
import { type Attrs, noAttrs, type OpBuilder } from "./op.ts";
import type { DType, TensorType } from "./types.ts";

type Operand<V> = V | number;

export const range = (length: number, from = 0): number[] =>
  Array.from({ length }, (_, i) => from + i);

/** How many partial sums a reduction keeps: rule 4 of docs/numerics.md. */
export const lanesOf = (rank: number, axes: readonly number[]): 1 | 16 =>
  axes.length > 0 && axes.at(-1) === rank - 1 ? 16 : 1;

export class GradientMath<V> {
  private readonly build: OpBuilder<V>;

  constructor(build: OpBuilder<V>) {
    this.build = build;
  }

  apply(op: string, operands: readonly Operand<V>[], attrs: Attrs = noAttrs): V {
    const given = operands.map((x) =>
      typeof x === "number" ? this.build.scalar(x, this.dtypeBeside(operands)) : x,
    );
    return this.build.apply(op, given, attrs);
  }

  /** Numbers take the dtype of the floats beside them. */
  private dtypeBeside(operands: readonly Operand<V>[]): DType {
    const isWide = operands.some((x) => typeof x !== "number" && this.typeOf(x).dtype === "f64");
    return isWide ? "f64" : "f32";
  }

  typeOf = (v: V): TensorType => this.build.typeOf(v);
  shapeOf = (v: V): readonly Dim[] => this.build.typeOf(v).shape;
  rankOf = (v: V): number => this.build.typeOf(v).shape.length;

  add = (a: Operand<V>, b: Operand<V>): V => this.apply("add", [a, b]);
  sub = (a: Operand<V>, b: Operand<V>): V => this.apply("sub", [a, b]);
  mul = (a: Operand<V>, b: Operand<V>): V => this.apply("mul", [a, b]);
  div = (a: Operand<V>, b: Operand<V>): V => this.apply("div", [a, b]);
  neg = (x: V): V => this.apply("neg", [x]);
  eq = (a: Operand<V>, b: Operand<V>): V => this.apply("eq", [a, b]);
  ne = (a: Operand<V>, b: Operand<V>): V => this.apply("ne", [a, b]);
  lt = (a: Operand<V>, b: Operand<V>): V => this.apply("lt", [a, b]);
  gt = (a: Operand<V>, b: Operand<V>): V => this.apply("gt", [a, b]);
  ge = (a: Operand<V>, b: Operand<V>): V => this.apply("ge", [a, b]);
  and = (a: V, b: V): V => this.apply("logicalAnd", [a, b]);
  or = (a: V, b: V): V => this.apply("logicalOr", [a, b]);
  not = (a: V): V => this.apply("logicalNot", [a]);
  where = (c: V, a: Operand<V>, b: Operand<V>): V => this.apply("where", [c, a, b]);
  to = (x: V, dtype: DType): V => this.apply("to", [x], { dtype });
  dot = (a: V, b: V): V => this.apply("dot", [a, b]);

  reshape = (x: V, shape: readonly Dim[]): V => this.apply("reshape", [x], { shape });
  permute = (x: V, dims: readonly number[]): V => this.apply("permute", [x], { dims });
  expand = (x: V, shape: readonly Dim[]): V => this.apply("expand", [x], { shape });
  full = (shape: readonly Dim[], value: Dim, dtype: DType = "f32"): V =>
    this.apply("full", [], { shape, value, dtype });
  pad = (x: V, widths: readonly (readonly [Dim, Dim])[], value = 0): V =>
    this.apply("pad", [x], { widths, value });
  slice = (x: V, start: readonly Dim[], length: readonly Dim[], step: readonly number[]): V =>
    this.apply("slice", [x], { start, length, step });

  sum(x: V, axes: readonly number[], keepDim: boolean): V {
    return this.apply("sum", [x], { axes, keepDim, lanes: lanesOf(this.rankOf(x), axes) });
  }

  swapLastTwo(x: V): V {
    const rank = this.rankOf(x);
    return this.permute(x, [...range(rank - 2), rank - 1, rank - 2]);
  }

  /** The number of elements along `axes` of `x`, as a scalar. */
  count(x: V, axes: readonly number[]): V {
    const shape = this.shapeOf(x);
    return this.full([], product(axes.map((a) => shape[a]!)), this.typeOf(x).dtype);
  }

  /** `x`, the result of a reduction of `operand` over `axes`, repeated along them again. */
  spread(x: V, operand: V, axes: readonly number[], keepDim: boolean): V {
    const shape = this.shapeOf(operand);
    const kept = keepDim
      ? x
      : this.reshape(
          x,
          shape.map((d, i) => (axes.includes(i) ? 1 : d)),
        );
    return this.expand(kept, shape);
  }

  /**
   * The cotangent of a tensor of `shape`, from that of its slice: the positions between are filled by
   * padding each to `step` positions, what is beyond the end by padding, then cut off where it was too
   * much (the last position's own filling).
   */
  unslice(x: V, start: readonly Dim[], step: readonly number[], shape: readonly Dim[]): V {
    const sizes = this.shapeOf(x);
    const spaced = sizes.map((n, i) => mulDim(n, step[i]!));
    const isDense = step.every((s) => s === 1);
    const apart = isDense ? x : this.spaceOut(x, step, spaced);
    const widths = shape.map((size, i): readonly [Dim, Dim] => {
      const after = subDim(subDim(size, start[i]!), spaced[i]!);
      return [start[i]!, step[i] === 1 ? after : addDim(after, step[i]!)];
    });
    const padded = widths.every(([a, b]) => a === 0 && b === 0) ? apart : this.pad(apart, widths);
    if (isDense) return padded;
    return this.slice(
      padded,
      shape.map(() => 0),
      shape,
      shape.map(() => 1),
    );
  }

  private spaceOut(x: V, step: readonly number[], spaced: readonly Dim[]): V {
    const split = this.shapeOf(x).flatMap((n, i) => (step[i] === 1 ? [n] : [n, 1]));
    const widths = step.flatMap((s): (readonly [Dim, Dim])[] =>
      s === 1
        ? [[0, 0]]
        : [
            [0, 0],
            [0, s - 1],
          ],
    );
    return this.reshape(this.pad(this.reshape(x, split), widths), spaced);
  }

  /**
   * The cotangent of `operand`, from that of a result that it was broadcast to.
   *
   * A rule must not look at sizes, because eager code sees numbers where compiled code sees symbols,
   * and both must give the same bits. Whether an axis was repeated is a matter of sizes in eager code
   * only: there `f32[1,3]` may be a literal 1, or a `B` that happens to be 1 and that compiled code
   * leaves alone. Hence `sumBack`: over an axis of size 1 it changes no bit, not even the sign of a
   * zero, so it does not matter which of the two was meant. Leading axes are a matter of rank and
   * are summed together; of the others each is summed by itself, last axis first, so that axes of
   * size 1 cannot change the order of the sums either.
   */
  sumBack(cotangent: V, operand: V): V {
    const [from, to] = [this.shapeOf(cotangent), this.shapeOf(operand)];
    const leading = from.length - to.length;
    let sum = cotangent;
    if (leading > 0) sum = this.sumBackOver(sum, range(leading), false);
    for (let axis = to.length - 1; axis >= 0; axis--) {
      if (to[axis] === 1 && from[leading + axis] !== 1) sum = this.sumBackOver(sum, [axis], true);
    }
    return sum;
  }

  private sumBackOver(x: V, axes: readonly number[], keepDim: boolean): V {
    return this.apply("sumBack", [x], { axes, keepDim, lanes: lanesOf(this.rankOf(x), axes) });
  }
}
