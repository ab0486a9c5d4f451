/** Every pass in order, one line each, with the reason for its place. The only order there is. */

import type { Module } from "./graph/ir.ts";
import type { LoopFunc, LoopModule } from "./loop/ir.ts";
import { checkNaN } from "./passes/graph/check-nan.ts";
import { chooseLayouts } from "./passes/graph/choose-layouts.ts";
import { differentiate } from "./passes/graph/differentiate.ts";
import { expandPadding } from "./passes/graph/expand-padding.ts";
import { foldConstants } from "./passes/graph/fold-constants.ts";
import { foldLayouts } from "./passes/graph/fold-layouts.ts";
import { fuseBlocks } from "./passes/graph/fuse-blocks.ts";
import { fuseKernels, fuseMaps, wrapKernels } from "./passes/graph/fuse-kernels.ts";
import { guardLoops } from "./passes/graph/guard-loops.ts";
import { inlineCalls } from "./passes/graph/inline-calls.ts";
import { joinParts } from "./passes/graph/join-parts.ts";
import { mergeCommon } from "./passes/graph/merge-common.ts";
import { narrowNumbers } from "./passes/graph/narrow-numbers.ts";
import type { GraphPass, PassContext } from "./passes/graph/pass.ts";
import { removeBarriers } from "./passes/graph/remove-barriers.ts";
import { removeDead } from "./passes/graph/remove-dead.ts";
import { simplifyGraph } from "./passes/graph/simplify-graph.ts";
import { speculateLoops } from "./passes/graph/speculate-loops.ts";
import { hoistConstants } from "./passes/loop/hoist-constants.ts";
import type { LoopPass } from "./passes/loop/pass.ts";
import { reduceAddresses } from "./passes/loop/reduce-addresses.ts";
import { removeUnusedLocals } from "./passes/loop/remove-unused-locals.ts";
import { splitDoubles } from "./passes/loop/split-doubles.ts";

/** No level and no switch changes a bit of a result. */
export interface PipelineOptions {
  /** 0: only what every module needs. 1: rewriting, too. 2: layouts and packed weights, too. */
  readonly optimize: 0 | 1 | 2;
  /** Off: every operator is a kernel by itself. */
  readonly fusion: boolean;
  /** Names of passes to leave out, to find the one at fault. */
  readonly skip: readonly string[];
  /** Stops calls at the first NaN; without it nothing looks for one. */
  readonly stopAtNaN: boolean;
}

export const defaultPipeline: PipelineOptions = {
  optimize: 2,
  fusion: true,
  skip: [],
  stopAtNaN: false,
};

export function graphPasses({
  optimize,
  fusion,
  skip,
  stopAtNaN,
}: PipelineOptions): readonly GraphPass[] {
  const rewriting = optimize >= 1;
  const placing = optimize >= 2;
  const passes: (GraphPass | false)[] = [
    // First: every later pass sees one function for each entry.
    inlineCalls,
    // Before any rewriting: the order in which gradients are added is that of the source.
    differentiate,
    // Right after: the operators are those of the source and of its ways back.
    stopAtNaN && checkNaN,
    // Before simplifying: known operands decide what can be simplified.
    rewriting && foldConstants,
    rewriting && simplifyGraph,
    // After simplifying, which makes equal what was only equivalent.
    rewriting && mergeCommon,
    rewriting && removeDead,
    // Padding must stand apart before layouts are chosen: the frame is written in the new layout.
    placing && expandPadding,
    // Before fusion: what lies alike can be computed together.
    placing && chooseLayouts,
    // Right after: packed weights are constants again.
    placing && foldLayouts,
    // One conversion of a tensor serves all that read it so; unpacked weights are no longer needed.
    placing && mergeCommon,
    removeDead,
    // After the last merging of operators: kernels stay as many as they are.
    removeBarriers,
    // Last but one: from here on the module is loop nests.
    fusion ? fuseKernels : wrapKernels,
    // On the last graph, which nothing but lowering reads: i32 is no number that other passes know. On the
    // graph and not on loops, because values are in single assignment there, and conditions stand as written.
    rewriting && guardLoops,
    // What a guard has made an integer needs no test in each round.
    rewriting && speculateLoops,
    rewriting && narrowNumbers,
    // Conversions that serve several.
    rewriting && mergeCommon,
    // Conversions that nothing needed, numbers that became immediates, fills copied to where they are read.
    removeDead,
    // Nearly last: nothing that is dead reads what lies between the kernels of a row.
    placing && fusion && fuseBlocks,
    // On the last kernels: whether one can leave its result in a part of a buffer is known of its whole region.
    placing && joinParts,
  ];
  return passes.filter((p) => p !== false).filter((p) => !skip.includes(p.name));
}

/** The passes before a package: those that keep operators what they are, because kernels are the interpreter's. */
export function packagePasses({
  optimize,
  fusion,
  skip,
  stopAtNaN,
}: PipelineOptions): readonly GraphPass[] {
  const rewriting = optimize >= 1;
  const passes: (GraphPass | false)[] = [
    inlineCalls,
    // As in modules: the order in which gradients are added is that of the source.
    differentiate,
    stopAtNaN && checkNaN,
    // Numbers and conditions only: without an evaluator, weights keep their names.
    rewriting && foldConstants,
    rewriting && simplifyGraph,
    rewriting && mergeCommon,
    removeDead,
    // Contractions read zeros around an image faster than they find out where they are.
    rewriting && expandPadding,
    removeBarriers,
    // Last: no other pass knows what kernels compute.
    rewriting && fusion && fuseMaps,
  ];
  return passes.filter((p) => p !== false).filter((p) => !skip.includes(p.name));
}

/** A stage of the pipeline that has just been done, for those who want to watch. */
export interface Stage {
  readonly pass: string;
  readonly module: Module;
}

export function runGraphPasses(
  m: Module,
  options: PipelineOptions,
  context: PassContext,
  watch?: (stage: Stage) => void,
): Module {
  let module = m;
  for (const pass of graphPasses(options)) {
    module = pass.run(module, context);
    watch?.({ pass: pass.name, module });
  }
  return module;
}

export function loopPasses({ optimize, skip }: PipelineOptions): readonly LoopPass[] {
  const passes: (LoopPass | false)[] = [
    // While addresses still stand as sums: what it turns into pointers, it leaves behind as locals.
    optimize >= 1 && reduceAddresses,
    optimize >= 1 && removeUnusedLocals,
    // Once addresses are settled, and before constants become locals: both halves share one.
    splitDoubles,
    // Last: vector constants that are left in loops, V8 13 would build anew each time round.
    optimize >= 1 && hoistConstants,
  ];
  return passes.filter((p) => p !== false).filter((p) => !skip.includes(p.name));
}

export function runLoopPasses(m: LoopModule, options: PipelineOptions): LoopModule {
  const run = (f: LoopFunc): LoopFunc => loopPasses(options).reduce((g, pass) => pass.run(g), f);
  return { ...m, funcs: m.funcs.map(run) };
}
