/**
 * Kernels that compute the same rows or planes, one block after another. Each is a function as it would be
 * for a tensor of that many rows; what one leaves for the next lies in scratch memory of one block.
 */

import { type Node, type Region, tensorOf, type Value, value } from "../../graph/ir.ts";
import { FuncBuilder, plus } from "../../loop/build.ts";
import type { LoopExpr, LoopFunc } from "../../loop/ir.ts";
import {
  type AxesAround,
  axesAround,
  type BlockFrame,
  blockType,
  frameOfKernels,
  kernelsIn,
  nodeOfBlock,
  scratchPlaces,
  stepsAround,
} from "./block-frame.ts";
import {
  elementAddress,
  type Kernel,
  type KernelParams,
  kernelParams,
  type LoweredKernel,
} from "./kernel.ts";
import { evaluateForm } from "./linear-form.ts";
import { sizeExpr } from "./size-expr.ts";

/** How a kernel of one block is built: in build-kernel.ts, which builds these, too. */
type Build = (name: string, region: Region) => LoweredKernel;

export function buildBlocks(kernel: Kernel, build: Build): LoweredKernel {
  const inner = kernelsIn(kernel.region);
  const frame = frameOfKernels(inner);
  const b = new FuncBuilder();
  const params = kernelParams(b, kernel);
  const scratch = b.param("scratch", "i32");
  const places = scratchPlaces(inner, frame);
  const built = inner.map((node, i) => build(`${kernel.name}.${i}`, blockRegion(node, frame)));
  overBlocks(b, params, frame, (at) => {
    const addressOf = (v: Value, axes: AxesAround): LoopExpr => {
      const place = places.at.get(v);
      if (place !== undefined) return plus(scratch, place);
      const base = v === kernel.result ? params.out : params.operands[indexOf(kernel.region, v)]!;
      const type = tensorOf(v);
      const form = { by: stepsAround(type, axes, frame), offset: 0 };
      return b.let("at", elementAddress(base, evaluateForm(form, at, params.sizes), type.dtype));
    };
    inner.forEach((node, i) => {
      const region = node.regions[0]!;
      const axes = axesAround(region, frame);
      const yielded = region.nodes.at(-1)!.operands[0]!;
      const args = [
        addressOf(node.results[0]!, axes.get(yielded)!),
        ...node.operands.map((v, n) => addressOf(v, axes.get(region.params[n]!)!)),
      ];
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
function blockRegion(node: Node, frame: BlockFrame): Region {
  const region = node.regions[0]!;
  const axes = axesAround(region, frame);
  const blockOf = (v: Value): Value =>
    value(blockType(tensorOf(v), axes.get(v)!, frame), v.hint, v.layout);
  const became = new Map<Value, Value>();
  for (const v of region.params) became.set(v, blockOf(v));
  const nodes = region.nodes.map((own): Node => {
    const operands = own.operands.map((v) => became.get(v)!);
    const results = own.results.map((v) => {
      const block = blockOf(v);
      became.set(v, block);
      return block;
    });
    return nodeOfBlock({ ...own, operands, results }, frame);
  });
  return { params: region.params.map((v) => became.get(v)!), nodes };
}

/** Loops over the axes around a block, then over the blocks of the last one. */
function overBlocks(
  b: FuncBuilder,
  params: KernelParams,
  { around, count }: BlockFrame,
  write: (at: readonly LoopExpr[]) => void,
): void {
  const over = (at: readonly LoopExpr[]): void => {
    const extent = around[at.length];
    if (extent === undefined) {
      write(at);
      return;
    }
    const step = at.length === around.length - 1 ? count : 1;
    b.for("i", 0, sizeExpr(extent, params.sizes), step, (i) => over([...at, i]));
  };
  over([]);
}
