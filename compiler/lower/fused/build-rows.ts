/**
 * Kernels that compute the same rows, one block of rows after another. Each is a function as it would be for
 * a tensor of that many rows; what one leaves for the next lies in scratch memory of one block.
 */

import { cloneNodes } from "../../graph/clone.ts";
import { type Node, type Region, tensorOf, type Value, value } from "../../graph/ir.ts";
import { FuncBuilder, plus } from "../../loop/build.ts";
import type { LoopExpr, LoopFunc } from "../../loop/ir.ts";
import type { TensorType } from "../../ops/types.ts";
import {
  elementAddress,
  type Kernel,
  type KernelParams,
  kernelParams,
  type LoweredKernel,
} from "./kernel.ts";
import { evaluateForm } from "./linear-form.ts";
import {
  blockType,
  frameOfKernels,
  kernelsIn,
  type RowFrame,
  rowSteps,
  scratchPlaces,
} from "./row-frame.ts";
import { sizeExpr } from "./size-expr.ts";

/** How a kernel of one block is built: in build-kernel.ts, which builds these, too. */
type Build = (name: string, region: Region) => LoweredKernel;

export function buildRows(kernel: Kernel, build: Build): LoweredKernel {
  const inner = kernelsIn(kernel.region);
  const frame = frameOfKernels(inner);
  const b = new FuncBuilder();
  const params = kernelParams(b, kernel);
  const scratch = b.param("scratch", "i32");
  const places = scratchPlaces(inner, frame);
  const built = inner.map((node, i) => build(`${kernel.name}.${i}`, blockRegion(node, frame)));
  overBlocks(b, params, frame, (at) => {
    const addressOf = (v: Value): LoopExpr => {
      const place = places.at.get(v);
      if (place !== undefined) return plus(scratch, place);
      const base = v === kernel.result ? params.out : params.operands[indexOf(kernel.region, v)]!;
      const type = tensorOf(v);
      const form = { by: rowSteps(type, frame), offset: 0 };
      return b.let("at", elementAddress(base, evaluateForm(form, at, params.sizes), type.dtype));
    };
    inner.forEach((node, i) => {
      const args = [node.results[0]!, ...node.operands].map(addressOf);
      b.call(built[i]!.funcs[0]!.name, args);
    });
  });
  const funcs: LoopFunc[] = [b.finish(kernel.name), ...built.flatMap((k) => k.funcs)];
  return { funcs, data: built.flatMap((k) => k.data) };
}

function indexOf(region: Region, v: Value): number {
  const index = region.params.indexOf(v);
  if (index < 0) throw new Error("a kernel of rows reads a value from outside");
  return index;
}

/** The kernel's region over the types of one block. */
function blockRegion(node: Node, frame: RowFrame): Region {
  const region = node.regions[0]!;
  const cut = (type: TensorType): TensorType => blockType(type, frame);
  const became = new Map<Value, Value>();
  const params = region.params.map((v) => {
    const block = value(cut(tensorOf(v)), v.hint);
    became.set(v, block);
    return block;
  });
  const typeOf = (type: Value["type"]): Value["type"] =>
    type.kind === "tensor" ? cut(type) : type;
  return { params, nodes: cloneNodes(region.nodes, became, (copy) => copy, typeOf) };
}

/** Loops over the axes around a block, then over the blocks of the last one. */
function overBlocks(
  b: FuncBuilder,
  params: KernelParams,
  { shape, rows }: RowFrame,
  write: (at: readonly LoopExpr[]) => void,
): void {
  const axes = shape.slice(0, -1);
  const over = (at: readonly LoopExpr[]): void => {
    const extent = axes[at.length];
    if (extent === undefined) {
      write(at);
      return;
    }
    const step = at.length === axes.length - 1 ? rows : 1;
    b.for("i", 0, sizeExpr(extent, params.sizes), step, (i) => over([...at, i]));
  };
  over([]);
}
