/**
 * Operators as operations of a program: what a record's `lower` gives, written as it is. Sizes stay
 * expressions, which the interpreter evaluates; which kernel computes a `map` is named by its expression.
 */

import type { Node, Value } from "../graph/ir.ts";
import { tensorOf } from "../graph/ir.ts";
import { outsideAxis } from "../lower/index-messages.ts";
import { type ContractPart, splitByResidues } from "../ops/contract-parts.ts";
import { addDim, type Dim, mulDim } from "../ops/dim.ts";
import { arg, childrenOf, constant, type Expr } from "../ops/expr.ts";
import { inputsOf, keyExpr, withChildren } from "../ops/expr-key.ts";
import { stepKernels } from "../ops/expr-steps.ts";
import { reductionKey, scanExport } from "../ops/kernel-abi.ts";
import {
  type Affine,
  affine,
  type ContractIndex,
  type ContractLowering,
  fixed,
  type IndexLowering,
  type Lowering,
  type MoveLowering,
  type ReduceLowering,
  type ScanLowering,
  type ScatterLowering,
  type WindowLowering,
} from "../ops/lowering.ts";
import { clamped } from "../ops/narrow-integers.ts";
import {
  fillNothing,
  fillNumber,
  fillSize,
  kernelMap,
  kernelReduce,
  kernelScan,
  opContract,
  opDrop,
  opIndex,
  opMap,
  opPieces,
  opReduce,
  opReshape,
  opScan,
  opScatter,
  opSort,
  opView,
  opWindow,
  wayMax,
  waySum,
} from "../ops/program-format.ts";
import { opByName } from "../ops/registry.ts";
import { isNarrow, type TensorType } from "../ops/types.ts";
import { StepEncoder } from "./encode-steps.ts";
import { mapName, reduceName, scanName } from "./kernel-keys.ts";
import type { ProgramTables } from "./program-tables.ts";
import { WordWriter } from "./word-writer.ts";

export interface OperatorScope {
  readonly tables: ProgramTables;
  reg(v: Value): number;
  emit(op: number, words: readonly number[]): void;
}

export function encodeOperator(scope: OperatorScope, node: Node): void {
  const op = opByName(node.op);
  if (!op) throw new Error(`${node.op} is no operator`);
  const types = node.operands.map(tensorOf);
  const lowering = op.lower(types, node.attrs, tensorOf(node.results[0]!));
  if (isOfWidened(lowering, types[0])) encodeWidened(scope, node, lowering);
  else new OperatorEncoder(scope, node).encode(lowering);
}

/** Interpreters compare and order integers of eight bits as i32. */
const isOfWidened = ({ kind }: Lowering, operand: TensorType | undefined): boolean =>
  (kind === "reduce" || kind === "scan" || kind === "sort") &&
  operand !== undefined &&
  isNarrow(operand.dtype);

function encodeWidened(scope: OperatorScope, node: Node, lowering: Lowering): void {
  const [result] = node.results;
  const { dtype } = tensorOf(result!);
  const operands = node.operands.map(asI32);
  const out = isNarrow(dtype) ? asI32(result!) : result!;
  for (const [i, v] of node.operands.entries()) emitConversion(scope, operands[i]!, v, undefined);
  new OperatorEncoder(scope, { ...node, operands, results: [out] }).encode(lowering);
  const made = out === result ? operands : [...operands, out];
  // Over nothing an i32 has the least or greatest value, as one of eight bits has its own.
  if (out !== result && isNarrow(dtype)) emitConversion(scope, result!, out, dtype);
  for (const v of made) scope.emit(opDrop, [scope.reg(v)]);
}

const asI32 = (v: Value): Value => ({ ...v, type: { ...tensorOf(v), dtype: "i32" } });

function emitConversion(
  scope: OperatorScope,
  to: Value,
  from: Value,
  clampedTo: "u8" | "i8" | undefined,
): void {
  const steps = new StepEncoder();
  const x = arg(0, clampedTo ? "i32" : tensorOf(from).dtype);
  const expr = clampedTo ? clamped(x, clampedTo) : x;
  const value = steps.add(
    expr,
    (_, type) => steps.operand(from, type),
    (axis) => axis,
  );
  steps.end(value, tensorOf(to).dtype);
  emitMap(scope, to, steps);
}

class OperatorEncoder {
  readonly #scope: OperatorScope;
  readonly #node: Node;
  readonly #out: number;

  constructor(scope: OperatorScope, node: Node) {
    this.#scope = scope;
    this.#node = node;
    this.#out = scope.reg(node.results[0]!);
  }

  encode(lowering: Lowering): void {
    switch (lowering.kind) {
      case "map":
        this.#map(lowering.expr);
        return;
      case "reduce":
        this.#reduce(lowering);
        return;
      case "window":
        this.#window(lowering);
        return;
      case "contract":
        this.#contract(lowering);
        return;
      case "move":
        this.#move(lowering);
        return;
      case "index":
        this.#index(lowering);
        return;
      case "scatter":
        this.#scatter(lowering);
        return;
      case "scan":
        this.#scan(lowering);
        return;
      case "sort":
        this.#scope.emit(opSort, [
          this.#out,
          this.#operand(0),
          lowering.axis,
          lowering.descending ? 1 : 0,
        ]);
    }
  }

  #operand(i: number): number {
    return this.#scope.reg(this.#node.operands[i]!);
  }

  #size(d: Dim): number {
    return this.#scope.tables.sizes.add(d);
  }

  #sizes(dims: readonly Dim[]): number[] {
    return dims.map((d) => this.#size(d));
  }

  /** Rank and sizes of the result. */
  #shape(): number[] {
    const { shape } = tensorOf(this.#node.results[0]!);
    return [shape.length, ...this.#sizes(shape)];
  }

  #map(expr: Expr): void {
    const steps = new StepEncoder();
    const { operands } = this.#node;
    const result = steps.add(
      expr,
      (i, type) => steps.operand(operands[i]!, type),
      (axis) => axis,
    );
    steps.end(result, tensorOf(this.#node.results[0]!).dtype);
    emitMap(this.#scope, this.#node.results[0]!, steps);
  }

  /** What is applied to each finished result: 1 + its kernel and which of result and count it reads. */
  #finish(expr: Expr | undefined): readonly [kernel: number, reads: number] {
    if (expr === undefined) return [0, 0];
    const { args } = inputsOf(expr);
    const { key } = keyExpr(expr);
    if (!stepKernels([expr]).has(key)) {
      throw new Error(`${this.#node.op}: what finishes it is more than one operation`);
    }
    const kernel = this.#scope.tables.kernel(kernelMap, mapName(key));
    return [kernel + 1, args.reduce((bits, i) => bits | (1 << i), 0)];
  }

  #reduce({ combine, axes, lanes, finish }: ReduceLowering): void {
    const { dtype } = tensorOf(this.#node.operands[0]!);
    const name = reduceName(reductionKey(combine, dtype, lanes));
    const kernel = this.#scope.tables.kernel(kernelReduce, name);
    const mask = axes.reduce((bits, axis) => bits | (1 << axis), 0);
    const operand = this.#operand(0);
    const finishing = this.#finish(finish);
    this.#scope.emit(opReduce, [this.#out, operand, kernel, ...finishing, mask, ...this.#shape()]);
  }

  #window(lowering: WindowLowering): void {
    if (tensorOf(this.#node.operands[0]!).dtype === "f64") {
      this.#wideWindow(lowering);
      return;
    }
    const { combine, kernel, stride, padding, dilation, finish } = lowering;
    const axes = kernel.flatMap((size, i) => [size, stride[i]!, padding[i]!, dilation[i]!]);
    this.#scope.emit(opWindow, [
      this.#out,
      this.#operand(0),
      combine === "max" ? 1 : 0,
      ...this.#finish(finish),
      kernel.length,
      ...axes,
      ...this.#shape(),
    ]);
  }

  /**
   * Windows of f64 are contractions in which the second operand means nothing: all positions are number 0, so that no
   * block ends.
   */
  #wideWindow({ combine, kernel, stride, padding, dilation, finish }: WindowLowering): void {
    const [operand] = this.#node.operands;
    const result = this.#node.results[0]!;
    const { shape } = tensorOf(result);
    const rank = shape.length;
    const leading = rank - kernel.length;
    const count = rank + kernel.length;
    const place = (axis: number): number[] => {
      const i = axis - leading;
      if (i < 0) return this.#place(affine(axis), count, false);
      const terms = [
        { axis, by: stride[i]! },
        { axis: rank + i, by: dilation[i]! },
      ];
      return this.#place({ terms, offset: -padding[i]! }, count, true);
    };
    this.#scope.emit(opContract, [
      this.#out,
      0,
      ...[operand!, operand!].map((v) => this.#scope.reg(v)),
      ...this.#shape(),
      rank,
      kernel.length,
      ...this.#sizes([...shape, ...kernel]),
      combine === "max" ? wayMax : waySum,
      ...this.#sizes([0, ...kernel.map(() => 0)]),
      rank,
      ...shape.flatMap((_, axis) => place(axis)),
      rank,
      ...shape.flatMap(() => this.#place(fixed(0), count, false)),
      ...shape.flatMap((_, axis) => this.#place(affine(axis), rank, false)),
    ]);
    if (finish === undefined) return;
    const size = constant(
      "f64",
      kernel.reduce((n, k) => n * k, 1),
    );
    const steps = new StepEncoder();
    const given = finishOf(finish, size);
    const noPosition = (axis: number): number => axis;
    steps.end(
      steps.add(given, (_, type) => steps.operand(result, type), noPosition),
      "f64",
    );
    emitMap(this.#scope, result, steps);
  }

  #contract(lowering: ContractLowering): void {
    splitByResidues(lowering).forEach((part, i) => {
      this.#contractPart(lowering, part, i > 0);
    });
  }

  #contractPart(
    { out, reduce, result }: ContractLowering,
    part: ContractPart,
    into: boolean,
  ): void {
    const count = part.axes.length;
    const weights = new Array<Dim>(reduce.length);
    let weight: Dim = 1;
    for (let i = reduce.length - 1; i >= 0; i--) {
      weights[i] = weight;
      weight = mulDim(weight, reduce[i]!);
    }
    const reduced = part.axes.slice(out.length);
    const first = reduced.reduce<Dim>(
      (sum, axis, i) => addDim(sum, mulDim(weights[i]!, axis.first)),
      0,
    );
    const steps = reduced.map((axis, i) => mulDim(weights[i]!, axis.step));
    const indices = (list: readonly ContractIndex[]): number[] => [
      list.length,
      ...list.flatMap((index) => this.#place(index, count, index.padded)),
    ];
    const places = result.map((index): Affine => {
      const offset = index.terms.reduce(
        (sum, { axis, by }) => addDim(sum, mulDim(by, part.axes[axis]!.first)),
        index.offset,
      );
      const terms = index.terms.map(({ axis, by }) => ({
        axis,
        by: mulDim(by, part.axes[axis]!.step),
      }));
      return { terms, offset };
    });
    this.#scope.emit(opContract, [
      this.#out,
      into ? 1 : 0,
      this.#operand(0),
      this.#operand(1),
      ...this.#shape(),
      out.length,
      reduce.length,
      ...this.#sizes(part.axes.map((axis) => axis.extent)),
      reduced.some((axis) => axis.step > 1) ? 1 : 0,
      this.#size(first),
      ...this.#sizes(steps),
      ...indices(part.a),
      ...indices(part.b),
      ...places.flatMap((p) => this.#place(p, out.length, false)),
    ]);
  }

  /** A position over `count` axes: a flag, the offset, what each axis adds. */
  #place({ terms, offset }: Affine, count: number, flag: boolean): number[] {
    const by = new Array<Dim>(count).fill(0);
    for (const t of terms) by[t.axis] = addDim(by[t.axis]!, t.by);
    return [flag ? 1 : 0, this.#size(offset), ...this.#sizes(by)];
  }

  #places(list: readonly Affine[], count: number): number[] {
    return [list.length, ...list.flatMap((index) => this.#place(index, count, false))];
  }

  /** As `#places`, where one dimension has its position from a tensor. */
  #indexed(list: readonly (Affine | "index")[], count: number): number[] {
    const places = list.flatMap((index) =>
      index === "index" ? this.#place(fixed(0), count, true) : this.#place(index, count, false),
    );
    return [list.length, ...places];
  }

  #move(lowering: MoveLowering): void {
    if (lowering.form === "reshape") {
      this.#scope.emit(opReshape, [this.#out, this.#operand(0), ...this.#shape()]);
      return;
    }
    const { pieces, fill } = lowering;
    const rank = tensorOf(this.#node.results[0]!).shape.length;
    const [only] = pieces;
    if (only && pieces.length === 1 && fill === undefined) {
      const source = this.#operand(only.operand);
      const places = this.#places(only.index, rank);
      this.#scope.emit(opView, [this.#out, source, ...this.#shape(), ...places]);
      return;
    }
    this.#scope.emit(opPieces, [
      this.#out,
      ...this.#fill(fill),
      ...this.#shape(),
      pieces.length,
      ...pieces.flatMap((piece) => [
        this.#operand(piece.operand),
        ...this.#sizes(piece.from),
        ...this.#sizes(piece.to),
        ...this.#places(piece.index, rank),
      ]),
    ]);
  }

  #fill(fill: Dim | undefined): number[] {
    if (fill === undefined) return [fillNothing, 0, 0];
    if (typeof fill !== "number") return [fillSize, this.#size(fill), 0];
    const number = new WordWriter();
    number.addNumber(fill);
    return [fillNumber, ...number.words];
  }

  #index({ data, index }: IndexLowering): void {
    const rank = tensorOf(this.#node.results[0]!).shape.length;
    this.#scope.emit(opIndex, [
      this.#out,
      this.#operand(0),
      this.#operand(1),
      this.#outside(),
      ...this.#shape(),
      ...this.#indexed(data, rank),
      ...this.#places(index, rank),
    ]);
  }

  #outside(): number {
    return this.#scope.tables.sites.add(outsideAxis(this.#node), this.#node.span);
  }

  #scatter({ combine, extents, data, index, source }: ScatterLowering): void {
    const count = extents.length;
    this.#scope.emit(opScatter, [
      this.#out,
      this.#operand(0),
      this.#operand(1),
      this.#operand(2),
      combine === "add" ? 1 : 0,
      this.#outside(),
      count,
      ...this.#sizes(extents),
      ...this.#indexed(data, count),
      ...this.#places(index, count),
      ...this.#places(source, count),
    ]);
  }

  #scan({ combine, axis }: ScanLowering): void {
    const { dtype } = tensorOf(this.#node.operands[0]!);
    const name = scanName(scanExport(combine, dtype));
    const kernel = this.#scope.tables.kernel(kernelScan, name);
    const operands = this.#node.operands.map((v) => this.#scope.reg(v));
    this.#scope.emit(opScan, [this.#out, kernel, axis, operands.length, ...operands]);
  }
}

/** What finishes a result, whose operand 1, the count, is known. */
function finishOf(e: Expr, count: Expr): Expr {
  if (e.op === "arg") return e.index === 1 ? count : e;
  return withChildren(
    e,
    childrenOf(e).map((child) => finishOf(child, count)),
  );
}

/** An element-wise operation, whose steps are complete. */
export function emitMap(scope: OperatorScope, result: Value, steps: StepEncoder): void {
  const { shape } = tensorOf(result);
  scope.emit(opMap, [
    scope.reg(result),
    steps.operands.length,
    ...steps.operands.map((v) => scope.reg(v)),
    steps.axes.length,
    ...steps.axes,
    ...steps.constantWords(),
    shape.length,
    ...shape.map((d) => scope.tables.sizes.add(d)),
    ...steps.stepWords(scope.tables),
  ]);
}
