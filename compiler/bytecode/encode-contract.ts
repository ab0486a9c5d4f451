/** Contractions as operations of a program, and windows of f64, which are contractions there. */

import type { Node } from "../graph/ir.ts";
import { tensorOf } from "../graph/ir.ts";
import { type ContractPart, splitByResidues } from "../ops/contract-parts.ts";
import { addDim, type Dim, mulDim } from "../ops/dim.ts";
import { childrenOf, constant, type Expr } from "../ops/expr.ts";
import { withChildren } from "../ops/expr-key.ts";
import {
  type Affine,
  affine,
  type ContractIndex,
  type ContractLowering,
  fixed,
  type WindowLowering,
} from "../ops/lowering.ts";
import { opContract, wayMax, waySum } from "../ops/program-format.ts";
import { StepEncoder } from "./encode-steps.ts";
import { emitMap, type OperatorScope, OperatorWords } from "./operator-words.ts";

/** One operation for each class of outputs that a stride makes. */
export function encodeContract(scope: OperatorScope, node: Node, lowering: ContractLowering): void {
  splitByResidues(lowering).forEach((part, i) => {
    encodePart(scope, node, lowering, part, i > 0);
  });
}

function encodePart(
  scope: OperatorScope,
  node: Node,
  { out, reduce, result }: ContractLowering,
  part: ContractPart,
  into: boolean,
): void {
  const words = new OperatorWords(scope);
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
    ...list.flatMap((index) => words.place(index, count, index.padded)),
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
  scope.emit(opContract, [
    scope.reg(node.results[0]!),
    into ? 1 : 0,
    scope.reg(node.operands[0]!),
    scope.reg(node.operands[1]!),
    ...words.shape(node.results[0]!),
    out.length,
    reduce.length,
    ...words.sizes(part.axes.map((axis) => axis.extent)),
    reduced.some((axis) => axis.step > 1) ? 1 : 0,
    words.size(first),
    ...words.sizes(steps),
    ...indices(part.a),
    ...indices(part.b),
    ...places.flatMap((p) => words.place(p, out.length, false)),
  ]);
}

/**
 * Windows of f64 are contractions in which the second operand means nothing: all positions are number 0, so that no
 * block ends.
 */
export function encodeWideWindow(
  scope: OperatorScope,
  node: Node,
  { combine, kernel, stride, padding, dilation, finish }: WindowLowering,
): void {
  const words = new OperatorWords(scope);
  const [operand] = node.operands;
  const result = node.results[0]!;
  const { shape } = tensorOf(result);
  const rank = shape.length;
  const leading = rank - kernel.length;
  const count = rank + kernel.length;
  const place = (axis: number): number[] => {
    const i = axis - leading;
    if (i < 0) return words.place(affine(axis), count, false);
    const terms = [
      { axis, by: stride[i]! },
      { axis: rank + i, by: dilation[i]! },
    ];
    return words.place({ terms, offset: -padding[i]! }, count, true);
  };
  scope.emit(opContract, [
    scope.reg(node.results[0]!),
    0,
    ...[operand!, operand!].map((v) => scope.reg(v)),
    ...words.shape(node.results[0]!),
    rank,
    kernel.length,
    ...words.sizes([...shape, ...kernel]),
    combine === "max" ? wayMax : waySum,
    ...words.sizes([0, ...kernel.map(() => 0)]),
    rank,
    ...shape.flatMap((_, axis) => place(axis)),
    rank,
    ...shape.flatMap(() => words.place(fixed(0), count, false)),
    ...shape.flatMap((_, axis) => words.place(affine(axis), rank, false)),
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
  emitMap(scope, result, steps);
}

/** What finishes a result, whose operand 1, the count, is known. */
function finishOf(e: Expr, count: Expr): Expr {
  if (e.op === "arg") return e.index === 1 ? count : e;
  return withChildren(
    e,
    childrenOf(e).map((child) => finishOf(child, count)),
  );
}
