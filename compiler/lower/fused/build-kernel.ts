/** Chooses the builder for a kernel from the kind of its anchor. */

import type { Node, Region } from "../../graph/ir.ts";
import { tensorOf } from "../../graph/ir.ts";
import { FuncBuilder } from "../../loop/build.ts";
import { addDim } from "../../ops/dim.ts";
import type { ContractLowering, Lowering } from "../../ops/lowering.ts";
import { kernelsIn } from "./block-frame.ts";
import { buildBlocks } from "./build-blocks.ts";
import { buildContract, pullEpilogue } from "./build-contract.ts";
import { buildContractLoops } from "./build-contract-loops.ts";
import { buildIndex } from "./build-index.ts";
import { buildMap, writeNest } from "./build-map.ts";
import { buildPieces, frameNests } from "./build-pieces.ts";
import { buildReduce } from "./build-reduce.ts";
import { buildScan } from "./build-scan.ts";
import { buildScatter } from "./build-scatter.ts";
import { buildSort } from "./build-sort.ts";
import { buildWindow } from "./build-window.ts";
import { type PlannedClass, planClasses, planTiles } from "./contract-classes.ts";
import { buildStrip, planStrip } from "./contract-strip.ts";
import type { Kernel, LoweredKernel } from "./kernel.ts";
import { describeKernel, kernelParams } from "./kernel.ts";
import { mergeRows } from "./merge-rows.ts";
import { isVectorizable, recordOf } from "./pull.ts";
import type { Schedules } from "./schedule-choice.ts";

/**
 * Whether the kernel that a fusion would make has a builder: the tiles of a contraction read what
 * their epilogue needs only side by side, or as one element, along the result's columns.
 */
export function acceptsEpilogue(region: Region): boolean {
  const kernel = describeKernel("", region);
  const { anchor } = kernel;
  const plain = anchor && loweringOf(anchor);
  if (!anchor || plain?.kind !== "contract") return true;
  const lowering = insideFrame(plain, kernel);
  const classes = planClasses(anchor, lowering, kernel.result) ?? [];
  return classes.every((own) => {
    const epilogue = pullEpilogue(kernel, anchor, own.lowering);
    const { lane } = own.plan;
    return (
      isVectorizable(epilogue.expr) &&
      epilogue.args.every((a) => {
        if (a.kind === "anchor") return true;
        if (a.kind === "position") return a.at.terms.every((t) => t.axis !== lane);
        return a.form.by[lane] === 0 || a.form.by[lane] === 1;
      })
    );
  });
}

const loweringOf = (anchor: Node): Lowering =>
  recordOf(anchor).lower(anchor.operands.map(tensorOf), anchor.attrs, tensorOf(anchor.results[0]!));

/** The contraction whose result lies inside the frame of the kernel's. */
const insideFrame = (lowering: ContractLowering, { frame }: Kernel): ContractLowering =>
  frame === undefined
    ? lowering
    : {
        ...lowering,
        result: lowering.result.map((r, i) => ({ ...r, offset: addDim(r.offset, frame.from[i]!) })),
      };

/** Writes the frame, then what is inside. */
function buildFramed(kernel: Kernel, anchor: Node, lowering: ContractLowering): LoweredKernel {
  const { frame } = kernel;
  if (!frame) return buildContraction(kernel, anchor, lowering);
  const name = `${kernel.name}.inside`;
  const inside = buildContraction({ ...kernel, name }, anchor, insideFrame(lowering, kernel));
  const b = new FuncBuilder();
  const params = kernelParams(b, kernel);
  const pad = kernel.region.nodes.at(-2)!;
  for (const nest of frameNests(kernel, frame, Number(pad.attrs.value))) writeNest(b, params, nest);
  b.call(name, [params.out, ...params.operands, ...params.sizes.values()]);
  return { funcs: [b.finish(kernel.name), ...inside.funcs], data: inside.data };
}

function buildContraction(kernel: Kernel, anchor: Node, lowering: ContractLowering): LoweredKernel {
  const classes = planClasses(anchor, lowering, kernel.result);
  if (!classes) return buildContractLoops(kernel, anchor, lowering);
  const [only] = classes;
  if (only && classes.length === 1) return buildClass(kernel, anchor, only);
  const built = classes.map((own, i) => {
    const name = `${kernel.name}.part${i}`;
    return buildClass({ ...kernel, name }, anchor, own);
  });
  const b = new FuncBuilder();
  const params = kernelParams(b, kernel);
  const args = [params.out, ...params.operands, ...params.sizes.values()];
  for (const { funcs } of built) b.call(funcs[0]!.name, args);
  return {
    funcs: [b.finish(kernel.name), ...built.flatMap((k) => k.funcs)],
    data: built.flatMap((k) => k.data),
  };
}

function buildClass(kernel: Kernel, anchor: Node, own: PlannedClass): LoweredKernel {
  const { lowering, plan, positions } = own;
  const epilogue = pullEpilogue(kernel, anchor, lowering);
  const strip = planStrip(kernel, lowering, plan, epilogue);
  if (strip) return buildStrip(strip, anchor);
  const merged = mergeRows(lowering, plan, epilogue);
  const mergedPlan = planTiles(anchor, merged, kernel.result, positions);
  return mergedPlan
    ? buildContract(kernel, anchor, merged, mergedPlan)
    : buildContract(kernel, anchor, lowering, plan);
}

export function buildKernel(name: string, region: Region, schedules?: Schedules): LoweredKernel {
  const kernel = describeKernel(name, region, schedules);
  const { anchor } = kernel;
  if (kernelsIn(region).length > 0)
    return buildBlocks(kernel, (part, own) => buildKernel(part, own));
  if (!anchor) return buildMap(kernel);
  const lowering = loweringOf(anchor);
  switch (lowering.kind) {
    case "reduce":
      return buildReduce(kernel, anchor, lowering);
    case "window":
      return buildWindow(kernel, anchor, lowering);
    case "index":
      return buildIndex(kernel, anchor, lowering);
    case "scatter":
      return buildScatter(kernel, anchor, lowering);
    case "scan":
      return buildScan(kernel, anchor, lowering);
    case "sort":
      return buildSort(kernel, anchor, lowering);
    case "move":
      if (lowering.form === "pieces") {
        return buildPieces(kernel, anchor, lowering.pieces, lowering.fill);
      }
      throw new Error("a reshape is no kernel: its result is its operand's memory");
    case "contract":
      return buildFramed(kernel, anchor, lowering);
    default:
      throw new Error(`a ${lowering.kind} is no anchor`);
  }
}
