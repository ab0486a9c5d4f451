/** Which kernels a module calls, in the order of its code; for profiles, the clock around each call. */

import type { Node } from "../graph/ir.ts";
import type { FuncBuilder } from "../loop/build.ts";
import { i32 } from "../loop/build.ts";
import type { Callee } from "../loop/ir.ts";

/** One place that calls a kernel. */
export interface KernelUse {
  /** The function with the call: an entry, or one that calls itself. */
  readonly caller: string;
  /** The function that is called; several places may call the same. */
  readonly kernel: string;
  readonly node: Node;
}

const clock: Callee = { params: [{ type: "i32" }], result: undefined };
const [enter, leave] = ["glim.enter", "glim.leave"];

/** What a module with clocks imports: each is given the number of the place. */
export const clockImports: ReadonlyMap<string, Callee> = new Map([
  [enter, clock],
  [leave, clock],
]);

export class KernelCalls {
  readonly uses: KernelUse[] = [];
  /** Whether calls of the host's clock stand around each. */
  readonly timed: boolean;

  constructor(timed: boolean) {
    this.timed = timed;
  }

  add(b: FuncBuilder, use: KernelUse, writeCall: () => void): void {
    const number = i32(this.uses.length);
    this.uses.push(use);
    if (this.timed) b.call(enter, [number]);
    writeCall();
    if (this.timed) b.call(leave, [number]);
  }
}
