/** What a loop pass is. */

import type { LoopFunc } from "../../loop/ir.ts";

export interface LoopPass {
  /** Verb first, as the file is called. */
  readonly name: string;
  readonly doc: string;
  readonly run: (f: LoopFunc) => LoopFunc;
}
