/**
 * How an operator runs on many examples at once: one rule for each kind of lowering, for eager mode and
 * the compiler alike. Each example's elements are computed by the same operations in the same order as
 * alone, so its bits are the same.
 */

import { batchContraction } from "./batch-contraction.ts";
import { type Dim, mulDim } from "./dim.ts";
import { GradientMath, range } from "./gradient-math.ts";
import type { Attr, Attrs, Op, OpBuilder } from "./op.ts";
import { maxRank, type TensorType } from "./types.ts";

/** An operand of one example's operator. */
export interface BatchOperand<V> {
  /** If it is `each`, with the examples along a first axis of its own. */
  readonly value: V;
  /** Whether every example has its own. */
  readonly each: boolean;
  /** What an example sees. */
  readonly type: TensorType;
}

export interface BatchBuilder<V> extends OpBuilder<V> {
  /** Turns away what cannot be done for many examples at once. */
  refuse(what: string): never;
}

/** The results of `op` on all examples, along a first axis. At least one operand is `each`. */
export function batchOperation<V>(
  build: BatchBuilder<V>,
  op: Op,
  operands: readonly BatchOperand<V>[],
  attrs: Attrs,
  result: TensorType,
  count: Dim,
): V {
  if (result.shape.length >= maxRank) {
    build.refuse(`${op.name} whose result has ${maxRank} axes already`);
  }
  return new Batch(build, op, operands, attrs, result, count).run();
}

/** One operator on many examples. */
export class Batch<V> {
  readonly build: BatchBuilder<V>;
  readonly op: Op;
  readonly operands: readonly BatchOperand<V>[];
  readonly attrs: Attrs;
  readonly result: TensorType;
  readonly count: Dim;
  readonly math: GradientMath<V>;

  constructor(
    build: BatchBuilder<V>,
    op: Op,
    operands: readonly BatchOperand<V>[],
    attrs: Attrs,
    result: TensorType,
    count: Dim,
  ) {
    this.build = build;
    this.op = op;
    this.operands = operands;
    this.attrs = attrs;
    this.result = result;
    this.count = count;
    this.math = new GradientMath(build);
  }

  run(): V {
    const types = this.operands.map((x) => x.type);
    const { kind } = this.op.lower(types, this.attrs, this.result);
    switch (kind) {
      case "map":
        return this.#map();
      case "contract":
        return batchContraction(this);
      case "index":
        return this.op.name === "take" ? this.#take() : this.#alongFirst();
      case "scatter":
        return this.op.name === "indexAdd" ? this.#indexAdd() : this.#scatter();
      case "move":
        if (this.op.name === "expand") return this.#expand();
        return this.#alongFirst();
      case "reduce":
      case "window":
      case "scan":
      case "sort":
        return this.#alongFirst();
    }
  }

  /** What every example has, for each of them. */
  spread({ value, each, type }: BatchOperand<V>): V {
    return each ? value : this.math.expand(value, [this.count, ...type.shape]);
  }

  /** An operand whose axes meet those of others of `rank` axes from the last one on. */
  aligned({ value, each, type: { shape } }: BatchOperand<V>, rank: number): V {
    if (!each || shape.length >= rank) return value;
    return this.math.reshape(value, [
      this.count,
      ...range(rank - shape.length).map(() => 1),
      ...shape,
    ]);
  }

  /** Attributes that name axes, one further on. */
  shifted(): Attrs {
    return Object.fromEntries(
      Object.entries(this.attrs).map(([name, value]) => [name, this.#shift(name, value)]),
    );
  }

  #shift(name: string, value: Attr): Attr {
    if (name === "axis" && typeof value === "number") return value + 1;
    if (!Array.isArray(value)) return value;
    const list: readonly Attr[] = value;
    const onward = list.map((x) => (typeof x === "number" ? x + 1 : x));
    switch (name) {
      case "axes":
        return onward;
      case "dims":
        return [0, ...onward];
      case "shape":
      case "length":
        return [this.count, ...list];
      case "start":
        return [0, ...list];
      case "step":
        return [1, ...list];
      case "widths":
        return [[0, 0], ...list];
      default:
        return list;
    }
  }

  #map(): V {
    if ("count" in this.attrs) this.build.refuse("random numbers whose seed is an example's");
    const rank = this.result.shape.length;
    const operands = this.operands.map((x) => this.aligned(x, rank));
    return this.build.apply(this.op.name, operands, this.attrs);
  }

  /** All operands have the examples along their first axis, and what names axes names the next. */
  #alongFirst(): V {
    const operands = this.operands.map((x) => this.spread(x));
    return this.build.apply(this.op.name, operands, this.shifted());
  }

  #expand(): V {
    const [x] = this.operands;
    const shape = [this.count, ...this.result.shape];
    return this.math.expand(this.aligned(x!, this.result.shape.length), shape);
  }

  #take(): V {
    const [x, index] = [this.operands[0]!, this.operands[1]!];
    const axis = axisOf(this.attrs);
    if (!index.each) return this.math.apply("take", [x.value, index.value], { axis: axis + 1 });
    const { shape } = this.result;
    if (!x.each) {
      // The examples' axis stands where the axis was.
      const taken = this.math.apply("take", [x.value, index.value], { axis });
      const rest = range(shape.length + 1).filter((i) => i !== axis);
      return this.math.permute(taken, [axis, ...rest]);
    }
    const { rows, positions } = this.#perExample(x.type, index);
    const gathered = this.math.apply("gather", [x.value, positions(rows)], { axis: axis + 1 });
    return this.math.reshape(gathered, [this.count, ...shape]);
  }

  /**
   * Positions of slices as positions of elements. `rows` is the shape of the slices where the axes of the
   * index are one.
   */
  #perExample(x: TensorType, index: BatchOperand<V>) {
    const axis = axisOf(this.attrs);
    const flat = index.type.shape.reduce<Dim>((a, b) => mulDim(a, b), 1);
    const rows = [this.count, ...x.shape.with(axis, flat)];
    const positions = (shape: readonly Dim[]): V => {
      const lined = shape.map((size, i) => (i === 0 || i === axis + 1 ? size : 1));
      return this.math.expand(this.math.reshape(index.value, lined), shape);
    };
    return { rows, positions };
  }

  #indexAdd(): V {
    const [x, index, source] = [this.operands[0]!, this.operands[1]!, this.operands[2]!];
    const axis = axisOf(this.attrs) + 1;
    const [to, from] = [this.spread(x), this.spread(source)];
    if (!index.each) return this.math.apply("indexAdd", [to, index.value, from], { axis });
    const { rows, positions } = this.#perExample(x.type, index);
    const added = this.math.reshape(from, rows);
    return this.math.apply("scatterAdd", [to, positions(rows), added], { axis });
  }

  #scatter(): V {
    const [x, index, source] = [this.operands[0]!, this.operands[1]!, this.operands[2]!];
    const isNumber = source.type.shape.length === 0;
    const positions = this.spread(index);
    const from = (): V => {
      if (!isNumber) return this.spread(source);
      if (!source.each) return source.value;
      const lined = this.aligned(source, index.type.shape.length);
      return this.math.expand(lined, [this.count, ...index.type.shape]);
    };
    return this.math.apply(this.op.name, [this.spread(x), positions, from()], this.shifted());
  }
}

const axisOf = ({ axis }: Attrs): number => {
  if (typeof axis !== "number") throw new Error("the operator has no axis");
  return axis;
};
