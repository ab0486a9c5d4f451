/** The loop nests of a module: kernels with the same text become one function. */

import { canFail } from "../graph/can-fail.ts";
import type { Region } from "../graph/ir.ts";
import type { DataObject, LoopFunc } from "../loop/ir.ts";
import { printFunc } from "../loop/text.ts";
import { buildKernel } from "./fused/build-kernel.ts";
import { describeKernel, isAnchor } from "./fused/kernel.ts";

export interface KernelCall {
  readonly name: string;
  readonly symbols: readonly string[];
  /** The function takes the number of a failure site as its last argument. */
  readonly fails: boolean;
}

export class KernelLibrary {
  readonly funcs: LoopFunc[] = [];
  readonly data: DataObject[] = [];
  private readonly byBody = new Map<string, string>();
  private readonly counts = new Map<string, number>();

  /** The function that computes `region`. */
  use(region: Region): KernelCall {
    const anchor = region.nodes.find(isAnchor);
    const label = anchor?.op ?? region.nodes.at(-2)?.op ?? "copy";
    const name = this.freshName(label);
    const { funcs, data } = buildKernel(name, region);
    // The text of Loop IR, because it keeps −0, NaN and the infinities apart.
    const body = funcs.map(printFunc).join("\n").replaceAll(name, "");
    const symbols = describeKernel(name, region).symbols;
    const fails = anchor !== undefined && canFail(anchor);
    const shared = this.byBody.get(body);
    if (shared !== undefined) return { name: shared, symbols, fails };
    this.byBody.set(body, name);
    this.counts.set(label, (this.counts.get(label) ?? 0) + 1);
    // What kernels call is shared by all that do.
    for (const f of funcs) if (!this.funcs.some((o) => o.name === f.name)) this.funcs.push(f);
    for (const d of data) if (!this.data.some((o) => o.name === d.name)) this.data.push(d);
    return { name, symbols, fails };
  }

  private freshName(label: string): string {
    return `${label}#${this.counts.get(label) ?? 0}`;
  }
}
