/** How much a kernel computes and moves, as expressions over named sizes: what rates are made of. */

import type { Node, Region, Value } from "../graph/ir.ts";
import { tensorOf } from "../graph/ir.ts";
import { storageSize } from "../graph/layout.ts";
import { loweringOf } from "../graph/lowering-of.ts";
import { addDim, type Dim, mulDim, product } from "../ops/dim.ts";
import type { Expr } from "../ops/expr.ts";
import { bytesOf } from "../ops/types.ts";

export interface KernelWork {
  /** Additions, multiplications and the like; an element-wise function counts as the operations it consists of. */
  readonly operations: Dim;
  /** Of operands and result, each once; of what is read by positions, as much as the result has. */
  readonly bytes: Dim;
}

export function workOf(kernel: Node): KernelWork {
  const [region] = kernel.regions;
  const table = tableOf(region!);
  const results = kernel.results.map(bytesOfValue);
  const operands = kernel.operands.map((v, i) =>
    region!.params[i] === table ? results[0]! : bytesOfValue(v),
  );
  const bytes = [...operands, ...results];
  return { operations: operationsOf(region!), bytes: bytes.reduce(addDim, 0) };
}

function bytesOfValue(v: Value): Dim {
  const { dtype, shape } = tensorOf(v);
  return mulDim(storageSize(v.layout, shape), bytesOf[dtype]);
}

/** What a kernel reads at positions that it is given, if it does. */
function tableOf({ nodes }: Region): Value | undefined {
  const reader = nodes.find((node) => loweringOf(node)?.kind === "index");
  return reader?.operands[0];
}

const operationsOf = ({ nodes }: Region): Dim => nodes.map(operationsOfNode).reduce(addDim, 0);

function operationsOfNode(node: Node): Dim {
  if (node.op === "kernel") return operationsOf(node.regions[0]!);
  const lowering = loweringOf(node);
  if (lowering === undefined) return 0;
  const elements = product(tensorOf(node.results[0]!).shape);
  switch (lowering.kind) {
    case "map":
      return mulDim(elements, countOperations(lowering.expr, new Set()));
    case "contract":
      return mulDim(product([...lowering.out, ...lowering.reduce]), 2);
    case "window":
      return mulDim(elements, product(lowering.kernel));
    case "reduce":
    case "scan":
      return product(tensorOf(node.operands[0]!).shape);
    case "scatter":
      return lowering.combine === "add" ? product(lowering.extents) : 0;
    default:
      return 0;
  }
}

/** Parts that several others use count once. */
function countOperations(e: Expr, seen: Set<Expr>): number {
  if (seen.has(e)) return 0;
  seen.add(e);
  const below = [
    ...("a" in e ? [e.a] : []),
    ...("b" in e ? [e.b] : []),
    ...("c" in e ? [e.c] : []),
  ].reduce((sum, operand) => sum + countOperations(operand, seen), 0);
  const isFree = e.op === "arg" || e.op === "const" || e.op === "index" || e.op === "bits";
  return below + (isFree ? 0 : 1);
}
