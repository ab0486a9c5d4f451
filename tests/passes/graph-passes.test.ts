// A pass is what its fixtures show: text before, and text after. GLIM_BLESS=1 rewrites the latter.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseGraph, printGraph } from "#glim/compiler/graph/text.js";
import { verifyGraph } from "#glim/compiler/graph/verify.js";
import { chooseLayouts } from "#glim/compiler/passes/graph/choose-layouts.js";
import { differentiate } from "#glim/compiler/passes/graph/differentiate.js";
import { expandPadding } from "#glim/compiler/passes/graph/expand-padding.js";
import { foldConstants } from "#glim/compiler/passes/graph/fold-constants.js";
import { fuseBlocks } from "#glim/compiler/passes/graph/fuse-blocks.js";
import { fuseKernels } from "#glim/compiler/passes/graph/fuse-kernels.js";
import { guardLoops } from "#glim/compiler/passes/graph/guard-loops.js";
import { inlineCalls } from "#glim/compiler/passes/graph/inline-calls.js";
import { joinParts } from "#glim/compiler/passes/graph/join-parts.js";
import { mergeCommon } from "#glim/compiler/passes/graph/merge-common.js";
import { narrowNumbers } from "#glim/compiler/passes/graph/narrow-numbers.js";
import { removeBarriers } from "#glim/compiler/passes/graph/remove-barriers.js";
import { removeDead } from "#glim/compiler/passes/graph/remove-dead.js";
import { simplifyGraph } from "#glim/compiler/passes/graph/simplify-graph.js";
import { speculateLoops } from "#glim/compiler/passes/graph/speculate-loops.js";
import { context, outcome } from "./graph-outcome.ts";

describe.each([
  inlineCalls,
  differentiate,
  foldConstants,
  simplifyGraph,
  mergeCommon,
  removeDead,
  removeBarriers,
  speculateLoops,
  guardLoops,
  narrowNumbers,
  expandPadding,
  chooseLayouts,
  fuseKernels,
  fuseBlocks,
  joinParts,
])("$name", (pass) => {
  const folder = new URL(`../fixtures/passes/${pass.name}/`, import.meta.url);
  const separator = `---- after ${pass.name}\n`;

  test.each(readdirSync(folder))("%s", (name) => {
    const file = new URL(name, folder);
    const [before, after] = readFileSync(file, "utf8").split(separator);
    const module = parseGraph(before!);
    expect(verifyGraph(module)).toEqual([]);
    const result = pass.run(module, context);
    const text = printGraph(result);
    expect(verifyGraph(result), text).toEqual([]);
    // A pass may drop state that nothing reads.
    expect(outcome(result)).toEqual(outcome(module, [...result.state.keys()]));
    if (process.env.GLIM_BLESS === "1") writeFileSync(file, before + separator + text);
    else expect(text).toBe(after);
  });
});
