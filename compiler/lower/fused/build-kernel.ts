/** Chooses the builder for a kernel from the kind of its anchor. */

import type { Region } from "../../graph/ir.ts";
import { tensorOf } from "../../graph/ir.ts";
import { buildContract } from "./build-contract.ts";
import { buildContractLoops } from "./build-contract-loops.ts";
import { buildIndex } from "./build-index.ts";
import { buildMap } from "./build-map.ts";
import { buildPieces } from "./build-pieces.ts";
import { buildReduce } from "./build-reduce.ts";
import { buildWindow } from "./build-window.ts";
import { planContract, segmentsOf } from "./contract-plan.ts";
import type { LoweredKernel } from "./kernel.ts";
import { describeKernel } from "./kernel.ts";
import { recordOf } from "./pull.ts";

export function buildKernel(name: string, region: Region): LoweredKernel {
  const kernel = describeKernel(name, region);
  const { anchor } = kernel;
  if (!anchor) return buildMap(kernel);
  const result = anchor.results[0]!;
  const lowering = recordOf(anchor).lower(
    anchor.operands.map(tensorOf),
    anchor.attrs,
    tensorOf(result),
  );
  switch (lowering.kind) {
    case "reduce":
      return buildReduce(kernel, anchor, lowering);
    case "window":
      return buildWindow(kernel, anchor, lowering);
    case "index":
      return buildIndex(kernel, anchor, lowering);
    case "move":
      if (lowering.form === "pieces") {
        return buildPieces(kernel, anchor, lowering.pieces, lowering.fill);
      }
      throw new Error("a reshape is no kernel: its result is its operand's memory");
    case "contract": {
      const [a, b] = anchor.operands;
      const plan = planContract(lowering, [a!, b!], kernel.result);
      const tiled = plan && (segmentsOf(plan) !== undefined || plan.reduce.length === 1);
      return tiled
        ? buildContract(kernel, anchor, lowering, plan)
        : buildContractLoops(kernel, anchor, lowering);
    }
    default:
      throw new Error(`a ${lowering.kind} is no anchor`);
  }
}
