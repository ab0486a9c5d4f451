/** Every pass in order, one line each, with the reason for its place. The only order there is. */

import { chooseLayouts } from "./passes/graph/choose-layouts.ts";
import { expandPadding } from "./passes/graph/expand-padding.ts";
import { foldLayouts } from "./passes/graph/fold-layouts.ts";
import { fuseKernels, wrapKernels } from "./passes/graph/fuse-kernels.ts";
import type { GraphPass } from "./passes/graph/pass.ts";

export interface PipelineOptions {
  /** Off: every operator is a kernel by itself. The bits stay the same. */
  readonly fusion: boolean;
}

export function graphPasses(options: PipelineOptions): readonly GraphPass[] {
  return [
    // Padding must stand apart before layouts are chosen: the frame is written in the new layout.
    expandPadding,
    // Before fusion: what lies alike can be computed together.
    chooseLayouts,
    // Right after: packed weights are constants again.
    foldLayouts,
    // Last: from here on the module is loop nests.
    options.fusion ? fuseKernels : wrapKernels,
  ];
}
