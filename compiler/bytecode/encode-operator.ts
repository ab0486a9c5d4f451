/**
 * Operators as operations of a program: what a record's `lower` gives, written as it is. Sizes stay
 * expressions, which the interpreter evaluates; which kernel computes a `map` is named by its expression.
 */

import type { Node, Value } from "../graph/ir.ts";
import { tensorOf } from "../graph/ir.ts";
import { outsideAxis } from "../lower/index-messages.ts";
import type { Dim } from "../ops/dim.ts";
import type { Expr } from "../ops/expr.ts";
import { inputsOf, keyExpr } from "../ops/expr-key.ts";
import { stepKernels } from "../ops/expr-steps.ts";
import { reductionKey, scanExport } from "../ops/kernel-abi.ts";
import type {
  IndexLowering,
  Lowering,
  MoveLowering,
  ReduceLowering,
  ScanLowering,
  ScatterLowering,
  WindowLowering,
} from "../ops/lowering.ts";
import {
  fillNothing,
  fillNumber,
  fillSize,
  kernelMap,
  kernelReduce,
  kernelScan,
  opIndex,
  opPieces,
  opReduce,
  opReshape,
  opScan,
  opScatter,
  opSort,
  opView,
  opWindow,
} from "../ops/program-format.ts";
import { opByName } from "../ops/registry.ts";
import { encodeContract, encodeWideWindow } from "./encode-contract.ts";
import { StepEncoder } from "./encode-steps.ts";
import { encodeWidened, isOfWidened } from "./encode-widened.ts";
import { mapName, reduceName, scanName } from "./kernel-keys.ts";
import { emitMap, type OperatorScope, OperatorWords } from "./operator-words.ts";
import { WordWriter } from "./word-writer.ts";

export function encodeOperator(scope: OperatorScope, node: Node): void {
  const op = opByName(node.op);
  if (!op) throw new Error(`${node.op} is no operator`);
  const types = node.operands.map(tensorOf);
  const lowering = op.lower(types, node.attrs, tensorOf(node.results[0]!));
  if (isOfWidened(lowering, types[0])) {
    encodeWidened(scope, node, (n) => new OperatorEncoder(scope, n).encode(lowering));
  } else new OperatorEncoder(scope, node).encode(lowering);
}

class OperatorEncoder {
  readonly #scope: OperatorScope;
  readonly #node: Node;
  readonly #result: Value;
  readonly #out: number;
  readonly #words: OperatorWords;

  constructor(scope: OperatorScope, node: Node) {
    this.#scope = scope;
    this.#node = node;
    this.#result = node.results[0]!;
    this.#out = scope.reg(this.#result);
    this.#words = new OperatorWords(scope);
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
        encodeContract(this.#scope, this.#node, lowering);
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

  #map(expr: Expr): void {
    const steps = new StepEncoder();
    const { operands } = this.#node;
    const result = steps.add(
      expr,
      (i, type) => steps.operand(operands[i]!, type),
      (axis) => axis,
    );
    steps.end(result, tensorOf(this.#result).dtype);
    emitMap(this.#scope, this.#result, steps);
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
    this.#scope.emit(opReduce, [
      this.#out,
      operand,
      kernel,
      ...finishing,
      mask,
      ...this.#words.shape(this.#result),
    ]);
  }

  #window(lowering: WindowLowering): void {
    if (tensorOf(this.#node.operands[0]!).dtype === "f64") {
      encodeWideWindow(this.#scope, this.#node, lowering);
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
      ...this.#words.shape(this.#result),
    ]);
  }

  #move(lowering: MoveLowering): void {
    if (lowering.form === "reshape") {
      this.#scope.emit(opReshape, [
        this.#out,
        this.#operand(0),
        ...this.#words.shape(this.#result),
      ]);
      return;
    }
    const { pieces, fill } = lowering;
    const rank = tensorOf(this.#result).shape.length;
    const [only] = pieces;
    if (only && pieces.length === 1 && fill === undefined) {
      const source = this.#operand(only.operand);
      const places = this.#words.places(only.index, rank);
      this.#scope.emit(opView, [this.#out, source, ...this.#words.shape(this.#result), ...places]);
      return;
    }
    this.#scope.emit(opPieces, [
      this.#out,
      ...this.#fill(fill),
      ...this.#words.shape(this.#result),
      pieces.length,
      ...pieces.flatMap((piece) => [
        this.#operand(piece.operand),
        ...this.#words.sizes(piece.from),
        ...this.#words.sizes(piece.to),
        ...this.#words.places(piece.index, rank),
      ]),
    ]);
  }

  #fill(fill: Dim | undefined): number[] {
    if (fill === undefined) return [fillNothing, 0, 0];
    if (typeof fill !== "number") return [fillSize, this.#words.size(fill), 0];
    const number = new WordWriter();
    number.addNumber(fill);
    return [fillNumber, ...number.words];
  }

  #index({ data, index }: IndexLowering): void {
    const rank = tensorOf(this.#result).shape.length;
    this.#scope.emit(opIndex, [
      this.#out,
      this.#operand(0),
      this.#operand(1),
      this.#outside(),
      ...this.#words.shape(this.#result),
      ...this.#words.indexed(data, rank),
      ...this.#words.places(index, rank),
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
      ...this.#words.sizes(extents),
      ...this.#words.indexed(data, count),
      ...this.#words.places(index, count),
      ...this.#words.places(source, count),
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
