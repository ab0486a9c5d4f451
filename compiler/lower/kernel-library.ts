/** The loop nests of a module: kernels with the same text become one function. */

import { canFail } from "../graph/can-fail.ts";
import type { Region } from "../graph/ir.ts";
import type { DataObject, LoopFunc, LoopStmt } from "../loop/ir.ts";
import { printFunc } from "../loop/text.ts";
import { mapStmt } from "../loop/walk.ts";
import { kernelsIn } from "./fused/block-frame.ts";
import { buildKernel } from "./fused/build-kernel.ts";
import { describeKernel, isAnchor } from "./fused/kernel.ts";
import { noSchedules, type Schedules } from "./fused/schedule-choice.ts";

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
  /** Parts of kernels, such as tiles, by their text. */
  private readonly parts = new Map<string, string>();
  private readonly counts = new Map<string, number>();
  private readonly schedules: Schedules;

  constructor(schedules: Schedules = noSchedules) {
    this.schedules = schedules;
  }

  /** The function that computes `region`. */
  use(region: Region): KernelCall {
    const anchor = region.nodes.find(isAnchor);
    const inner = kernelsIn(region).length > 0 ? "blocks" : region.nodes.at(-2)?.op;
    const label = anchor?.op ?? inner ?? "copy";
    const name = this.freshName(label);
    const { funcs, data } = buildKernel(name, region, this.schedules);
    const own = this.shareParts(funcs);
    const body = textOf(own[0]!);
    const symbols = describeKernel(name, region).symbols;
    const fails = anchor !== undefined && canFail(anchor);
    const shared = this.byBody.get(body);
    if (shared !== undefined) return { name: shared, symbols, fails };
    this.byBody.set(body, name);
    this.counts.set(label, (this.counts.get(label) ?? 0) + 1);
    // What kernels call is shared by all that do.
    for (const f of own) if (!this.funcs.some((o) => o.name === f.name)) this.funcs.push(f);
    for (const d of data) if (!this.data.some((o) => o.name === d.name)) this.data.push(d);
    return { name, symbols, fails };
  }

  /** The functions without those that another kernel has, too; these are called there. */
  private shareParts([main, ...parts]: readonly LoopFunc[]): readonly LoopFunc[] {
    const shared = new Map<string, string>();
    const own: LoopFunc[] = [];
    // Callees stand after their callers.
    for (const part of parts.toReversed()) {
      const renamed = { ...part, body: renameCalls(part.body, shared) };
      const text = textOf(renamed);
      const known = this.parts.get(text);
      if (known === undefined) {
        this.parts.set(text, part.name);
        own.unshift(renamed);
      } else shared.set(part.name, known);
    }
    return main ? [{ ...main, body: renameCalls(main.body, shared) }, ...own] : own;
  }

  private freshName(label: string): string {
    return `${label}#${this.counts.get(label) ?? 0}`;
  }
}

/** The text of Loop IR without the function's name, because it keeps −0, NaN and the infinities apart. */
const textOf = (f: LoopFunc): string => printFunc({ ...f, name: "" });

/** `body`, calling other functions. */
function renameCalls(
  body: readonly LoopStmt[],
  names: ReadonlyMap<string, string>,
): readonly LoopStmt[] {
  return body.map((s) => {
    const mapped = mapStmt(s, { expr: (e) => e, body: (inner) => renameCalls(inner, names) });
    return mapped.s === "call"
      ? { ...mapped, callee: names.get(mapped.callee) ?? mapped.callee }
      : mapped;
  });
}
