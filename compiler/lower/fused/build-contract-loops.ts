/**
 * Contractions whose accesses allow no tiles: padded positions, holes of a stride, operands without a
 * common lane axis. One output at a time, with the same order of sums as the tiles.
 */

import type { Node, Value } from "../../graph/ir.ts";
import { tensorOf } from "../../graph/ir.ts";
import { rowMajor, strides } from "../../graph/layout.ts";
import {
  binary,
  compare,
  constant,
  FuncBuilder,
  i32,
  load,
  plus,
  select,
} from "../../loop/build.ts";
import type { LoopExpr } from "../../loop/ir.ts";
import type { ContractIndex, ContractLowering } from "../../ops/lowering.ts";
import { boolToInt, lowerExpr } from "../expression.ts";
import { type Accumulator, accumulatorOf } from "./combine.ts";
import { blockSize } from "./contract-plan.ts";
import type { Kernel, KernelParams, LoweredKernel } from "./kernel.ts";
import { elementAddress, elementOf, kernelParams } from "./kernel.ts";
import { composeAffine, evaluateForm, identityIndex, linearForm } from "./linear-form.ts";
import { loopOver, positionExpr } from "./nest.ts";
import { pull } from "./pull.ts";
import { readPoint } from "./read-point.ts";
import { sizeExpr } from "./size-expr.ts";

export function buildContractLoops(
  kernel: Kernel,
  anchor: Node,
  lowering: ContractLowering,
): LoweredKernel {
  const b = new FuncBuilder();
  const params = kernelParams(b, kernel);
  const outAxes = lowering.out.length;
  const identity = identityIndex(outAxes);
  const index = lowering.result.map((r) => composeAffine(r, identity));
  const epilogue = pull({ region: kernel.region, axes: outAxes, anchor }, kernel.result, index);
  const result = tensorOf(kernel.result);
  const out = linearForm(index, result.shape, kernel.result.layout, outAxes);
  loopOver(b, params, lowering.out, [], (at) => {
    const sum = contractPoint(b, params, kernel, anchor, lowering, at);
    const args = epilogue.args.map((a) => readPoint(b, params, a, at, 1, -1, sum));
    const value = lowerExpr(b, epilogue.expr, { args, lanes: 1, indexOf: () => i32(0) });
    const base = elementAddress(params.out, evaluateForm(out, at, params.sizes), result.dtype);
    const stored = result.dtype === "bool" ? boolToInt(value) : value;
    b.store({ element: elementOf(result.dtype), base, index: i32(0) }, stored);
  });
  return { funcs: [b.finish(kernel.name)], data: [] };
}

const elementType = (anchor: Node): Accumulator =>
  accumulatorOf(tensorOf(anchor.results[0]!).dtype);

function contractPoint(
  b: FuncBuilder,
  params: KernelParams,
  kernel: Kernel,
  anchor: Node,
  lowering: ContractLowering,
  at: readonly LoopExpr[],
): LoopExpr {
  const type = elementType(anchor);
  const zero = constant(type, 0);
  const sum = b.let("sum", zero);
  const total = b.let("total", zero);
  const position = b.let("position", i32(0));
  const close = (): void => {
    const isFirst = compare("le", position, i32(blockSize));
    b.set(total, select(isFirst, sum, binary("add", total, sum)));
    b.set(sum, zero);
  };
  const blockEnds = compare("eq", binary("and", position, i32(blockSize - 1)), i32(0));
  loopOver(b, params, lowering.reduce, [], (inner) => {
    const point = [...at, ...inner];
    const [x, y] = [lowering.a, lowering.b].map((map, i) =>
      readOperand(b, params, kernel, anchor.operands[i]!, map, point),
    );
    const step = (): void => b.set(sum, binary("add", sum, binary("mul", x!.read(), y!.read())));
    const holes = [...x!.holes, ...y!.holes];
    if (holes.length === 0) step();
    else
      b.if(
        holes.reduce((p, q) => binary("and", p, q)),
        step,
      );
    b.set(position, plus(position, 1));
    b.if(blockEnds, close);
  });
  b.if(compare("eq", blockEnds, i32(0)), close);
  return total;
}

interface OperandAt {
  readonly read: () => LoopExpr;
  /** Conditions under which there is a product at all. */
  readonly holes: readonly LoopExpr[];
}

function readOperand(
  b: FuncBuilder,
  params: KernelParams,
  kernel: Kernel,
  operand: Value,
  map: readonly ContractIndex[],
  point: readonly LoopExpr[],
): OperandAt {
  const shape = tensorOf(operand).shape;
  const layout = operand.layout ?? rowMajor(shape.length);
  const steps = strides(layout, shape);
  const holes: LoopExpr[] = [];
  const inside: LoopExpr[] = [];
  let place = i32(0);
  map.forEach((dimension, axis) => {
    let at = b.let("at", positionExpr(dimension, point, params));
    if (dimension.divide !== 1) {
      holes.push(compare("eq", binary("rem", at, i32(dimension.divide)), i32(0)));
      at = b.let("at", binary("div", at, i32(dimension.divide)));
    }
    if (dimension.padded) inside.push(compare("ltU", at, sizeExpr(shape[axis]!, params.sizes)));
    layout.forEach((part, i) => {
      if (part.axis !== axis) return;
      // A split axis lies in panels: the panel's number, and the place in it.
      const along =
        part.part === "whole"
          ? at
          : binary(part.part === "outer" ? "div" : "rem", at, i32(part.size));
      place = plus(place, binary("mul", along, sizeExpr(steps[i]!, params.sizes)));
    });
  });
  const base = params.operands[kernel.region.params.indexOf(operand)]!;
  const element = accumulatorOf(tensorOf(operand).dtype);
  const address = elementAddress(base, place, element);
  return {
    holes,
    read: () => {
      const value = b.let("x", constant(element, 0));
      const get = (): void => b.set(value, load({ element, base: address, index: i32(0) }));
      if (inside.length === 0) get();
      else
        b.if(
          inside.reduce((p, q) => binary("and", p, q)),
          get,
        );
      return value;
    },
  };
}
