/** The loop nests of a module: kernels with the same text become one function. */

import type { Region } from "../graph/ir.ts";
import { tensorOf } from "../graph/ir.ts";
import type { DataObject, LoopFunc } from "../loop/ir.ts";
import { buildKernel } from "./fused/build-kernel.ts";
import { describeKernel, isAnchor } from "./fused/kernel.ts";
import { recordOf } from "./fused/pull.ts";

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
    const body = JSON.stringify(funcs, (_, v) => (typeof v === "bigint" ? `${v}n` : v)).replaceAll(
      name,
      "",
    );
    const symbols = describeKernel(name, region).symbols;
    const fails = anchor !== undefined && this.canFail(anchor);
    const shared = this.byBody.get(body);
    if (shared !== undefined) return { name: shared, symbols, fails };
    this.byBody.set(body, name);
    this.counts.set(label, (this.counts.get(label) ?? 0) + 1);
    this.funcs.push(...funcs);
    for (const d of data) if (!this.data.some((o) => o.name === d.name)) this.data.push(d);
    return { name, symbols, fails };
  }

  private freshName(label: string): string {
    return `${label}#${this.counts.get(label) ?? 0}`;
  }

  private canFail(anchor: NonNullable<Region["nodes"][number]>): boolean {
    const types = anchor.operands.map(tensorOf);
    const result = tensorOf(anchor.results[0]!);
    return recordOf(anchor).lower(types, anchor.attrs, result).kind === "index";
  }
}
